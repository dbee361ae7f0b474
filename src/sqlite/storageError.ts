/** What SQLite's errors mean to a person who runs workflows: a reason, the file, the cause and the next step. */
import { JournalError } from "../journal/JournalError.ts"
import type { JournalReason } from "../journal/JournalError.ts"

const advice: Partial<Record<JournalReason, string>> = {
  Full: "The disk is full. Free some space and open the file again; all that was committed is kept.",
  Locked: "Another process holds it locked. Try again, or close that program.",
  Io: "The disk or file system failed. Check its health and the system log, then open the file again.",
  Corrupt: "The file is damaged. Restore a backup, or save what can be read: pinnace doctor --salvage NEW.",
  NotADatabase: "It is not a SQLite file. Name another file; this one was left as it is.",
  Replaced: "The file or its log (its name with -wal) was cut, replaced or overwritten, perhaps while it was in use. " +
    "Stop every process that uses it and restore a backup; do not copy over a state file that is open.",
  Unwritable:
    "The file or its directory cannot be written. Check that the directory exists and that this user may write to both.",
  Closed: "The journal is closed. Open the state file again.",
  Conflict: "A row is there already: one run is executed twice. Only this append was refused.",
  Invalid: "A value has no form that the file can hold. Only this append was refused; everything else goes on."
}

const unexpected = "Not expected: report it with this message."

/** What SQLite says when the file under it is no longer the one it was. */
const isReplaced = (code: string, text: string): boolean =>
  code === "SQLITE_IOERR_SHORT_READ" || code === "SQLITE_READONLY_DBMOVED" ||
  /^no such (table|column|index)\b/.test(text)

const reasons: ReadonlyArray<readonly [prefix: string, reason: JournalReason]> = [
  ["SQLITE_BUSY", "Locked"],
  ["SQLITE_LOCKED", "Locked"],
  ["SQLITE_PROTOCOL", "Locked"],
  ["SQLITE_FULL", "Full"],
  ["SQLITE_CORRUPT", "Corrupt"],
  ["SQLITE_NOTADB", "NotADatabase"],
  ["SQLITE_READONLY", "Unwritable"],
  ["SQLITE_CANTOPEN", "Unwritable"],
  ["SQLITE_PERM", "Unwritable"],
  ["SQLITE_AUTH", "Unwritable"],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", "Conflict"],
  ["SQLITE_CONSTRAINT_UNIQUE", "Conflict"],
  ["SQLITE_CONSTRAINT_ROWID", "Conflict"],
  ["SQLITE_CONSTRAINT", "Invalid"],
  ["SQLITE_MISMATCH", "Invalid"],
  ["SQLITE_TOOBIG", "Invalid"],
  // There is no room for the index of the log.
  ["SQLITE_IOERR_SHMSIZE", "Full"],
  ["SQLITE_IOERR", "Io"],
  ["ENOENT", "Unwritable"],
  ["EACCES", "Unwritable"],
  ["EPERM", "Unwritable"],
  ["EROFS", "Unwritable"],
  ["ENOSPC", "Full"],
  ["EDQUOT", "Full"]
]

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : ""

const textOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

const reasonOf = (error: unknown): JournalReason => {
  if (textOf(error) === "The database connection is not open") return "Closed"
  const code = codeOf(error)
  // What the driver cannot bind, or the writer cannot turn into text.
  if (code === "" && (error instanceof TypeError || error instanceof RangeError)) return "Invalid"
  if (isReplaced(code, textOf(error))) return "Replaced"
  return reasons.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "Io"
}

/** Whether an error of the driver means that another connection holds a lock. */
export const isBusy = (error: unknown): boolean => reasonOf(error) === "Locked"

/** The `JournalError` for whatever was thrown while doing `action` (a verb) to the file `name`. */
export const storageError = (error: unknown, name: string, action: string): JournalError => {
  if (error instanceof JournalError) return error
  const reason = reasonOf(error)
  const code = codeOf(error)
  const cause = code === "" ? textOf(error) : `${code}: ${textOf(error)}`
  const next = reason === "Io" && !code.startsWith("SQLITE_IOERR") ? unexpected : advice[reason] ?? unexpected
  return new JournalError({
    reason,
    message: `Cannot ${action} state file "${name}" (${cause}). ${next}`
  })
}
