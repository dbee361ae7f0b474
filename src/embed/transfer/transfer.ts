/** Export and import as effects; what does the work is loaded when it is first asked for. */
import * as Effect from "effect/Effect"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { Engine } from "../../engine/Engine.ts"
import type { Refused, RunExists, RunNotFound } from "../../engine/EngineError.ts"
import { JournalError } from "../../journal/JournalError.ts"
import type { RunRow } from "../../run/State.ts"
import { admitOne, path } from "../../workflow/admit.ts"
import type { BadArchive } from "./BadArchive.ts"

/** What the system says about a file. */
export interface FileError extends Error {
  /** As in `ENOENT`. */
  readonly code: string
}

/** Bytes could not be read, written or stored. */
export type TransferError = ArtifactError | FileError | JournalError

/** Writes a run into a file. Throws `InvalidValue`. */
export const exported = (
  engine: Engine,
  id: string,
  file: string
): Effect.Effect<void, TransferError | Refused | RunNotFound> => {
  admitOne("the file of an exported run", file, path)
  return Effect.tryPromise({
    try: async () => (await import("./exportRun.ts")).exportRun(engine, id, file),
    catch: (error) => error as TransferError | Refused | RunNotFound
  })
}

/** Writes a whole copy of the state file. Throws `InvalidValue`. */
export const backedUp = ({ host: { journal } }: Engine, file: string): Effect.Effect<void, JournalError> => {
  admitOne("the file of a backup", file, path)
  return journal.copy?.(file) ?? Effect.fail(
    new JournalError({
      reason: "Invalid",
      message: "Cannot copy a database: use the server's own tools, such as pg_dump"
    })
  )
}

/** Takes a run in from a file. Throws `InvalidValue`. */
export const imported = (
  engine: Engine,
  file: string
): Effect.Effect<RunRow, BadArchive | RunExists | TransferError> => {
  admitOne("the file of an imported run", file, path)
  return Effect.tryPromise({
    try: async () => (await import("./importRun.ts")).importRun(engine, file),
    catch: (error) => error as BadArchive | RunExists | TransferError
  })
}
