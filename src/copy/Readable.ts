/**
 * What can be read of a table in a file whose pages may be damaged.
 *
 * A row on a damaged page cannot be read, and no query that passes it ends well. So rows are asked for from both sides
 * of such a place; where keys begin with a number, the place is passed by asking for rows behind it.
 */
import { Buffer } from "node:buffer"
import { JournalError } from "../journal/JournalError.ts"
import type { Database } from "../sqlite/Database.ts"
import { keyOf, type Row, type Table } from "./tables.ts"

/** Rows that are asked for at once; fewer where that many cannot be read. */
const pieces = [500, 25, 1]

/** One table of a file. */
export class Readable {
  /** Whether each row could be read so far. */
  isWhole = true
  readonly #db: Database
  readonly #table: Table
  readonly #columns: string
  readonly #keys: ReadonlyArray<string>

  /** Of a file of an earlier version, only the columns that it has are read. */
  constructor(db: Database, table: Table) {
    this.#db = db
    this.#table = table
    const there = db.read(() => db.prepare(`SELECT name FROM pragma_table_info('${table.file}')`).pluck().all())
    this.#columns = table.columns.filter((it) => there.includes(it)).map((it) => `"${it}"`).join(", ")
    this.#keys = keyOf(table).map((it) => `"${it}"`)
  }

  /** All rows that can be read, those of a piece together. */
  *rows(): Generator<ReadonlyArray<Row>> {
    if (this.#columns === "") return
    for (let after: ReadonlyArray<unknown> | undefined = undefined;;) {
      const some = this.#next(after)
      if (some === undefined) {
        this.isWhole = false
        const beyond = this.#beyond(after)
        if (beyond === undefined) return yield* this.#fromEnd(after)
        after = beyond
      } else {
        if (some.length === 0) return
        yield some
        after = this.#keyOf(some.at(-1)!)
      }
    }
  }

  #next(after: ReadonlyArray<unknown> | undefined, order = "ASC"): ReadonlyArray<Row> | undefined {
    for (const limit of pieces) {
      const some = this.#ask(after, limit, order)
      if (some !== undefined && this.#isInOrder(after, some, order)) return some
    }
    return undefined
  }

  /** A damaged page may lead back to where one came from. */
  #isInOrder(after: ReadonlyArray<unknown> | undefined, rows: ReadonlyArray<Row>, order: string): boolean {
    let last = after
    for (const row of rows) {
      const key = this.#keyOf(row)
      const found = last === undefined ? 1 : compared(key, last)
      if (Number.isNaN(found) || found * (order === "ASC" ? 1 : -1) <= 0) return false
      last = key
    }
    return true
  }

  /** Rows that follow a key; `undefined` where one of them cannot be read. */
  #ask(after: ReadonlyArray<unknown> | undefined, limit: number, order = "ASC"): ReadonlyArray<Row> | undefined {
    const keys = this.#keys.slice(0, after?.length ?? 0)
    const from = after === undefined
      ? "true"
      : `(${keys.join(", ")}) ${order === "ASC" ? ">" : "<"} (${keys.map(() => "?").join(", ")})`
    const by = this.#keys.map((it) => `${it} ${order}`).join(", ")
    const sql = `SELECT ${this.#columns} FROM ${this.#table.file} WHERE ${from} ORDER BY ${by} LIMIT ?`
    return readable(() => this.#db.read(() => this.#db.prepare(sql).all(...after ?? [], limit)) as ReadonlyArray<Row>)
  }

  /** The least first part of a key behind which rows can be read again, where those are numbers. */
  #beyond(after: ReadonlyArray<unknown> | undefined): readonly [number] | undefined {
    const first = after?.[0] ?? 0
    if (typeof first !== "number") return undefined
    const low = first - 1
    for (let step = 1; low + step <= Number.MAX_SAFE_INTEGER; step *= 2) {
      const high = low + step
      if (!this.#isReadable(high, after)) continue
      return [this.#least(first + Math.floor((high - first) / 2), high, after)]
    }
    return undefined
  }

  /** Of two numbers, the second of which is readable behind, the least that is. */
  #least(low: number, high: number, after: ReadonlyArray<unknown> | undefined): number {
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2)
      if (this.#isReadable(middle, after)) high = middle
      else low = middle + 1
    }
    return high
  }

  #isReadable(first: number, after: ReadonlyArray<unknown> | undefined): boolean {
    const isTried = after?.length === 1 && first <= (after[0] as number)
    return !isTried && (this.#ask([first], 1)?.length ?? 0) > 0
  }

  /** The rows between the end and what cannot be read. */
  *#fromEnd(after: ReadonlyArray<unknown> | undefined): Generator<ReadonlyArray<Row>> {
    const seen = after === undefined ? undefined : JSON.stringify(after)
    for (let before: ReadonlyArray<unknown> | undefined = undefined;;) {
      const some = this.#next(before, "DESC")
      if (some === undefined || some.length === 0) return
      const at = some.findIndex((row) => JSON.stringify(this.#keyOf(row)) === seen)
      yield at < 0 ? some : some.slice(0, at)
      if (at >= 0) return
      before = this.#keyOf(some.at(-1)!)
    }
  }

  #keyOf(row: Row): ReadonlyArray<unknown> {
    return keyOf(this.#table).map((it) => row[it])
  }
}

/** What is read; `undefined` where that is damaged. */
export const readable = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof JournalError && ["Corrupt", "Io"].includes(error.reason)) return undefined
    throw error
  }
}

/** The order of two keys, as SQLite has it; `NaN` where a value cannot be part of a key. */
const compared = (a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>): number => {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const found = comparedValues(a[at], b[at])
    if (found !== 0) return found
  }
  return a.length - b.length
}

const comparedValues = (a: unknown, b: unknown): number => {
  if (typeof a === "number" && typeof b === "number") return a - b
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return Number.NaN
}
