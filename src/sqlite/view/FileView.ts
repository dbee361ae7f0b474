/**
 * A state file that this process may only read.
 *
 * Where SQLite's shared index is there, somebody has the file open or was killed: it is read in place, with its locks.
 * Else SQLite would have to make one, which it cannot or must not (it would be in the way of whoever may write), so a
 * copy is read. A file of an older version is copied too, since only a copy can be brought to this one.
 */
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  statSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { JournalError } from "../../journal/JournalError.ts"
import { Database } from "../Database.ts"
import { checkSchema, migrate, schemaVersion } from "../migrate.ts"
import { storageError } from "../storageError.ts"

/** The longest state file that is copied to be read: 1 GiB, its log included. */
export const longestCopy = 1024 ** 3

/** How often a copy is begun again because the file was written meanwhile. */
const copyTries = 5

/** A connection to look at a state file. */
export interface FileView {
  readonly db: Database
  /** Bytes that were copied; 0 when the file is read in place. */
  readonly copied: number
  /** Whether the file has changed since it was copied. */
  readonly isStale: () => boolean
  readonly close: () => void
}

/**
 * Whether the system would let this process write the file and beside it; some runtimes look at permission bits only.
 */
export const isWritable = (name: string): boolean => {
  if (name === ":memory:") return true
  const path = canonical(name)
  return [path, `${path}-wal`, `${path}-shm`, dirname(path)].every((it) => !existsSync(it) || mayWrite(it))
}

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Opens a state file to look at it. Throws `JournalError`. */
export const openView = (name: string): FileView => {
  const path = canonical(name)
  const inPlace = existsSync(`${path}-shm`) ? readInPlace(path) : undefined
  if (inPlace === undefined) return readCopy(path, (to) => copyStill(path, to))
  if (inPlace.value("PRAGMA user_version") === schemaVersion) {
    return { db: inPlace, copied: 0, isStale: () => false, close: () => inPlace.close() }
  }
  try {
    return readCopy(path, (to) => inPlace.copyTo(to))
  } finally {
    inPlace.close()
  }
}

/** The file itself, beside which its log and its processes' locks are. */
export const canonical = (name: string): string => existsSync(name) ? realpathSync(name) : name

/** `undefined` where SQLite cannot read it without writing. */
const readInPlace = (path: string): Database | undefined => {
  try {
    const db = new Database(path, { readonly: true })
    try {
      checkSchema(db)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    if (error instanceof JournalError && error.reason === "Unwritable") return undefined
    throw error
  }
}

const readCopy = (path: string, copy: (to: string) => void): FileView => {
  const copied = sizeOf(path) + sizeOf(`${path}-wal`)
  if (copied > longestCopy) throw isOlder(path) ? tooLongOlder(path, copied) : tooLong(path, copied)
  const folder = makeFolder(path)
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const stamp = stampOf(path)
  try {
    const to = join(folder, "state.db")
    copy(to)
    const db = openCopy(to, path)
    // What is open stays readable, and nothing is left behind by a
    // process that is killed. Windows removes it at the end only.
    attempt(remove)
    return { db, copied, isStale: () => stampOf(path) !== stamp, close: () => (db.close(), attempt(remove)) }
  } catch (error) {
    attempt(remove)
    throw storageError(error, path, "read")
  }
}

const openCopy = (copy: string, path: string): Database => {
  const db = new Database(copy, { name: path })
  try {
    checkSchema(db)
    db.value("PRAGMA journal_mode = DELETE")
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A file and its log belong together when neither was written while they were copied. */
const copyStill = (path: string, to: string): void => {
  for (let tries = 0; tries < copyTries; tries++) {
    const before = stampOf(path)
    copyFileSync(path, to)
    rmSync(`${to}-wal`, { force: true })
    if (sizeOf(`${path}-wal`) > 0) copyFileSync(`${path}-wal`, `${to}-wal`)
    if (stampOf(path) === before) return
  }
  throw new JournalError({
    reason: "Locked",
    message:
      `Cannot read state file "${path}": this user may not write it, and it was written each time it was being copied. ` +
      "Try again, or as a user who may write the file and its directory."
  })
}

const stampOf = (path: string): string =>
  [path, `${path}-wal`].map((it) => {
    const stat = statSync(it, { bigint: true, throwIfNoEntry: false })
    return stat === undefined ? "" : `${stat.ino} ${stat.size} ${stat.mtimeNs}`
  }).join(", ")

const makeFolder = (path: string): string => {
  try {
    return mkdtempSync(join(tmpdir(), "pinnace-view-"))
  } catch (error) {
    throw new JournalError({
      reason: "Unwritable",
      message:
        `Cannot read state file "${path}": this user may not write beside it, and a copy cannot be made in "${tmpdir()}" ` +
        `(${(error as Error).message}). Let TMPDIR name a directory that this user may write to.`
    })
  }
}

const tooLong = (path: string, bytes: number): JournalError =>
  new JournalError({
    reason: "Unwritable",
    message:
      `Cannot read state file "${path}": this user may not write beside it, and its ${bytes} bytes are more than ` +
      `the ${longestCopy} that are copied to read it. Copy it, with its -wal file, to where this user may write.`
  })

const tooLongOlder = (path: string, bytes: number): JournalError =>
  new JournalError({
    reason: "OlderSchema",
    message: `Cannot look at state file "${path}": an earlier version wrote it, so that it would be copied, and its ` +
      `${bytes} bytes are more than ${longestCopy}. Open it with an app of this version first.`
  })

/** Whether the header of a file has an earlier schema: it may say so though its log is newer, never the reverse. */
const isOlder = (path: string): boolean => {
  const header = Buffer.alloc(64)
  const file = openSync(path, "r")
  try {
    return readSync(file, header) === 64 && header.readUInt32BE(60) < schemaVersion
  } finally {
    closeSync(file)
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

const attempt = (act: () => void): void => {
  try {
    act()
  } catch {
    // An open file cannot be removed everywhere.
  }
}
