/** The rank table of `src/README.md`: a file may import lower ranks and its own folder. */
import { resolve } from "./graph.ts"
import type { Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

/** Path prefix (`src/run/`, or one file) to rank. */
export type Ranks = ReadonlyMap<string, number>

/**
 * Reads the rows `| \`src/run/\` | 3 | … |`; one row may name
 * several folders. Throws when there is none, or one is named twice.
 */
export const readRanks = (markdown: string): Ranks => {
  const ranks = new Map<string, number>()
  for (const [, names = "", rank = ""] of markdown.matchAll(/^\|([^|]*`src\/[^|]*)\|\s*(\d+)\s*\|/gm)) {
    for (const [, prefix = ""] of names.matchAll(/`([^`]+)`/g)) {
      if (ranks.has(prefix)) throw new Error(`src/README.md: ${prefix} has two ranks; keep one row.`)
      ranks.set(prefix, Number(rank))
    }
  }
  if (ranks.size === 0) throw new Error("src/README.md: no rank table. Add rows such as | `src/run/` | 3 | … |.")
  return ranks
}

/** Imports that go up or sideways, and files without a rank. Entry points may import everything. */
export const rankViolations = (
  sources: ReadonlyArray<Source>,
  ranks: Ranks,
  entries: ReadonlyArray<string>
): ReadonlyArray<Violation> =>
  sources.flatMap((source) => {
    const own = placeOf(source.path, ranks)
    if (own === undefined) return entries.includes(source.path) ? [] : [unranked(source)]
    return source.imports.flatMap(({ specifier, line }): ReadonlyArray<Violation> => {
      const target = resolve(source.path, specifier)
      if (target === undefined || !target.startsWith("src/")) return outside(source.path, target, line)
      const other = placeOf(target, ranks)
      if (other === undefined || other.prefix === own.prefix || other.rank < own.rank) return []
      const message = `rank ${own.rank} imports ${target} of rank ${other.rank}. ` +
        "Move the shared part to a lower folder, or hand it in as an argument from above."
      return [{ file: source.path, line, message }]
    })
  })

const placeOf = (path: string, ranks: Ranks): { prefix: string; rank: number } | undefined => {
  const fits = [...ranks].filter(([prefix]) => path === prefix || (prefix.endsWith("/") && path.startsWith(prefix)))
  const [longest] = fits.sort(([a], [b]) => b.length - a.length)
  return longest === undefined ? undefined : { prefix: longest[0], rank: longest[1] }
}

const unranked = (source: Source): Violation => ({
  file: source.path,
  line: 1,
  message: "has no rank. Put the file in a ranked folder, or add a row to the table in src/README.md."
})

const outside = (file: string, target: string | undefined, line: number): ReadonlyArray<Violation> =>
  target === undefined
    ? []
    : [{ file, line, message: `imports ${target}, outside of src. Sources import sources only.` }]
