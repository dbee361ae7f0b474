/** Docstrings: every export of the sources has one where it is declared. */
import { resolve } from "./graph.ts"
import type { Export, Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

const advice = "Say in one sentence what it means, with units, errors and defaults."

/** Exports of one file that are declared in it and have no docstring. */
export const undocumented = (source: Source): ReadonlyArray<Violation> =>
  source.exports.flatMap((it) => {
    if (it.from !== undefined || it.documented) return []
    const declared = source.declared.get(it.local)
    if (declared?.documented === true) return []
    if (declared === undefined && it.local !== "default") return []
    return [{
      file: source.path,
      line: declared?.line ?? it.line,
      message: `exports ${it.name} without a docstring. ${advice}`
    }]
  })

/**
 * Public names of an entry that lead to no documented declaration.
 * Names that are passed on from other packages are documented there;
 * `export *` is refused, since the public list must be readable in one place.
 */
export const undocumentedPublic = (entry: Source, sources: ReadonlyArray<Source>): ReadonlyArray<Violation> =>
  entry.exports.flatMap((it) => {
    if (it.name === "*") {
      return [{ file: entry.path, line: it.line, message: `exports * from ${it.from}. Name each export.` }]
    }
    const problem = it.documented ? undefined : follow(entry, it, sources)
    return problem === undefined ? [] : [{ file: entry.path, line: it.line, message: `exports ${it.name}: ${problem}` }]
  })

/** What is wrong at the end of the chain of re-exports, or undefined. */
const follow = (source: Source, it: Export, sources: ReadonlyArray<Source>): string | undefined => {
  const bound = it.from === undefined ? source.bound.get(it.local) : { specifier: it.from, name: it.local }
  if (bound === undefined) {
    const declared = source.declared.get(it.local)
    return declared?.documented === true || it.documented
      ? undefined
      : `no docstring at its declaration in ${source.path}. ${advice}`
  }
  const path = resolve(source.path, bound.specifier)
  if (path === undefined || bound.name === "*") return undefined
  const target = sources.find((candidate) => candidate.path === path)
  const next = target?.exports.find((candidate) => candidate.name === bound.name)
  if (target === undefined || next === undefined) return `${path} does not export ${bound.name}.`
  return next.documented ? undefined : follow(target, next, sources)
}
