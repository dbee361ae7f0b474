/**
 * Files that have their name only once they are whole and on the disk: until then they have another one.
 *
 * Owns: the names of drafts, and those that this process writes.
 *
 * Invariants
 * - A draft never takes a name that another file has by then.
 * - Each process writes a file of its own, `NAME.PROCESS-CHANCE.partial`; what a dead one left, the next draft of that
 *   name removes. So two that write one name do not disturb each other: the slower one is refused.
 */
import { randomBytes } from "node:crypto"
import {
  closeSync,
  createWriteStream,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type WriteStream
} from "node:fs"
import { basename, dirname, join } from "node:path"
import process from "node:process"

/** What SQLite puts beside a file. */
const besides = ["", "-wal", "-shm", "-journal"]

/** Drafts that this process has begun. */
const begun = new Set<string>()

/** Where a file of this name is written until it is whole; what dead processes left of it is removed. */
export const draftOf = (path: string): string => {
  removeLeft(path)
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.partial`
  begun.add(draft)
  return draft
}

/** Writes a new draft, which nobody else can read. It is there at once: one that is dropped does not come after all. */
export const writeDraft = (draft: string): WriteStream => createWriteStream(draft, { fd: openSync(draft, "wx", 0o600) })

/** A name for a backup that no file has: another one of the same second may be there. */
export const freeBackup = (name: string): string => {
  for (let many = 1;; many++) {
    const path = many === 1 ? `${name}.bak` : `${name}-${many}.bak`
    if (!existsSync(path)) return path
  }
}

/** Gives what is whole its name on the disk; answers false where another file has it by now. */
export const keepDraft = (draft: string, path: string): boolean => {
  synced(draft)
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    // Some file systems have no links: there, of two that end in the same instant, the slower one counts.
    renameSync(draft, path)
  }
  nameSynced(path)
  return true
}

/** Removes a draft, whole or not. */
export const dropDraft = (draft: string): void => {
  for (const end of besides) rmSync(`${draft}${end}`, { force: true })
  begun.delete(draft)
}

/** Removes all that this process has begun: it is to end at once. */
export const dropDrafts = (): void => [...begun].forEach(dropDraft)

/**
 * Removes what processes left that died while they wrote this file, or one whose name goes on from its own, such as a
 * copy of it. Earlier versions all wrote `NAME.partial`.
 */
export const removeLeft = (path: string): void => {
  const [folder, name] = [dirname(path), basename(path)]
  // Where there is no folder, whoever writes says so.
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    if (!file.startsWith(`${name}.`)) continue
    const found = left.exec(file.slice(name.length + 1))
    if (found !== null && !isWriting(found[1])) rmSync(join(folder, file), { force: true })
  }
}

const left = /^(?:(?:.+\.)?(\d+)-[0-9a-f]{8}\.)?partial(?:-wal|-shm|-journal)?$/

const isWriting = (pid: string | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(Number(pid), 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}

/** Waits until the bytes of a file are on the disk. */
const synced = (path: string): void => {
  const file = openSync(path, "r+")
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Waits until the name of a file is on the disk, where that is more than its bytes: without it they are not found. */
const nameSynced = (path: string): void => {
  let folder: number
  try {
    folder = openSync(dirname(path), "r")
  } catch {
    // Windows opens no folders, and needs none of this.
    return
  }
  try {
    fsyncSync(folder)
  } catch (error) {
    // Some file systems know no such thing of a folder.
    if ((error as NodeJS.ErrnoException).code === "EIO") throw error
  } finally {
    closeSync(folder)
  }
}
