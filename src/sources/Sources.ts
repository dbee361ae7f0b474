/**
 * Files as sources: what each holds, as a digest, and what it imports; read once as long as it stays what it is.
 *
 * Owns: what was read. Does not own: where that is kept for later processes (a `Shelf`).
 * Invariant G6: what was read of a file counts only while its time, size and place are the same, and only if it had
 * rested when it was read: what is written again at once may bear the same time.
 */
import { readFileSync, type Stats, statSync } from "node:fs"
import { noShelf, type Shelf } from "../reuse/Code.ts"
import { type Imports, importsOf, noImports } from "../reuse/imports.ts"
import { digestText } from "../reuse/key.ts"

/** What was read of a file. */
export interface Source extends Imports {
  readonly digest: string
  /** Milliseconds since the epoch. */
  readonly writtenAt: number
  /** Another one wherever a file was written or put in the place of another. */
  readonly stamp: string
  /** Whether nobody had written it shortly before it was read. */
  readonly isAtRest: boolean
}

/** How long a file rests until what was read of it counts; no clock of a file system is coarser, in milliseconds. */
const rest = 2_000

/** Raised whenever the digest of a file or its imports come out otherwise. */
const format = 2

/** The sources of one reader. */
export class Sources {
  readonly #known = new Map<string, Source>()
  readonly #shelf: Shelf
  readonly #now: () => number
  #fresh = new Map<string, string>()

  // tidy: allow Date.now — files are dated by the clock of the machine
  constructor(shelf: Shelf = noShelf, now: () => number = Date.now) {
    this.#shelf = shelf
    this.#now = now
  }

  /** A file, as it is now, or was when somebody looked at it. Throws where it cannot be read. */
  of(file: string, looked?: Stats): Source {
    const { ctimeMs, ino, mtimeMs, size } = looked ?? statSync(file)
    // A file that was put in the place of another one bears the time at which it was written, which may be long ago.
    const writtenAt = Math.max(mtimeMs, ctimeMs || 0)
    const stamp = [writtenAt, mtimeMs, ino, size].join(" ")
    const known = this.#known.get(file) ?? unpacked(this.#shelf.known.get(file), writtenAt)
    const isKnown = known?.stamp === stamp && known.isAtRest
    const source = isKnown ? known : { ...read(file), writtenAt, stamp, isAtRest: writtenAt + rest < this.#now() }
    this.#known.set(file, source)
    if (!isKnown && source.isAtRest) this.#fresh.set(file, packed(source))
    return source
  }

  /** Puts what was read since the last time where later processes find it. */
  keep(): void {
    const fresh = this.#fresh
    if (fresh.size === 0) return
    this.#fresh = new Map()
    this.#shelf.keep(fresh)
  }
}

const read = (file: string): Imports & Pick<Source, "digest"> => {
  const bytes = readFileSync(file)
  const isCode = /\.[mc]?[jt]sx?$/.test(file)
  // Binary files are compared byte by byte: as text, bytes would be lost.
  const text = isCode || isText(file) ? bytes.toString("utf8").replaceAll("\r\n", "\n") : bytes
  const imports = typeof text === "string" && isCode ? importsOf(text) : noImports
  return { ...imports, digest: digestText(text) }
}

const isText = (file: string): boolean => /\.(?:json[c5]?|txt|md|css|html|sql|ya?ml|toml|graphql)$/.test(file)

const packed = ({ computed, digest, names, needed, stamp }: Source): string =>
  JSON.stringify([format, stamp, digest, computed, names, needed])

const unpacked = (text: string | undefined, writtenAt: number): Source | undefined => {
  if (text === undefined) return undefined
  const [of, stamp, digest, computed, names, needed] = JSON.parse(text) as Packed
  return of === format ? { stamp, digest, computed, names, needed, writtenAt, isAtRest: true } : undefined
}

type Packed = readonly [
  format: number,
  stamp: string,
  digest: string,
  computed: boolean,
  names: ReadonlyArray<string>,
  needed: ReadonlyArray<string>
]
