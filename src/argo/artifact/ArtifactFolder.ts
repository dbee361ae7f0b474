/**
 * Artifacts in a local directory: files and directories by key.
 *
 * Owns: the directory and the one beside it in which artifacts are made. Invariants: nothing in them is open to others
 * on this machine; no link in a key is followed, and of links in an artifact only those that stay in it; an artifact is
 * there as a whole or not at all.
 */
import { randomUUID } from "node:crypto"
import { rmSync } from "node:fs"
import { join, posix } from "node:path"
import { copyOut, filesBelow, lookAt, makePrivate, putIn, removeIn, rootView, type Spot } from "../../files/mod.ts"
import { BadArgument } from "../document/BadArgument.ts"

/** Stores and fetches artifacts. */
export interface ArtifactFolder {
  /** Copies a file or directory in. */
  readonly put: (key: string, from: Spot) => void
  /** Copies an artifact, or a part of it, to a path of ours that does not exist; answers whether there is one. */
  readonly get: (key: string, to: string, part?: string) => boolean
  /** What there is: its size, 0 for a directory. */
  readonly look: (key: string) => { readonly size: number; readonly kind: string } | undefined
  /** Deletes an artifact; nothing happens when there is none. */
  readonly remove: (key: string) => void
  /** All keys of files that begin with a key. */
  readonly keys: (prefix: string) => ReadonlyArray<string>
}

/** A store in a directory. */
export const artifactFolder = (directory: string): ArtifactFolder => {
  const view = rootView(directory, "none")
  const spotOf = (key: string): Spot => {
    const path = posix.resolve("/", `./${key}`)
    if (path === "/") throw new BadArgument(`"${key}" cannot be the key of an artifact`)
    return { view, path }
  }
  return {
    put: (key, from) => {
      const spot = spotOf(key)
      const incoming = makePrivate(`${directory}.incoming`)
      makePrivate(directory)
      const fresh = join(incoming, randomUUID())
      try {
        copyOut(from, fresh, hidden)
        removeIn(spot)
        putIn(spot, fresh)
      } finally {
        rmSync(fresh, { recursive: true, force: true })
      }
    },
    get: (key, to, part = "") => {
      const spot = spotOf(key)
      const found = lookAt(spot)
      if (found === undefined) return false
      const own = found.kind === "directory" ? { view: rootView(join(directory, spot.path)), path: part } : spot
      if (found.kind !== "directory" && posix.resolve("/", part) !== "/") return false
      return copyOut(own, to, shown)
    },
    look: (key) => lookAt(spotOf(key)),
    remove: (key) => removeIn(spotOf(key)),
    keys: (prefix) => filesBelow({ view, path: posix.resolve("/", `./${prefix}`) }).map((file) => join(prefix, file))
  }
}

/**
 * Marks what even in its node was open to its owner only; files and directories have no other use for this bit here.
 */
const wasPrivate = 0o1000

/** The mode in the store: for us alone. */
const hidden = (mode: number): number => (mode & 0o700) | 0o600 | ((mode & 0o077) === 0 ? wasPrivate : 0)

/** The mode in a node: as it was, but for the rights of others to write. */
const shown = (mode: number): number => {
  const own = mode & 0o700
  return (mode & wasPrivate) !== 0 ? own : own | ((own & 0o500) >> 3) | ((own & 0o500) >> 6)
}
