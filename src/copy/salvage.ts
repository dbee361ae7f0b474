/**
 * Saves what can be read of a damaged state file into a new one.
 *
 * Events are the truth: what is saved of a run are its events up to the first that is missing, and rows that are folded
 * from them. A run whose first event is missing is lost.
 */
import * as Effect from "effect/Effect"
import { draftOf, dropDraft, keepDraft } from "../files/mod.ts"
import type { JournalShape } from "../journal/Journal.ts"
import { creatorOf, mostProcesses } from "../journal/runKey.ts"
import type { Rows } from "../run/evolve.ts"
import { Database, takenBy, takenError } from "../sqlite/Database.ts"
import { migrate } from "../sqlite/migrate.ts"
import { existing } from "../sqlite/openFile.ts"
import { openSqlite } from "../sqlite/openSqlite.ts"
import { latestProcess, suspend } from "./fileSide.ts"
import { openDamaged } from "./openDamaged.ts"
import { Readable, readable } from "./Readable.ts"
import { replayed, type StoredEvent } from "./replayed.ts"
import { type Row, type Table, tables } from "./tables.ts"

/** What was saved of a damaged file. */
export interface Salvaged {
  /** How many runs. */
  readonly runs: number
  /** Ids of those of which only the beginning was saved. */
  readonly cut: ReadonlyArray<string>
  /** Ids of those that are lost, as far as ids could be read. */
  readonly lost: ReadonlyArray<string>
  /** Tables of which not each row could be read. */
  readonly damaged: ReadonlyArray<string>
  /** How many open runs were suspended. */
  readonly suspended: number
}

/** Saves a file into one that is not there yet, at this instant. Throws `JournalError`; then nothing was written. */
export const salvage = async (from: string, to: string, now: number): Promise<Salvaged> => {
  existing(from)
  const taken = takenBy(to)
  if (taken !== undefined) throw takenError(to, taken)
  const [draft, copy] = [draftOf(to), draftOf(to)]
  let source: Database | undefined
  try {
    source = openDamaged(from, copy)
    const saved = await saveAll(source, draft, now)
    if (!keepDraft(draft, to)) throw takenError(to, to)
    return saved
  } finally {
    source?.close()
    dropDraft(copy)
    dropDraft(draft)
  }
}

const saveAll = async (source: Database, draft: string, now: number): Promise<Salvaged> => {
  const target = new Database(draft)
  try {
    // All of it is brought to the disk before it has its name.
    target.exec("PRAGMA synchronous = OFF")
    migrate(target)
    const damaged: Array<string> = []
    const known = new Map<number, Row>()
    for (const table of tables) {
      const readable = new Readable(source, table)
      for (const rows of readable.rows()) {
        if (table.name === "runs") { for (const row of rows) known.set(row["key"] as number, row) }
        else if (table.name !== "nodes" && insert(target, table, rows) < rows.length) readable.isWhole = false
      }
      if (!readable.isWhole) damaged.push(table.name)
    }
    const rebuilt = await rebuild(target, draft, known, now)
    reserve(source, target)
    return { damaged, ...rebuilt }
  } finally {
    target.close()
  }
}

/** Of numbers of processes keys are made, of runs and of artifacts: those to come go on after all that is known of. */
const reserve = (source: Database, target: Database): void => {
  const makers = target.prepare("SELECT DISTINCT substr(artifact, 1, instr(artifact, '.') - 1) FROM artifacts").pluck()
  const processes = [
    readable(() => latestProcess(source)) ?? 0,
    creatorOf(Number(target.value("SELECT coalesce(max(key), 0) FROM runs"))),
    ...(makers.all() as Array<string>).map((it) => Number.parseInt(it, 36))
  ]
  const latest = Math.max(0, ...processes.filter((it) => it <= mostProcesses))
  target.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'processes'").run(latest)
}

/** Writes those rows that are as the schema wants them; answers how many. */
const insert = (db: Database, table: Table, rows: ReadonlyArray<Row>): number => {
  let many = 0
  const columns = Object.keys(rows[0] ?? {})
  const names = columns.map((it) => `"${it}"`).join(", ")
  const add = db.prepare(`INSERT INTO ${table.file} (${names}) VALUES (${columns.map(() => "?").join(", ")})`)
  db.transact(() => {
    for (const row of rows) {
      try {
        add.run(...columns.map((it) => row[it]))
        many++
      } catch {
        // What a damaged page made of a value.
      }
    }
  })
  return many
}

type Rebuilt = Omit<Salvaged, "damaged">

/** Rows of runs and nodes anew from their events. */
const rebuild = async (
  db: Database,
  draft: string,
  known: ReadonlyMap<number, Row>,
  now: number
): Promise<Rebuilt> => {
  const keys = new Set([
    ...known.keys(),
    ...db.prepare("SELECT DISTINCT run FROM events").pluck().all() as Array<number>
  ])
  const [cut, lost]: [Array<string>, Array<string>] = [[], []]
  let runs = 0
  const journal = openSqlite(draft, { durability: "process" })
  try {
    for (const key of keys) {
      const row = known.get(key)
      const found = replayed(storedEvents(db, key), String(row?.["id"] ?? `saved-${key}`))
      for (const table of ["events", "logs", "commands"]) forget(db, table, key, found?.last ?? 0)
      if (found === undefined) lost.push(String(row?.["id"] ?? `key ${key}`))
      else {
        runs++
        const { id, phase } = found.rows.run
        if (found.isCut || (row !== undefined && row["phase"] !== phase)) cut.push(id)
        append(journal, found.rows)
        await Effect.runPromise(journal.drained)
      }
    }
  } finally {
    await Effect.runPromise(Effect.ignore(journal.drained))
    journal.close()
  }
  return { runs, cut, lost, suspended: db.transact(() => suspend(db, now)) }
}

const forget = (db: Database, table: string, run: number, last: number): void => {
  const which = table === "events" ? "run = ? AND seq > ?" : "run = ? AND ? = 0"
  db.transact(() => db.prepare(`DELETE FROM ${table} WHERE ${which}`).run(run, last))
}

const append = (journal: JournalShape, { nodes, run }: Rows): void =>
  journal.append([
    { kind: "create", row: run },
    ...[...nodes.values()].map((row) => ({ kind: "node", row }) as const)
  ])

const storedEvents = (db: Database, key: number): ReadonlyArray<StoredEvent> =>
  db.prepare("SELECT run, seq, at, data FROM events WHERE run = ? ORDER BY seq").all(key) as Array<StoredEvent>
