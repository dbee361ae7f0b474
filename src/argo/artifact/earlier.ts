/** The directory in which earlier versions kept artifacts, as plain files under their keys; it is only read. */
import { join, posix } from "node:path"
import { copyOut, filesBelow, lookAt, rootView, type Spot } from "../../files/mod.ts"

/** Copies an artifact, or a part of it, to a path of ours that does not exist; answers whether there is one. */
export const fetchEarlier = async (
  directory: string,
  key: string,
  to: string,
  part: string = ""
): Promise<boolean> => {
  const spot = spotOf(directory, key)
  const found = lookAt(spot)
  if (found === undefined || spot.path === "/") return false
  if (found.kind === "directory") {
    return await copyOut({ view: rootView(join(directory, spot.path)), path: part }, to, shown)
  }
  return posix.resolve("/", part) === "/" && await copyOut(spot, to, shown)
}

/** The size of an artifact, 0 for a directory; `undefined` when there is none. */
export const sizeOfEarlier = (directory: string, key: string): number | undefined =>
  lookAt(spotOf(directory, key))?.size

/** All keys of files that begin with a key. */
export const keysOfEarlier = (directory: string, prefix: string): ReadonlyArray<string> =>
  filesBelow(spotOf(directory, prefix)).map((file) => join(prefix, file))

/** No link in a key is followed. */
const spotOf = (directory: string, key: string): Spot => ({
  view: rootView(directory, "none"),
  path: posix.resolve("/", `./${key}`)
})

/** Marks what even in its node was open to its owner only. */
const wasPrivate = 0o1000

/** The mode in a node: as it was, but for the rights of others to write. */
const shown = (mode: number): number => {
  const own = mode & 0o700
  return (mode & wasPrivate) !== 0 ? own : own | ((own & 0o500) >> 3) | ((own & 0o500) >> 6)
}
