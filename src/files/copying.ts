/** Copies of what a walk has found. Bytes are copied beside the event loop, so that large files hold nobody up. */
import { closeSync, constants, fstatSync, readlinkSync, statSync } from "node:fs"
import { chmod, copyFile, mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { openFile, pathOfFile } from "./Folder.ts"
import type { Found, Level, Walk } from "./Walk.ts"

/** Which permission bits the copy of something gets. */
export type Mode = (mode: number) => number

/** Copies to a path of ours that does not exist. Links stay links; pipes, sockets and devices are refused. */
export const copyFound = async (
  walk: Walk,
  found: Found,
  to: string,
  mode: Mode = (bits) => bits & 0o777
): Promise<void> => {
  if (found.kind === "directory") return await copyFolder(walk, found.level, to, mode)
  if (found.kind === "file") return await copyOpened(found.host, to, mode)
  if (!found.stats.isSymbolicLink()) {
    throw new Error(`${join(found.level.path, found.name)} is neither a file nor a directory nor a link`)
  }
  await symlink(readlinkSync(found.host), to)
}

const copyFolder = async (walk: Walk, level: Level, to: string, mode: Mode): Promise<void> => {
  await mkdir(to, { mode: 0o700 })
  for (const name of walk.names(level)) {
    await walk.during(async () => {
      const found = walk.entry(level, name)
      if (found !== undefined) await copyFound(walk, found, join(to, name), mode)
    })
  }
  const [folder] = level.folders
  await chmod(to, folder === undefined ? 0o700 : mode(statSync(`${folder.path}/.`).mode & 0o1777))
}

const copyOpened = async (from: string, to: string, mode: Mode): Promise<void> => {
  const descriptor = openFile(from)
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw new Error(`${from} is not a regular file`)
    await copyFile(pathOfFile(descriptor, from), to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await chmod(to, mode(stats.mode & 0o1777))
  } finally {
    closeSync(descriptor)
  }
}
