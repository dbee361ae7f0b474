import { expect, it } from "vitest"
import { storageError } from "../../src/sqlite/storageError.ts"

const thrown = (code: string): Error => Object.assign(new Error("the cause"), { code })

it.each([
  ["SQLITE_BUSY", "Locked"],
  ["SQLITE_BUSY_RECOVERY", "Locked"],
  ["SQLITE_FULL", "Full"],
  ["ENOSPC", "Full"],
  ["SQLITE_IOERR_FSYNC", "Io"],
  ["SQLITE_IOERR_SHMSIZE", "Full"],
  ["SQLITE_IOERR_SHORT_READ", "Replaced"],
  ["SQLITE_READONLY_DBMOVED", "Replaced"],
  ["SQLITE_CORRUPT_VTAB", "Corrupt"],
  ["SQLITE_NOTADB", "NotADatabase"],
  ["SQLITE_READONLY_DIRECTORY", "Unwritable"],
  ["SQLITE_CANTOPEN", "Unwritable"],
  ["EACCES", "Unwritable"],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", "Conflict"],
  ["SQLITE_CONSTRAINT_DATATYPE", "Invalid"],
  ["SQLITE_CONSTRAINT_NOTNULL", "Invalid"],
  ["SQLITE_MISUSE", "Io"]
])("storageError() explains %s as %s, with the file, the cause and what to do", (code, reason) => {
  const error = storageError(thrown(code), "/data/state.db", "write")
  expect(error).toMatchObject({ _tag: "JournalError", reason, isRetryable: reason === "Locked" })
  expect(error.message).toMatch(/^Cannot write state file "\/data\/state\.db" \([A-Z_]+: the cause\)\. .+\.$/)
})

it("storageError() leaves an error alone that is explained already", () => {
  const error = storageError(thrown("SQLITE_FULL"), "a.db", "write")
  expect(storageError(error, "b.db", "read")).toBe(error)
})

it("storageError() says what a missing table means", () => {
  const error = storageError(Object.assign(new Error("no such table: runs"), { code: "SQLITE_ERROR" }), "a.db", "read")
  expect(error).toMatchObject({ reason: "Replaced", message: expect.stringContaining("replaced or overwritten") })
})
