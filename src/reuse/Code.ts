/** The code behind a definition, as far as it can be told. */
import type { Site } from "../workflow/Site.ts"

/** The files behind a definition. */
export interface Code {
  readonly digest: string
  /** Files by their names within the project, and packages with their versions, each with a digest; sorted. */
  readonly files: ReadonlyArray<readonly [name: string, digest: string]>
  /** Imports that cannot be followed, as in `src/plugins.ts imports by a computed name`. */
  readonly unseen: ReadonlyArray<string>
}

/** Under which name the files of a code are kept, among definitions. */
export const codeKey = (digest: string): string => `code:${digest}`

/** Why code cannot be told; then nothing is reused. */
export interface Untold {
  readonly why: string
}

/** Reads what definitions are made of. */
export interface CodeReader {
  readonly codeOf: (site: Site) => Code | Untold
  /** The digest of what a file or directory holds now; `"missing"` where there is none. */
  readonly digestOf: (path: string) => string
  /** The digest of an environment variable; `"unset"` where it is not set. */
  readonly digestOfEnv: (name: string) => string
}
