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

/** What is kept of a code under its key, as text; nothing where it is not kept, as that of a version. */
export const keptCode = (text: string | undefined): Kept => {
  const { files = [], unseen = [] } = JSON.parse(text ?? "{}") as Partial<Pick<Code, "files" | "unseen">>
  return { files: new Map(files), unseen }
}

/** Files by name, with their digests, and what is not seen. */
export interface Kept {
  readonly files: ReadonlyMap<string, string>
  readonly unseen: ReadonlyArray<string>
}

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

/** What was read of files, kept for the processes that come later: texts by the paths of the files. */
export interface Shelf {
  readonly known: ReadonlyMap<string, string>
  readonly keep: (read: ReadonlyMap<string, string>) => void
}

/** Where nothing is kept. */
export const noShelf: Shelf = { known: new Map(), keep: () => {} }
