/**
 * Brings the state file of a user to the schema of this version, with a copy of it as it was beside it.
 *
 * Invariants
 * - A file with runs is changed only once a whole copy of it is on the disk, unless somebody said that none is wanted.
 * - Nobody writes between the copy and the change: the copy is made by a second connection while the first holds the
 *   lock for writing. So of processes that open the file at once one copies and changes it, and the others wait.
 */
import process from "node:process"
import { JournalError } from "../journal/JournalError.ts"
import { heardOutside } from "../workflow/heardOutside.ts"
import { freeBackup, removeLeft } from "../files/mod.ts"
import { writeCopy } from "./copy.ts"
import { Database } from "./Database.ts"
import { applyMigrations, isCurrent, schemaVersion, versionOf } from "./migrate.ts"

/** A state file that was brought to a newer schema. */
export interface Upgrade {
  /** The state file. */
  readonly file: string
  /** The version of its schema before. */
  readonly from: number
  /** The version of its schema now. */
  readonly to: number
  /** The copy of the file as it was; absent where none was wanted. */
  readonly backup?: string
}

/** How a file is brought to the schema of this version. */
export interface UpgradeOptions {
  /**
   * Whether a state file of an earlier version may be brought to the schema of this one; default true. Otherwise it is
   * refused as `OlderSchema`, and left as it is.
   */
  readonly migrate?: boolean
  /**
   * Whether a state file with runs is copied beside itself before it is brought to a newer schema, as
   * `state.db.v5-20261130T120000Z.bak`; default true, unless `PINNACE_BACKUP` is `off`.
   */
  readonly backup?: boolean
  /** Is told when the state file was brought to a newer schema; by default a line says so on standard error. */
  readonly onUpgrade?: (upgrade: Upgrade) => void
}

/** How often one waits for another process that copies the file: some minutes, each time for about 10 ms. */
const patience = 30_000

/** Upgrades the file behind a connection. Throws `JournalError`; then it is as it was. */
export const upgrade = (db: Database, options: UpgradeOptions = {}): void => {
  if (isCurrent(db)) return
  if (versionOf(db) > 0 && options.migrate === false) throw olderSchema(db)
  const done = db.transact(() => upgraded(db, options), patience)
  if (done !== undefined) heardOutside(() => (options.onUpgrade ?? tell)(done))
}

/** Answers nothing where the file is new, or another process was faster. */
const upgraded = (db: Database, options: UpgradeOptions): Upgrade | undefined => {
  const from = versionOf(db)
  const { backup: isWanted = process.env["PINNACE_BACKUP"] !== "off" } = options
  const isKept = isWanted && from > 0 && from < schemaVersion && holdsRuns(db)
  const backup = isKept ? keep(db, from) : undefined
  applyMigrations(db)
  if (from === 0 || from === schemaVersion) return undefined
  return { file: db.name, from, to: schemaVersion, ...(backup === undefined ? {} : { backup }) }
}

const holdsRuns = (db: Database): boolean => db.value("SELECT 1 FROM runs LIMIT 1") !== undefined

const keep = (db: Database, from: number): string | undefined => {
  const file = db.value("SELECT file FROM pragma_database_list WHERE name = 'main'") as string
  if (file === "") return undefined
  const now = db.value("SELECT strftime('%Y%m%dT%H%M%SZ', 'now')") as string
  const backup = freeBackup(`${file}.v${from}-${now}`)
  removeLeft(file)
  const reader = new Database(file, { name: db.name })
  try {
    writeCopy(reader, backup)
    return backup
  } catch (error) {
    throw error instanceof JournalError ? noBackup(db, backup, error) : error
  } finally {
    reader.close()
  }
}

const noBackup = (db: Database, backup: string, { message, reason }: JournalError): JournalError =>
  new JournalError({
    // To wait for a lock again would copy the file again.
    reason: reason === "Locked" ? "Io" : reason,
    message:
      `Cannot bring state file "${db.name}" to schema ${schemaVersion}: the copy of it as it is, "${backup}", cannot be ` +
      `written (${message}) The state file was left as it is. Make room for the copy, or make a backup elsewhere and ` +
      "open the file with backup: false (PINNACE_BACKUP=off)."
  })

const olderSchema = (db: Database): JournalError =>
  new JournalError({
    reason: "OlderSchema",
    message: `Cannot open state file "${db.name}": its schema is version ${versionOf(db)}, this program writes ` +
      `${schemaVersion}, and it was opened with migrate: false. It was left as it is. Open it without that option, ` +
      "or with readOnly: true to look at it."
  })

const tell = ({ backup, file, from, to }: Upgrade): void => {
  const kept = backup === undefined ? "No copy was kept." : `As it was, it is kept in "${backup}".`
  process.stderr.write(`pinnace: state file "${file}" was brought from schema ${from} to ${to}. ${kept}\n`)
}
