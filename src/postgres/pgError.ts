/** What errors of server and driver mean for the journal. */
import { JournalError, type JournalReason } from "../journal/JournalError.ts"
import { conflictError } from "../journal/refusals.ts"

interface PgError extends Error {
  readonly code?: string
  readonly constraint?: string
  readonly detail?: string
}

/** Codes of the server have a figure in them, unlike `EPIPE`. */
const isState = (code: string | undefined): code is string => code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code)

/** Whether the session is gone, and with it perhaps an answer: the same may be asked again on another one. */
export const isLost = (error: unknown): boolean => {
  const { code } = error as PgError
  if (error instanceof JournalError) return false
  return !isState(code) || code.startsWith("08") || code.startsWith("57P")
}

/** Whether the server asks to try again: a deadlock, too many sessions, a lock that was not to be had. */
export const isPassing = (error: unknown): boolean =>
  ["40001", "40P01", "53300", "55P03"].includes((error as PgError).code ?? "")

/** Whether somebody else has created a run of the same id at the same time. */
export const isTakenId = (error: unknown): boolean => (error as PgError).constraint === "runs_id_key"

/** Which append of a group the server refuses: its run exists (`PN001`), a cell holds other data (`PN002`). */
export const refusedAppend = (error: unknown): number | undefined => {
  const { code = "", detail } = error as PgError
  return code.startsWith("PN") ? Number(detail) : undefined
}

const key = /\(run, seq\)=\((\d+), (\d+)\)/

/** An error of a statement, as the journal tells it. */
export const storageError = (error: unknown): JournalError => {
  if (error instanceof JournalError) return error
  const { code = "", constraint, detail = "", message } = error as PgError
  if (constraint === "events_pkey") {
    const [, run, seq] = key.exec(detail) ?? []
    return conflictError(Number(run ?? 0), Number(seq ?? 0))
  }
  return new JournalError({
    reason: reasonOf(code),
    message: `Cannot use the PostgreSQL database: ${message}${code === "" ? "" : ` (${code})`}. ${hintOf(code)}`
  })
}

const reasonOf = (code: string): JournalReason => {
  if (code === "53100") return "Full"
  if (code === "25006" || code === "42501") return "Unwritable"
  if (code === "22003" || code === "22P02" || code === "22P05" || code === "23502") return "Invalid"
  if (code === "3D000") return "NotFound"
  return code === "XX001" || code === "XX002" ? "Corrupt" : "Io"
}

const hints: Readonly<Record<string, string>> = {
  "53100": "Make room on the server's disk, then open the database again.",
  "25006": "It is read-only: give the address of the primary server.",
  "42501": "Grant this role what is missing, or use another role.",
  "3D000": "Create the database, or name another one.",
  "28P01": "Check user and password.",
  "28000": "Check user and password, and what the server allows."
}

const hintOf = (code: string): string => hints[code] ?? "Check address and server, then open the database again."

/** Why a database cannot be opened. */
export const openError = (error: unknown): JournalError => {
  if (!isLost(error)) return storageError(error)
  const { code, message } = error as PgError
  return new JournalError({
    reason: "Io",
    message: `Cannot open the PostgreSQL database: ${message || code}. ` +
      "Check that the server runs and that address and password are right."
  })
}

/** The server did not answer for so long that others may have taken this process's runs over. */
export const unreachableError = (millis: number, cause: unknown): JournalError =>
  new JournalError({
    reason: "Io",
    message: `Cannot reach the PostgreSQL server for ${Math.round(millis / 1000)} seconds: ` +
      `${(cause as Error | undefined)?.message ?? "it does not answer"}. Check address, network and server; ` +
      "another process takes the runs over, or open the database again."
  })

/** The server has forgotten what it had acknowledged. */
export const rewoundError = (): JournalError =>
  new JournalError({
    reason: "Replaced",
    message:
      "Cannot write: the PostgreSQL server has forgotten commits that it had acknowledged, as after a failover " +
      "to a replica that was behind. Open the database again; its runs go on as the server knows them."
  })
