/** The port to a storage that is copied, or copied to. */
import type { Row, Table } from "./tables.ts"

/** Where rows come from: as they are at one instant, whatever happens meanwhile. */
export interface Source {
  /** Some of the open runs that a living process executes. */
  readonly executed: () => Promise<ReadonlyArray<string>>
  /** The rows of a table that follow one of them, in the order of its primary key. */
  readonly read: (table: Table, after: Row | undefined, limit: number) => Promise<ReadonlyArray<Row>>
  /** The highest number that a process has had. */
  readonly latestProcess: () => Promise<number>
  readonly close: () => Promise<void>
}

/** Where rows go: an empty storage that nobody else has open, and that shows them all at once, or none. */
export interface Target {
  readonly write: (table: Table, rows: ReadonlyArray<Row>) => Promise<void>
  /** As it was written. */
  readonly read: Source["read"]
  /** Later processes get higher numbers than this one. */
  readonly reserve: (process: number) => Promise<void>
  /** Suspends the open runs that are not, at this instant; answers how many. */
  readonly suspend: (at: number) => Promise<number>
  /** From now on all of it is there. */
  readonly keep: () => Promise<void>
  /** Ends it; what was not kept never was. */
  readonly close: () => Promise<void>
}
