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

/** Rows of one statement, the most first: beyond this the cost of a call is no longer seen. A run begins with three. */
const sizes = [16, 8, 4, 3, 2, 1]
const many = 16

const eventColumns = ["run", "seq", "at", "type", "path", "data"]

/** In the order of `putPlain`, then `otherValues`: most nodes never wait or retry, and end without a message. */
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

/** A statement for a number of rows. */
interface Sized {
  readonly statement: Statement
  /** How many values it takes. */
  readonly length: number
}

/** Values for statements of many rows, used again and again: the driver has read them when it returns. */
class Values {
  readonly #sized: ReadonlyArray<Sized>
  readonly #width: number
  readonly values: Array<unknown>
  #at = 0

  constructor(statementFor: (rows: number) => Statement, width: number) {
    this.#sized = sizes.map((rows) => ({ statement: statementFor(rows), length: rows * width }))
    this.#width = width
    this.values = new Array(many * width).fill(null)
  }

  /** Where the next row goes; the values of a full statement are written first. */
  next(): number {
    if (this.#at === this.values.length) this.write()
    const at = this.#at
    this.#at += this.#width
    return at
  }

  /** Writes what is left, in as few statements as there are sizes. */
  write(): void {
    const end = this.#at
    if (end === 0) return
    this.#at = 0
    let at = 0
    for (let size = 0; at < end; size++) {
      const { length, statement } = this.#sized[size]!
      if (end - at < length) continue
      statement.run(length === this.values.length ? this.values : this.values.slice(at, at + length))
      at += length
    }
  }

  /** Forgets what is left. */
  clear(): void {
    this.#at = 0
  }
}

/** Prepared statements for these rows, and the rows that wait for them. */
export class GroupRows {
  readonly #node: Statement
  readonly #events: Values
  readonly #plainNodes: Values
  /**
   * The last row of each node, by run and path. A new map each time: the table of one that is cleared names the next.
   */
  #nodes = new Map<number, Map<string, NodeRow>>()

  constructor(db: Database) {
    const event = (rows: number) => insert(db, "INSERT INTO events", eventColumns, anyRow(eventColumns), rows)
    const node = (row: string, rows: number) => insert(db, "INSERT OR REPLACE INTO nodes", allColumns, row, rows)
    this.#node = node(anyRow(allColumns), 1)
    this.#events = new Values(event, eventColumns.length)
    this.#plainNodes = new Values((rows) => node(plainRow, rows), plainColumns.length)
  }

  /** Begins a group: what is left of one that failed is forgotten. */
  begin(): void {
    this.#events.clear()
    this.#plainNodes.clear()
    if (this.#nodes.size > 0) this.#nodes = new Map()
  }

  /** Takes an event. */
  event({ run, seq, at, type, path, data }: EventRow): void {
    const next = this.#events.next()
    const { values } = this.#events
    values[next] = run
    values[next + 1] = seq
    values[next + 2] = at
    values[next + 3] = type
    values[next + 4] = path
    values[next + 5] = data
  }

  /** Takes the state of a node. */
  node(row: NodeRow): void {
    const known = this.#nodes.get(row.run)
    if (known === undefined) this.#nodes.set(row.run, new Map([[row.path, row]]))
    else known.set(row.path, row)
  }

  /** Writes what was taken since `begin`. */
  write(): void {
    this.#events.write()
    for (const nodes of this.#nodes.values()) {
      for (const row of nodes.values()) {
        if (isPlain(row)) putPlain(this.#plainNodes.values, this.#plainNodes.next(), row)
        else this.#writeOther(row)
      }
    }
    this.#plainNodes.write()
    this.#nodes = new Map()
  }

  #writeOther(row: NodeRow): void {
    const values: Array<unknown> = []
    putPlain(values, 0, row)
    this.#node.run([...values, ...otherValues(row)])
  }
}

/** In the order of `plainColumns`. */
const putPlain = (values: Array<unknown>, at: number, row: NodeRow): void => {
  values[at] = row.run
  values[at + 1] = row.path
  values[at + 2] = row.kind
  values[at + 3] = row.phase
  values[at + 4] = row.epoch
  values[at + 5] = row.attempt
  values[at + 6] = row.attempts
  values[at + 7] = row.startedAt
  values[at + 8] = row.finishedAt
  values[at + 9] = row.inputSeq
  values[at + 10] = row.resultSeq
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
