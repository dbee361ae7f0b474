/**
 * Folders of a store: made durably, emptied away again.
 *
 * Owns: which folders are being synced. Does not own: the objects in them.
 * Invariant: whoever asks for a sync gets one that began after the question; askers of the same folder share it.
 */
import { mkdir, open, rmdir } from "node:fs/promises"
import { dirname } from "node:path"
import { shareWith } from "../../files/mod.ts"

/** Makes a folder and those above it, for this user or for a group too, and writes their names to the disk. */
export const makeFolder = async (folder: string, sync: Sync, group?: number): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) {
    shareWith(group, made)
    await sync(dirname(made))
  }
}

/** Removes a folder and those above it up to and without `root`, as long as they are empty. */
export const pruneFolder = async (folder: string, root: string): Promise<void> => {
  if (folder.length <= root.length || !folder.startsWith(root)) return
  try {
    await rmdir(folder)
  } catch {
    return
  }
  await pruneFolder(dirname(folder), root)
}

/** Makes the names in a folder survive a loss of power. */
export type Sync = (folder: string) => Promise<void>

/** A sync that does nothing: what is lost with the power is then lost. */
export const noSync: Sync = () => Promise.resolve()

/** A sync whose concurrent askers share the work. */
export const makeSync = (): Sync => {
  const running = new Map<string, Promise<void>>()
  const waiting = new Map<string, Promise<void>>()
  const start = (folder: string): Promise<void> => {
    const work = syncFolder(folder).finally(() => running.delete(folder))
    running.set(folder, work)
    return work
  }
  return (folder) => {
    const current = running.get(folder)
    if (current === undefined) return start(folder)
    const next = waiting.get(folder) ?? current.catch(() => {}).then(() => (waiting.delete(folder), start(folder)))
    waiting.set(folder, next)
    return next
  }
}

const syncFolder = async (folder: string): Promise<void> => {
  // Windows opens no folders, and needs no sync of them.
  const handle = await open(folder, "r").catch((error) => ignore(error, ["EISDIR", "EPERM", "EACCES", "ENOENT"]))
  if (handle === undefined) return
  try {
    await handle.sync().catch((error) => ignore(error, ["EINVAL", "EPERM", "ENOTSUP"]))
  } finally {
    await handle.close()
  }
}

const ignore = (error: NodeJS.ErrnoException, codes: ReadonlyArray<string>): undefined => {
  if (!codes.includes(error.code ?? "")) throw error
}
