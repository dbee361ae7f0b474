/**
 * Whole copies of state files, while they are in use.
 *
 * Invariant: a copy has its name only once it is complete, checked and on the disk (`files/draft.ts`).
 */
import * as Effect from "effect/Effect"
import { closeSync, existsSync, openSync } from "node:fs"
import { draftOf, dropDraft, keepDraft } from "../files/mod.ts"
import { JournalError } from "../journal/JournalError.ts"
import { canCopyAside, copyAside } from "./copyAside.ts"
import { Database } from "./Database.ts"
import { storageError } from "./storageError.ts"

/** Writes a copy to a path that must be free. Throws `JournalError`. */
export const writeCopy = (db: Database, path: string): void => {
  const draft = begun(db, path)
  try {
    writeInto(db, draft)
    kept(db, draft, path)
  } finally {
    dropDraft(draft)
  }
}

/** The same while the event loop goes on, where there can be threads. */
export const copied = (db: Database, path: string): Effect.Effect<void, JournalError> =>
  Effect.tryPromise({
    try: () => copyChanged(db, path, () => Promise.resolve()),
    catch: (error) => storageError(error, db.name, "copy")
  })

/** The same, changed by `change` before it has its name. Throws `JournalError`. */
export const copyChanged = async (
  db: Database,
  path: string,
  change: (draft: string) => Promise<void>
): Promise<void> => {
  const draft = begun(db, path)
  try {
    await writeAside(db, draft)
    await change(draft)
    kept(db, draft, path)
  } finally {
    dropDraft(draft)
  }
}

/** A thread opens the file a second time, which has to lie under its own name and be ours to write. */
const writeAside = async (db: Database, draft: string): Promise<void> => {
  const file = db.value("SELECT file FROM pragma_database_list WHERE name = 'main'") as string
  if (db.isReadOnly || !existsSync(file) || !canCopyAside()) return writeInto(db, draft)
  refuseDamaged(await copyAside(file, draft, db.name))
}

const writeInto = (db: Database, draft: string): void => {
  db.copyTo(draft)
  checkWhole(draft)
}

/** Where a copy is to be written that will have this name. Throws `JournalError`. */
const begun = (db: Database, path: string): string => {
  db.refuseTaken(path)
  const draft = draftOf(path)
  // SQLite writes into an empty file, which nobody else can read.
  closeSync(created(draft, db.name))
  return draft
}

const created = (draft: string, name: string): number => {
  try {
    return openSync(draft, "wx", 0o600)
  } catch (error) {
    throw storageError(error, name, "copy")
  }
}

/** Gives a complete copy its name. Throws `JournalError` where that is taken by now. */
const kept = (db: Database, draft: string, path: string): void => {
  db.refuseTaken(path)
  while (!keepDraft(draft, path)) db.refuseTaken(path)
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
