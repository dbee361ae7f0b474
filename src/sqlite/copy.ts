/**
 * Whole copies of state files, while they are in use.
 *
 * Invariant: a copy has its name only once it is complete, checked and on the disk; a process that dies meanwhile
 * leaves `NAME.partial`, which the next copy of that name removes.
 */
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs"
import { JournalError } from "../journal/JournalError.ts"
import { Database } from "./Database.ts"

/** Writes a copy to a path that must be free. Throws `JournalError`. */
export const writeCopy = (db: Database, path: string): void => {
  db.refuseTaken(path)
  const partial = `${path}.partial`
  for (const left of [partial, `${partial}-wal`, `${partial}-journal`]) rmSync(left, { force: true })
  try {
    db.copyTo(partial)
    chmodSync(partial, 0o600)
    checkWhole(partial)
    synced(partial)
    db.refuseTaken(path)
    renameSync(partial, path)
  } finally {
    rmSync(partial, { force: true })
  }
}

const checkWhole = (path: string): void => {
  const copy = new Database(path)
  try {
    const found = copy.value("PRAGMA integrity_check")
    if (found === "ok") return
    throw new JournalError({
      reason: "Corrupt",
      message: `Cannot keep the copy: it is damaged (${found}). Run doctor.`
    })
  } finally {
    copy.close()
  }
}

const synced = (path: string): void => {
  const file = openSync(path, "r+")
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
