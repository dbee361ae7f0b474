/** Exports that nobody uses: a name leaves its file because another file needs it. */
import { resolve } from "./graph.ts"
import type { Export, Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

/**
 * Exports of the library that no other file names: neither of the library nor of `users` (tests, examples,
 * tools). What an entry exports is for everybody; a type that another export is declared with goes where that goes.
 */
export const deadExports = (
  library: ReadonlyArray<Source>,
  users: ReadonlyArray<Source>,
  entries: ReadonlyArray<string>
): ReadonlyArray<Violation> => {
  const used = new Set([...library, ...users].flatMap(namesUsedBy))
  return library.filter(({ path }) => !entries.includes(path)).flatMap(({ exports, path }) =>
    exports.filter((it) => !used.has(`${path} ${it.name}`) && !used.has(`${path} *`) && !isMentioned(it, exports))
      .map(({ line, name }) => ({
        file: path,
        line,
        message: `exports ${name}, which no other file uses. Delete it, or keep it in the file.`
      }))
  )
}

const isMentioned = (type: Export, exports: ReadonlyArray<Export>): boolean =>
  type.isType &&
  exports.some((it) => it !== type && new RegExp(`(?<![\\w$.])${type.name}(?![\\w$])`).test(it.statement))

/** What a file takes from others, as `path name`; `path *` when it may use all of it. */
const namesUsedBy = (source: Source): ReadonlyArray<string> => [
  ...[...source.bound.values()].map(({ name, specifier }) => `${resolve(source.path, specifier)} ${name}`),
  ...source.exports.filter(({ from }) => from !== undefined).map((it) =>
    `${resolve(source.path, it.from!)} ${it.local}`
  ),
  ...source.imports.filter(({ kind }) => kind === "dynamic" || kind === "type").flatMap(({ specifier }) =>
    wordsOf(source).map((word) => `${resolve(source.path, specifier)} ${word}`)
  )
]

/** What a dynamic import is asked for may be taken apart anywhere in the file: every word of the file counts. */
const wordsOf = ({ lines }: Source): ReadonlyArray<string> => [...new Set(lines.join("\n").match(/[\w$]+/g) ?? [])]
