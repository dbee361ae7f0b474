/** Copies of what a walk has found. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync
} from "node:fs"
import { join } from "node:path"
import { openFile, pathOfFile } from "./Folder.ts"
import type { Found, Level, Walk } from "./Walk.ts"

/** Which permission bits the copy of something gets. */
export type Mode = (mode: number) => number

/** Copies to a path of ours that does not exist. Links stay links; pipes, sockets and devices are refused. */
export const copyFound = (walk: Walk, found: Found, to: string, mode: Mode = (bits) => bits & 0o777): void => {
  if (found.kind === "directory") return copyFolder(walk, found.level, to, mode)
  if (found.kind === "file") return copyFile(found.host, to, mode)
  if (!found.stats.isSymbolicLink()) {
    throw new Error(`${join(found.level.path, found.name)} is neither a file nor a directory nor a link`)
  }
  symlinkSync(readlinkSync(found.host), to)
}

const copyFolder = (walk: Walk, level: Level, to: string, mode: Mode): void => {
  mkdirSync(to, { mode: 0o700 })
  for (const name of walk.names(level)) {
    walk.since(() => {
      const found = walk.entry(level, name)
      if (found !== undefined) copyFound(walk, found, join(to, name), mode)
    })
  }
  const [folder] = level.folders
  chmodSync(to, folder === undefined ? 0o700 : mode(statSync(`${folder.path}/.`).mode & 0o1777))
}

const copyFile = (from: string, to: string, mode: Mode): void => {
  const descriptor = openFile(from)
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw new Error(`${from} is not a regular file`)
    copyFileSync(pathOfFile(descriptor, from), to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    chmodSync(to, mode(stats.mode & 0o1777))
  } finally {
    closeSync(descriptor)
  }
}
