/** Directories that only this user can look into or change, whatever the umask. */
import { chmodSync, chownSync, closeSync, lstatSync, mkdirSync, mkdtempSync, openSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"

/** A directory that should be ours alone and is not. */
export class NotPrivate extends Error {
  readonly _tag = "NotPrivate" as const
  override readonly name: "NotPrivate" = "NotPrivate"
}

const isWindows = process.platform === "win32"

/**
 * Makes a directory that may be there already, and answers its
 * path. Throws NotPrivate when it is another user's, or a link.
 */
export const makePrivate = (path: string): string => {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT") {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      mkdirSync(path, { mode: 0o700 })
    } else if (code !== "EEXIST") throw error
  }
  requirePrivate(path)
  return path
}

/** A new directory in the system's folder for temporary files, for us alone. */
const makeTemporary = (prefix: string): string => mkdtempSync(join(tmpdir(), prefix))

/**
 * This user's own directory among the temporary files, kept from
 * process to process; a new one when somebody else has made it.
 */
export const ownTemporary = (): string => {
  try {
    return makePrivate(join(tmpdir(), `pinnace-${process.getuid?.() ?? "user"}`))
  } catch (error) {
    if (error instanceof NotPrivate) return makeTemporary("pinnace-")
    throw error
  }
}

/**
 * Makes a file that only this user may open, before whoever writes it does; one that is there already is left as it is.
 */
export const makePrivateFile = (path: string): void => {
  try {
    closeSync(openSync(path, "wx", 0o600))
  } catch (error) {
    // Whoever opens it next says what is wrong.
    if (typeof (error as NodeJS.ErrnoException).code !== "string") throw error
  }
}

/**
 * Lets a group of users at a file or folder of ours as we are: read, write, and what is made in a folder is theirs too.
 * Of what another member has made nothing changes: that member has done it. Without a group nothing is done.
 */
export const shareWith = (group: number | undefined, path: string): void => {
  if (group === undefined || isWindows) return
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined || stats.uid !== process.geteuid?.()) return
  if (stats.gid !== group) giveTo(group, path, stats.uid)
  chmodSync(path, stats.isDirectory() ? 0o2770 : 0o660)
}

const giveTo = (group: number, path: string, user: number): void => {
  try {
    chownSync(path, user, group)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error
    throw new NotPrivate(
      `"${path}" cannot be given to group ${group}: this user is not in it. Use one that \`id -G\` prints`
    )
  }
}

const requirePrivate = (path: string): void => {
  const stats = lstatSync(path)
  if (!stats.isDirectory()) throw new NotPrivate(`"${path}" is not a directory. Remove it, or choose another place`)
  const self = process.geteuid?.()
  if (isWindows || self === undefined) return
  if (stats.uid !== self) {
    throw new NotPrivate(
      `"${path}" belongs to another user (${stats.uid}), who could change it. Remove it, or choose another place`
    )
  }
  if ((stats.mode & 0o077) !== 0) chmodSync(path, stats.mode & 0o700)
}
