/**
 * The rows of runs of one group: a run that begins is created and changed in the same group, and written once.
 *
 * Owns: the rows of the group that are not written yet, the statements for them, and what is stored of open runs that
 * this process has written last: an end that changes nothing else of the row is written by a statement that is quicker.
 * Does not own: transactions, the other tables; what reads these rows calls `write` first.
 * Invariants
 * - A run has one row, so of the rows that a group holds of one run only the last is written; but an end is written
 *   before what follows it, since it takes the run from its owner.
 * - What is known to be stored is so: it is noted when its group is committed, and forgotten before anybody else may
 *   write the run.
 */
import { isTerminal } from "../run/Phase.ts"
import type { RunRow } from "../run/State.ts"
import type { Database, Statement } from "./Database.ts"

type Columns<Row> = Readonly<Record<keyof Row, true>>

const runColumns: Columns<RunRow> = {
  key: true,
  id: true,
  workflow: true,
  digest: true,
  kind: true,
  definition: true,
  phase: true,
  reason: true,
  message: true,
  epoch: true,
  priority: true,
  labels: true,
  owner: true,
  suspended: true,
  stopping: true,
  held: true,
  origin: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  inputSeq: true,
  resultSeq: true,
  deleteAt: true
}

/** Columns that a change does not replace with the others: identity, and `owner`, which claims and releases write. */
const fixedColumns = new Set(["key", "id", "workflow", "kind", "definition", "createdAt", "owner"])

/** An ended run belongs to nobody, so that whoever retries it can claim it. */
const freed = "owner = CASE WHEN ? THEN NULL ELSE owner END"

const updateRun = (): string => {
  const changing = Object.keys(runColumns).filter((column) => !fixedColumns.has(column))
  return `UPDATE runs SET ${changing.map((column) => `${column} = ?`).join(", ")}, ${freed} WHERE key = ?`
}

const createRun = (): string => {
  const columns = Object.keys(runColumns)
  return `INSERT INTO runs (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`
}

/** What an end changes. No index or trigger of what it leaves out is looked at. */
const endRun =
  `UPDATE runs SET phase = ?, reason = ?, message = ?, suspended = ?, stopping = ?, held = ?, finishedAt = ?,
   resultSeq = ?, deleteAt = ?, owner = NULL WHERE key = ?`

/** Whether a row differs from the one before in nothing but what an end changes. */
const isOnlyEnd = (before: RunRow, row: RunRow): boolean =>
  isTerminal(row.phase) && before.workflow === row.workflow && before.digest === row.digest &&
  before.epoch === row.epoch && before.priority === row.priority && before.labels === row.labels &&
  before.origin === row.origin && before.startedAt === row.startedAt && before.inputSeq === row.inputSeq

/** Prepared statements for these rows, and the rows that wait for them. */
export class RunRows {
  readonly #taken: Statement
  readonly #create: Statement
  readonly #change: Statement
  readonly #migrate: Statement
  readonly #end: Statement
  readonly #stored = new Map<number, RunRow>()
  #written = new Map<number, RunRow>()
  #created = new Map<number, RunRow>()
  #changed = new Map<number, RunRow>()
  #ids = new Set<string>()

  constructor(db: Database) {
    this.#taken = db.prepare("SELECT 1 FROM runs WHERE id = ?")
    this.#create = db.prepare(createRun())
    this.#change = db.prepare(updateRun())
    this.#end = db.prepare(endRun)
    // By itself: to name it in every change would write an index of it at each.
    this.#migrate = db.prepare("UPDATE runs SET workflow = ? WHERE key = ? AND workflow <> ?")
  }

  /** Begins a group: what is left of one that failed is forgotten. */
  begin(): void {
    if (this.#written.size > 0) this.#written = new Map()
    this.#clear()
  }

  /** The group is committed: what it has written is stored. */
  committed(): void {
    for (const row of this.#written.values()) {
      if (isTerminal(row.phase)) this.#stored.delete(row.key)
      else this.#stored.set(row.key, row)
    }
    if (this.#written.size > 0) this.#written = new Map()
  }

  /** Others may write these runs from now on, or have written them. */
  forget(runs: ReadonlyArray<number>): void {
    for (const run of runs) this.#stored.delete(run)
  }

  #clear(): void {
    if (this.#created.size > 0) this.#created = new Map()
    if (this.#changed.size > 0) this.#changed = new Map()
    if (this.#ids.size > 0) this.#ids = new Set()
  }

  /** Whether a run has this id. */
  isTaken(id: string): boolean {
    return this.#ids.has(id) || this.#taken.get(id) !== undefined
  }

  /** Takes a new run. */
  create(row: RunRow): void {
    this.#created.set(row.key, row)
    this.#ids.add(row.id)
  }

  /** Takes the state of a run. */
  change(row: RunRow): void {
    const { key } = row
    if (this.#created.has(key) && !isTerminal(row.phase)) return void this.#created.set(key, row)
    const before = this.#changed.get(key)
    if (this.#created.has(key) || (before !== undefined && isTerminal(before.phase))) this.write()
    this.#changed.set(key, row)
  }

  /** Writes what was taken since `begin`. */
  write(): void {
    for (const row of this.#created.values()) this.#writeNew(row)
    for (const row of this.#changed.values()) this.#writeChanged(row)
    this.#clear()
  }

  #writeChanged(row: RunRow): void {
    const before = this.#written.get(row.key) ?? this.#stored.get(row.key)
    if (before !== undefined && !isTerminal(before.phase) && isOnlyEnd(before, row)) this.#writeEnd(row)
    else this.#writeAny(row)
    this.#written.set(row.key, row)
  }

  #writeEnd(row: RunRow): void {
    this.#end.run(
      row.phase,
      row.reason,
      row.message,
      row.suspended ? 1 : 0,
      row.stopping,
      row.held,
      row.finishedAt,
      row.resultSeq,
      row.deleteAt,
      row.key
    )
  }

  #writeAny(row: RunRow): void {
    this.#migrate.run(row.workflow, row.key, row.workflow)
    this.#change.run(
      row.digest,
      row.phase,
      row.reason,
      row.message,
      row.epoch,
      row.priority,
      JSON.stringify(row.labels),
      row.suspended ? 1 : 0,
      row.stopping,
      row.held,
      row.origin,
      row.startedAt,
      row.finishedAt,
      row.inputSeq,
      row.resultSeq,
      row.deleteAt,
      isTerminal(row.phase) ? 1 : 0,
      row.key
    )
  }

  #writeNew(row: RunRow): void {
    this.#written.set(row.key, row)
    this.#create.run(
      row.key,
      row.id,
      row.workflow,
      row.digest,
      row.kind,
      row.definition,
      row.phase,
      row.reason,
      row.message,
      row.epoch,
      row.priority,
      JSON.stringify(row.labels),
      row.owner,
      row.suspended ? 1 : 0,
      row.stopping,
      row.held,
      row.origin,
      row.createdAt,
      row.startedAt,
      row.finishedAt,
      row.inputSeq,
      row.resultSeq,
      row.deleteAt
    )
  }
}
