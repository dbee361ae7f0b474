/** What a node has left, read as it sees it. */
import { closeSync, fstatSync, readSync } from "node:fs"
import { Buffer } from "node:buffer"
import { openFile, pathOfFile } from "./Folder.ts"
import type { Spot } from "./View.ts"
import { copyFound, type Mode } from "./copying.ts"
import { Escape, type Found, type Level, Walk } from "./Walk.ts"

/** Works with what is at a place; `undefined` when there is nothing, or a link leads to nothing that may be reached. */
const withFound = <A>({ path, view }: Spot, work: (found: Found, walk: Walk) => A): A | undefined => {
  const walk = new Walk(view)
  try {
    const found = walk.find(path)
    return found && work(found, walk)
  } catch (error) {
    if (error instanceof Escape) return undefined
    throw error
  } finally {
    walk.close()
  }
}

/** What kind of thing is at a place, and how large it is. */
export const lookAt = (
  spot: Spot
): { readonly kind: Found["kind"]; readonly size: number; readonly mode: number } | undefined =>
  withFound(spot, (found) => ({
    kind: found.kind,
    size: found.kind === "directory" ? 0 : found.stats.size,
    mode: found.kind === "directory" ? 0o755 : found.stats.mode
  }))

/**
 * The text of a file; `undefined` when there is none. Throws
 * when it is not a regular file, or larger than `most` bytes.
 */
export const readText = (spot: Spot, most: number = Infinity): string | undefined =>
  withFound(spot, (found) => {
    if (found.kind !== "file") throw new Error(`${spot.path} is not a regular file`)
    const descriptor = openFile(found.host)
    try {
      return textOf(descriptor, spot.path, most)
    } finally {
      closeSync(descriptor)
    }
  })

const textOf = (descriptor: number, path: string, most: number): string => {
  const stats = fstatSync(descriptor)
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`)
  if (stats.size > most) throw new RangeError(`${path} has ${stats.size} bytes, at most ${most} are read`)
  const bytes = Buffer.alloc(stats.size)
  let length = 0
  for (let more = -1; length < bytes.length && more !== 0; length += more) {
    more = readSync(descriptor, bytes, length, bytes.length - length, length)
  }
  return bytes.toString("utf8", 0, length)
}

/**
 * Copies a file or directory to a path of ours that does not
 * exist; answers whether there is one. Links in it stay links.
 */
export const copyOut = async ({ path, view }: Spot, to: string, mode?: Mode): Promise<boolean> => {
  const walk = new Walk(view)
  try {
    const found = walk.find(path)
    if (found !== undefined) await copyFound(walk, found, to, mode)
    return found !== undefined
  } catch (error) {
    if (error instanceof Escape) return false
    throw error
  } finally {
    walk.close()
  }
}

/** A file that is open, and how it is read until it is closed, whatever takes its name. */
export interface OpenFile {
  readonly path: string
  readonly close: () => void
}

/** Opens a regular file; `undefined` when there is none. */
export const openAt = (spot: Spot): OpenFile | undefined =>
  withFound(spot, (found) => {
    if (found.kind !== "file") return undefined
    const descriptor = openFile(found.host)
    return { path: pathOfFile(descriptor, found.host), close: () => closeSync(descriptor) }
  })

/** The paths of all files below a place, without following links in it. */
export const filesBelow = (spot: Spot): ReadonlyArray<string> =>
  withFound(spot, (found, walk) => found.kind === "directory" ? filesIn(walk, found.level, "").toSorted() : []) ?? []

const filesIn = (walk: Walk, level: Level, before: string): ReadonlyArray<string> =>
  walk.names(level).flatMap((name) =>
    walk.since(() => {
      const found = walk.entry(level, name)
      if (found?.kind === "directory") return filesIn(walk, found.level, `${before}${name}/`)
      return found?.kind === "file" ? [`${before}${name}`] : []
    })
  )

/** A path without links, as the node sees it; of what does not exist yet the rest as it is. Throws Escape. */
export const realPath = ({ path, view }: Spot, end: "directory" | "any" = "directory"): string => {
  const walk = new Walk(view)
  try {
    return walk.real(path, end)
  } finally {
    walk.close()
  }
}
