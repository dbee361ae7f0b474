/**
 * A lock that the operating system gives back when its process ends, however it ends: an exclusive SQLite lock on a
 * small file of the process's own. It holds nothing else; the file stays empty.
 *
 * The lock files must only ever be opened through SQLite: on POSIX systems,
 * closing any other descriptor of such a file would drop the process's lock.
 */
import { existsSync, rmSync } from "node:fs"
import { openConnection } from "./Database.ts"

/** Takes the lock; the returned function gives it back and removes the file. */
export const takeLock = (path: string): () => void => {
  const connection = openConnection(path)
  try {
    // Without this, SQLite would create a second file beside the lock.
    connection.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
  } catch (error) {
    connection.close()
    throw error
  }
  return () => {
    connection.close()
    rmSync(path, { force: true })
  }
}

/**
 * Whether a living process holds the lock; a missing file counts
 * as not held, one that cannot be read as held. Waits for nobody.
 */
export const isLocked = (path: string): boolean => {
  if (!existsSync(path)) return false
  try {
    const connection = openConnection(path, { timeout: 0, fileMustExist: true })
    try {
      // A shared lock is enough to find out, and does not make two askers take each other for the owner.
      connection.prepare("SELECT count(*) FROM sqlite_master").get()
      return false
    } finally {
      connection.close()
    }
  } catch {
    // Mostly busy. Any other trouble (too many open files) must not make a living process look dead.
    return existsSync(path)
  }
}
