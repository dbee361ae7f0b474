/** What stands in the queue of a journal. */
import type { Write } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"

/** Writes that become durable together; `error` is set when storage refused them. No literal, see `writes.ts`. */
export class Append {
  readonly writes: ReadonlyArray<Write>
  readonly done: ((error: JournalError | undefined) => void) | undefined
  error: JournalError | undefined

  constructor(writes: ReadonlyArray<Write>, done: Append["done"]) {
    this.writes = writes
    this.done = done
    this.error = undefined
  }
}
