/** An open directory: entries are looked for in it, whatever its path leads to by now. */
import { closeSync, constants, existsSync, lstatSync, openSync, statSync } from "node:fs"
import process from "node:process"

/** See the head of the file. */
export interface Folder {
  /** The beginning of the paths of its entries. */
  readonly path: string
  readonly close: () => void
}

/** Linux has a path for each open directory; elsewhere the path is looked at and then used. */
const isPinned = process.platform === "linux" && existsSync("/proc/self/fd")

/** Open a directory without the right to list it. Linux only; Node has no name for it. */
const pathOnly = 0o10000000

/** Opens a directory; a link is refused unless `follow` is set. Throws what the system says. */
export const openFolder = (path: string, follow: boolean = false): Folder => {
  if (!isPinned) {
    if ((follow ? statSync(path) : lstatSync(path)).isDirectory()) return { path, close: () => {} }
    throw Object.assign(new Error(`ENOTDIR: not a directory, open '${path}'`), { code: "ENOTDIR" })
  }
  const descriptor = openSync(path, pathOnly | constants.O_DIRECTORY | (follow ? 0 : constants.O_NOFOLLOW))
  return { path: `/proc/self/fd/${descriptor}`, close: () => closeSync(descriptor) }
}

/** Opens a regular file for reading; a link, a pipe or a device is refused. The caller closes it. */
export const openFile = (path: string): number =>
  openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))

/** The path of an open file, to copy it as it was opened. */
export const pathOfFile = (descriptor: number, path: string): string => isPinned ? `/proc/self/fd/${descriptor}` : path
