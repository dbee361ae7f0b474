/** Tells whether two tables hold the same rows, whatever their order. */
import { createHash } from "node:crypto"
import type { Row, Table } from "./tables.ts"

/** Objects with their keys in order: a database orders them anew. */
const ordered = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
    : value

/** The rows of one table so far. */
export class Digest {
  /** How many there are. */
  count = 0
  readonly #table: Table
  readonly #sum = new Uint8Array(32)

  constructor(table: Table) {
    this.#table = table
  }

  /** Adds rows. */
  add(rows: ReadonlyArray<Row>): void {
    for (const row of rows) {
      const text = JSON.stringify(this.#table.columns.map((column) => row[column]), ordered)
      const hash = createHash("sha256").update(text).digest()
      for (let at = 0; at < hash.length; at++) this.#sum[at]! ^= hash[at]!
    }
    this.count += rows.length
  }

  /** Whether another one has seen the same rows. */
  equals(other: Digest): boolean {
    return this.count === other.count && this.#sum.every((byte, at) => byte === other.#sum[at])
  }
}
