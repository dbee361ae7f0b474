/** Opens a state file that may be damaged, to be read. */
import { Buffer } from "node:buffer"
import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync, truncateSync } from "node:fs"
import { JournalError } from "../journal/JournalError.ts"
import { Database } from "../sqlite/Database.ts"
import { checkSchema } from "../sqlite/migrate.ts"
import { storageError } from "../sqlite/storageError.ts"

/**
 * Opens the file, which stays as it is. Of one that is shorter than it says SQLite reads nothing: such a one is read
 * from a `copy` that has its full length, which is then the caller's to remove. Throws `JournalError`.
 */
export const openDamaged = (from: string, copy: string): Database => {
  let db: Database | undefined
  try {
    db = new Database(fullLength(from, copy), { name: from, readonly: true })
    checkSchema(db)
    db.value("SELECT count(*) FROM sqlite_master")
    return db
  } catch (error) {
    db?.close()
    throw (error as JournalError).reason === "Corrupt" ? beyondHelp(from) : error
  }
}

const fullLength = (from: string, copy: string): string => {
  try {
    const length = lengthOf(from)
    if (length <= statSync(from).size) return from
    for (const end of ["", "-wal"]) if (existsSync(from + end)) copyFileSync(from + end, copy + end)
    truncateSync(copy, length)
    return copy
  } catch (error) {
    throw storageError(error, from, "copy")
  }
}

/** The bytes that a file has by its own head; 0 where that is none. */
const lengthOf = (file: string): number => {
  const head = Buffer.alloc(32)
  const opened = openSync(file, "r")
  try {
    readSync(opened, head, 0, head.length, 0)
  } finally {
    closeSync(opened)
  }
  if (!head.toString("latin1").startsWith("SQLite format 3\0")) return 0
  const page = head.readUInt16BE(16)
  return (page === 1 ? 65_536 : page) * head.readUInt32BE(28)
}

const beyondHelp = (from: string): JournalError =>
  new JournalError({
    reason: "Corrupt",
    message: `Cannot save "${from}": what lists its tables is damaged. Restore a backup.`
  })
