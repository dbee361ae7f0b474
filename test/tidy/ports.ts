/** Ports: a folder that reaches another one only through the files that are made for it. */
import { resolve } from "./graph.ts"
import type { Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

/** Files beneath `from` import of what lies beneath `into` nothing but the files `by`. */
export interface Port {
  readonly from: string
  readonly into: string
  readonly by: ReadonlyArray<string>
}

/** Imports that go past a port. */
export const portViolations = (
  sources: ReadonlyArray<Source>,
  { by, from, into }: Port
): ReadonlyArray<Violation> =>
  sources.filter(({ path }) => path.startsWith(from)).flatMap(({ imports, path }) =>
    imports.flatMap(({ line, specifier }) => {
      const target = resolve(path, specifier) ?? ""
      if (!target.startsWith(into) || by.includes(target)) return []
      return [{ file: path, line, message: `imports ${target}. Take what it needs from ${by.join(" or ")}.` }]
    })
  )
