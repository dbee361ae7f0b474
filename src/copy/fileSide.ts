/** State files that are copied, or copied to. */
import { chmodSync, existsSync } from "node:fs"
import { JournalError } from "../journal/JournalError.ts"
import { draftOf, dropDraft, keepDraft } from "../files/mod.ts"
import { Database, takenBy, takenError } from "../sqlite/Database.ts"
import { checkSchema, migrate } from "../sqlite/migrate.ts"
import { isLocked } from "../sqlite/OwnerLock.ts"
import { upgrade } from "../sqlite/upgrade.ts"
import type { Source, Target } from "./Side.ts"
import { columnsOf, keyOf, type Row, type Table } from "./tables.ts"

/** Opens a file that is to be copied. Throws `JournalError`. */
export const fileSource = (path: string): Source => {
  if (!existsSync(path)) throw missingError(path)
  const db = new Database(path)
  try {
    checkSchema(db)
    upgrade(db)
    const file = db.value("SELECT file FROM pragma_database_list WHERE name = 'main'") as string
    // Everything is read from one state of the file.
    db.exec("BEGIN")
    const executed = db.prepare(
      "SELECT id, owner FROM runs WHERE phase IN ('Pending', 'Running') AND owner IN (SELECT id FROM processes)"
    )
    return {
      executed: () =>
        Promise.resolve(
          (executed.all() as Array<{ readonly id: string; readonly owner: number }>)
            .filter(({ owner }) => isLocked(`${file}-owners/${owner}.lock`)).map(({ id }) => id)
        ),
      read: reading(db),
      latestProcess: () => Promise.resolve(latestProcess(db)),
      close: () => Promise.resolve(db.close())
    }
  } catch (error) {
    db.close()
    throw error
  }
}

/** The number of the last process that opened a file. */
export const latestProcess = (db: Database): number =>
  (db.value("SELECT seq FROM sqlite_sequence WHERE name = 'processes'") ?? 0) as number

/** Makes a file; it has its name once it is complete. Throws `JournalError`. */
export const fileTarget = (path: string): Target => {
  const taken = takenBy(path)
  if (taken !== undefined) throw takenError(path, taken)
  const coming = draftOf(path)
  const db = new Database(coming)
  chmodSync(coming, 0o600)
  migrate(db)
  return {
    write: (table, rows) => Promise.resolve(writeRows(db, table, rows)),
    read: reading(db),
    reserve: (process) => {
      db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('processes', ?)").run(process)
      return Promise.resolve()
    },
    suspend: (at) => Promise.resolve(db.transact(() => suspend(db, at))),
    keep: () => {
      db.close()
      const other = takenBy(path)
      if (other !== undefined) throw takenError(path, other)
      if (!keepDraft(coming, path)) throw takenError(path, path)
      return Promise.resolve()
    },
    close: () => {
      db.close()
      dropDraft(coming)
      return Promise.resolve()
    }
  }
}

const reading = (db: Database): Source["read"] => (table, after, limit) => {
  const keys = keyOf(table).map((it) => `"${it}"`)
  const from = after === undefined ? "true" : `(${keys.join(", ")}) > (${keys.map(() => "?").join(", ")})`
  const whole = table.of === undefined ? "" : `AND "${table.of}" IN (SELECT key FROM runs)`
  const sql = `SELECT ${columnsOf(table)} FROM ${table.file} WHERE ${from} ${whole} ORDER BY ${keys.join(", ")} LIMIT ?`
  const values = after === undefined ? [] : keyOf(table).map((it) => after[it])
  const rows = db.read(() => db.prepare(sql).all(...values, limit)) as Array<Record<string, unknown>>
  for (const row of rows) {
    for (const flag of table.flags) row[flag] = row[flag] === 1
    for (const column of table.json) row[column] = parsed(table, row, column)
  }
  return Promise.resolve(rows)
}

const parsed = (table: Table, row: Row, column: string): unknown => {
  const text = row[column] as string | null
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    const where = keyOf(table).map((it) => row[it]).join(" ")
    throw new JournalError({
      reason: "Corrupt",
      message:
        `Cannot copy: ${column} in row ${where} of table ${table.file} is not JSON. Delete that run, then copy again.`
    })
  }
}

const writeRows = (db: Database, table: Table, rows: ReadonlyArray<Row>): void => {
  const { columns, file, flags, json } = table
  const insert = db.prepare(`INSERT INTO ${file} (${columnsOf(table)}) VALUES (${columns.map(() => "?").join(", ")})`)
  const stored = (row: Row, column: string): unknown => {
    const value = row[column]
    if (value === null) return null
    return flags.includes(column) ? Number(value) : json.includes(column) ? JSON.stringify(value) : value
  }
  db.transact(() => {
    for (const row of rows) insert.run(...columns.map((column) => stored(row, column)))
  })
}

const waiting = "phase IN ('Pending', 'Running') AND suspended = 0"

/** Suspends the open runs that are not, at this instant; answers how many. */
export const suspend = (db: Database, at: number): number => {
  db.prepare(
    `INSERT INTO events SELECT r.key, coalesce(max(e.seq), 0) + 1, max(coalesce(max(e.at), 0), ?), 'RunSuspended', NULL,
      '{"type":"RunSuspended"}' FROM runs r LEFT JOIN events e ON e.run = r.key WHERE ${waiting} GROUP BY r.key`
  ).run(at)
  return db.prepare(`UPDATE runs SET suspended = 1 WHERE ${waiting}`).run().changes
}

const missingError = (path: string): JournalError =>
  new JournalError({
    reason: "NotFound",
    message: `Cannot copy "${path}": there is no such state file. Name another one.`
  })
