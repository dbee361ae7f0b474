/**
 * Files that are being put: written under a name of their own,
 * and given that of the object only when they are complete.
 */
import { randomUUID } from "node:crypto"
import { type FileHandle, link, open, readdir, rename, rm, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import process from "node:process"
import { shareWith } from "../../files/mod.ts"
import { isAbsent } from "./diskError.ts"
import { makeFolder, type Sync } from "./folders.ts"

/** A file that is being put. */
export interface Pending {
  readonly path: string
  readonly handle: FileHandle
}

/** How often a folder that another process has just emptied away is made again. */
const tries = 100

/**
 * Opens a new file in one of 16 folders, since puts at once would
 * wait for each other in a single one; missing folders are made.
 */
export const openPending = async (root: string, sync: Sync, group?: number): Promise<Pending> => {
  const pending = await openNew(root, sync, group)
  shareWith(group, pending.path)
  return pending
}

const openNew = async (root: string, sync: Sync, group: number | undefined): Promise<Pending> => {
  const id = randomUUID()
  const folder = join(root, id.slice(0, 1))
  const path = join(folder, `${process.pid}-${id}`)
  try {
    return { path, handle: await open(path, "wx", 0o600) }
  } catch (error) {
    if (!isAbsent(error)) throw error
    await makeFolder(folder, sync, group)
    return { path, handle: await open(path, "wx", 0o600) }
  }
}

/** Gives a complete file the object's name. With `exclusive` it fails with EEXIST when the name is taken. */
export const publish = async (
  pending: string,
  target: string,
  { exclusive, group, sync }: { readonly exclusive: boolean; readonly group: number | undefined; readonly sync: Sync }
): Promise<void> => {
  const move = exclusive ? moveExclusively : rename
  for (let left = tries;; left--) {
    try {
      await move(pending, target)
      return await sync(dirname(target))
    } catch (error) {
      if (!isAbsent(error) || left === 0) throw error
      // A folder above it may vanish in the same way while it is made; Deno then says that it is there.
      await makeFolder(dirname(target), sync, group).catch((fault) => {
        if (!isAbsent(fault) && fault.code !== "EEXIST") throw fault
      })
    }
  }
}

const moveExclusively = async (from: string, to: string): Promise<void> => {
  await link(from, to)
  await rm(from, { force: true })
}

/** Removes pending files that were last written before this instant; answers how many. */
export const sweepPending = async (root: string, before: number): Promise<number> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error) => {
    if (isAbsent(error)) return []
    throw error
  })
  let removed = 0
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const found = entry.isFile() ? await stat(path).catch(() => undefined) : undefined
    if (found === undefined || found.mtimeMs >= before) continue
    await rm(path, { force: true })
    removed++
  }
  return removed
}
