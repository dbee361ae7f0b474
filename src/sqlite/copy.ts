/**
 * Whole copies of state files, while they are in use.
 *
 * Invariants
 * - A copy has its name only once it is complete, checked and on the disk, and never takes it from another one.
 * - Each process writes a file of its own, `NAME.PROCESS-CHANCE.partial`; what a dead one left, the next copy of that
 *   name removes. So two copies to one name do not disturb each other: the slower one is refused.
 */
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readdirSync, renameSync, rmSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import process from "node:process"
import { JournalError } from "../journal/JournalError.ts"
import { canCopyAside, copyAside } from "./copyAside.ts"
import { Database } from "./Database.ts"
import { storageError } from "./storageError.ts"

/** Writes a copy to a path that must be free. Throws `JournalError`. */
export const writeCopy = (db: Database, path: string): void => {
  const partial = begun(db, path)
  try {
    db.copyTo(partial)
    checkWhole(partial)
    synced(partial)
    finished(db, partial, path)
  } finally {
    rmSync(partial, { force: true })
  }
}

/** The same while the event loop goes on, where there can be threads. */
export const copied = (db: Database, path: string): Effect.Effect<void, JournalError> =>
  Effect.tryPromise({ try: () => writeAside(db, path), catch: (error) => storageError(error, db.name, "copy") })

const writeAside = async (db: Database, path: string): Promise<void> => {
  const file = db.value("SELECT file FROM pragma_database_list WHERE name = 'main'") as string
  if (file === "" || !canCopyAside()) return writeCopy(db, path)
  const partial = begun(db, path)
  try {
    refuseDamaged(await copyAside(file, partial, db.name))
    finished(db, partial, path)
  } finally {
    rmSync(partial, { force: true })
  }
}

/** Where a copy is to be written that will have this name. */
const begun = (db: Database, path: string): string => {
  db.refuseTaken(path)
  removeLeft(path)
  const partial = partialOf(path)
  // SQLite writes into an empty file, which nobody else can read.
  closeSync(created(partial, db.name))
  return partial
}

const created = (partial: string, name: string): number => {
  try {
    return openSync(partial, "wx", 0o600)
  } catch (error) {
    throw storageError(error, name, "copy")
  }
}

const finished = (db: Database, partial: string, path: string): void => {
  db.refuseTaken(path)
  while (!named(partial, path)) db.refuseTaken(path)
}

/** Where a copy is written until it is complete. */
export const partialOf = (path: string): string => `${path}.${process.pid}-${randomBytes(4).toString("hex")}.partial`

/** Gives what is complete its name on the disk; answers false where another file has it by now. */
export const named = (partial: string, path: string): boolean => {
  try {
    linkSync(partial, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    // Some file systems have no links: there, of two copies that end in the same instant, the slower one counts.
    renameSync(partial, path)
  }
  nameSynced(path)
  return true
}

/** Removes what processes left that died while they copied; earlier versions all wrote `NAME.partial`. */
export const removeLeft = (path: string): void => {
  const [folder, name] = [dirname(path), basename(path)]
  // Where there is no folder, the copy itself says so.
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    if (!file.startsWith(`${name}.`)) continue
    const [, pid] = /^(?:(\d+)-[0-9a-f]{8}\.)?partial(?:-wal|-shm|-journal)?$/.exec(file.slice(name.length + 1)) ??
      [null]
    if (pid === null || (pid !== undefined && isAlive(Number(pid)))) continue
    rmSync(join(folder, file), { force: true })
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}

const checkWhole = (path: string): void => {
  const copy = new Database(path)
  try {
    refuseDamaged(copy.value("PRAGMA integrity_check"))
  } finally {
    copy.close()
  }
}

const refuseDamaged = (found: unknown): void => {
  if (found === "ok") return
  throw new JournalError({
    reason: "Corrupt",
    message: `Cannot keep the copy: it is damaged (${found}). Run doctor.`
  })
}

/** Waits until the bytes of a file are on the disk. */
export const synced = (path: string): void => {
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
