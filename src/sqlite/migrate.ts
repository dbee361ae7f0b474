/**
 * Brings a state file to the schema this version of the program
 * knows; refuses files it must not touch, before it touches them.
 */
import { JournalError } from "../journal/JournalError.ts"
import type { Database } from "./Database.ts"
import { earlier } from "./migrations/earlier.ts"
import { v11 } from "./migrations/v11.ts"
import { v12 } from "./migrations/v12.ts"
import { v13 } from "./migrations/v13.ts"
import { v14 } from "./migrations/v14.ts"
import { v15 } from "./migrations/v15.ts"

/** `PRAGMA application_id` of a state file: the letters "PNNC". */
const applicationId = 0x504e4e43

/** The schema versions in order; forward only, one SQL script each. */
const migrations: ReadonlyArray<string> = [...earlier, v11, v12, v13, v14, v15]

/** The schema version this program writes. */
export const schemaVersion = migrations.length

/** Throws `NewerSchema` or `NotADatabase` when the file is not this program's to write; changes nothing. */
export const checkSchema = (db: Database): void => db.snapshot(() => check(db))

const check = (db: Database): void => {
  const application = db.value("PRAGMA application_id") as number
  const version = versionOf(db)
  if (application === applicationId) return refuseNewer(db, version)
  const tables = db.value("SELECT count(*) FROM sqlite_master") as number
  if (application === 0 && version === 0 && tables === 0) return
  throw new JournalError({
    reason: "NotADatabase",
    message: `Cannot use "${db.name}" as a state file: it is a SQLite file of another program. ` +
      "Name another file; this one was left as it is."
  })
}

const refuseNewer = (db: Database, version: number): void => {
  if (version <= schemaVersion) return
  throw new JournalError({
    reason: "NewerSchema",
    message:
      `Cannot open state file "${db.name}": its schema is version ${version} and this program knows ${schemaVersion}. ` +
      "Update the program, or name another file; this one was left as it is."
  })
}

/** Brings a file that nobody else has to the schema of this version, in one transaction. */
export const migrate = (db: Database): void => {
  if (!isCurrent(db)) db.transact(() => applyMigrations(db))
}

/** Applies the migrations that the file lacks, within a transaction. */
export const applyMigrations = (db: Database): void => {
  check(db)
  for (const script of migrations.slice(versionOf(db))) db.exec(script)
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`)
}

/** The version of a file's schema; 0 where it has none yet. */
export const versionOf = (db: Database): number => db.value("PRAGMA user_version") as number

/** Whether there is nothing to migrate. */
export const isCurrent = (db: Database): boolean =>
  db.value("PRAGMA application_id") === applicationId && versionOf(db) === schemaVersion
