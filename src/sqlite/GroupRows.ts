/**
 * The event and node rows of one group, written many at a time: they are nearly all that a busy run writes.
 *
 * Owns: the rows of the group that are not written yet, and the statements for them.
 * Does not own: transactions, the other tables; what depends on these rows calls `write` first.
 * Invariant: a node has one row, so of the rows that a group holds of one node only the last is written.
 */
import type { EventRow } from "../journal/Journal.ts"
import type { NodeRow } from "../run/State.ts"
import type { Database, Statement } from "./Database.ts"

/** Rows of one statement: beyond this the cost of a call is no longer seen. */
const many = 16

const eventColumns = ["run", "seq", "at", "type", "path", "data"]

/** In the order of `pushPlain`, then `otherValues`: most nodes never wait or retry, and end without a message. */
const nodeColumns: Readonly<Record<keyof NodeRow, "plain" | "other">> = {
  run: "plain",
  path: "plain",
  kind: "plain",
  phase: "plain",
  epoch: "plain",
  attempt: "plain",
  attempts: "plain",
  startedAt: "plain",
  finishedAt: "plain",
  inputSeq: "plain",
  resultSeq: "plain",
  reason: "other",
  message: "other",
  base: "other",
  reruns: "other",
  waiting: "other",
  until: "other",
  progress: "other",
  signalSeq: "other"
}

const allColumns = Object.keys(nodeColumns) as Array<keyof NodeRow>
const plainColumns = allColumns.filter((column) => nodeColumns[column] === "plain")

const plainRow = `(${plainColumns.map(() => "?").join(", ")}, NULL, NULL, 0, 0, NULL, 0, NULL, 0)`

const anyRow = (columns: ReadonlyArray<string>): string => `(${columns.map(() => "?").join(", ")})`

const insert = (db: Database, into: string, columns: ReadonlyArray<string>, row: string, rows: number): Statement =>
  db.prepare(`${into} (${columns.join(", ")}) VALUES ${new Array(rows).fill(row).join(", ")}`)

/** Prepared statements for these rows, and the rows that wait for them. */
export class GroupRows {
  readonly #event: Statement
  readonly #events: Statement
  readonly #node: Statement
  readonly #plainNode: Statement
  readonly #plainNodes: Statement
  #eventValues: Array<unknown> = []
  /** The last row of each node, by run and path. */
  readonly #nodes = new Map<number, Map<string, NodeRow>>()

  constructor(db: Database) {
    this.#event = insert(db, "INSERT INTO events", eventColumns, anyRow(eventColumns), 1)
    this.#events = insert(db, "INSERT INTO events", eventColumns, anyRow(eventColumns), many)
    this.#node = insert(db, "INSERT OR REPLACE INTO nodes", allColumns, anyRow(allColumns), 1)
    this.#plainNode = insert(db, "INSERT OR REPLACE INTO nodes", allColumns, plainRow, 1)
    this.#plainNodes = insert(db, "INSERT OR REPLACE INTO nodes", allColumns, plainRow, many)
  }

  /** Begins a group: what is left of one that failed is forgotten. */
  begin(): void {
    this.#eventValues = []
    this.#nodes.clear()
  }

  /** Takes an event. */
  event({ run, seq, at, type, path, data }: EventRow): void {
    this.#eventValues.push(run, seq, at, type, path, data)
    if (this.#eventValues.length === many * eventColumns.length) {
      this.#events.run(this.#eventValues)
      this.#eventValues = []
    }
  }

  /** Takes the state of a node. */
  node(row: NodeRow): void {
    const known = this.#nodes.get(row.run)
    if (known === undefined) this.#nodes.set(row.run, new Map([[row.path, row]]))
    else known.set(row.path, row)
  }

  /** Writes what was taken since `begin`. */
  write(): void {
    this.#writeEvents()
    for (const nodes of this.#nodes.values()) this.#writeNodes(nodes.values())
    this.#nodes.clear()
  }

  #writeEvents(): void {
    const width = eventColumns.length
    for (let at = 0; at < this.#eventValues.length; at += width) {
      this.#event.run(this.#eventValues.slice(at, at + width))
    }
    this.#eventValues = []
  }

  #writeOne(row: NodeRow): void {
    const values: Array<unknown> = []
    pushPlain(values, row)
    this.#node.run([...values, ...otherValues(row)])
  }

  #writeNodes(rows: Iterable<NodeRow>): void {
    const full = many * plainColumns.length
    let values: Array<unknown> = []
    for (const row of rows) {
      if (!isPlain(row)) {
        this.#writeOne(row)
        continue
      }
      pushPlain(values, row)
      if (values.length < full) continue
      this.#plainNodes.run(values)
      values = []
    }
    for (let at = 0; at < values.length; at += plainColumns.length) {
      this.#plainNode.run(values.slice(at, at + plainColumns.length))
    }
  }
}

/** In the order of `plainColumns`. */
const pushPlain = (values: Array<unknown>, row: NodeRow): void => {
  values.push(
    row.run,
    row.path,
    row.kind,
    row.phase,
    row.epoch,
    row.attempt,
    row.attempts,
    row.startedAt,
    row.finishedAt,
    row.inputSeq,
    row.resultSeq
  )
}

const isPlain = (row: NodeRow): boolean =>
  row.reason === null && row.message === null && row.base === 0 && row.reruns === 0 && row.waiting === null &&
  row.until === 0 && row.progress === null && row.signalSeq === 0

const otherValues = (row: NodeRow): ReadonlyArray<unknown> => [
  row.reason,
  row.message,
  row.base,
  row.reruns,
  row.waiting,
  row.until,
  row.progress === null ? null : JSON.stringify(row.progress),
  row.signalSeq
]
