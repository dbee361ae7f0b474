/** What stands in the queue of a journal. */
import type { Write } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"

/** Writes that become durable together; `error` is set when storage refused them. */
export interface Append {
  readonly writes: ReadonlyArray<Write>
  readonly done: ((error: JournalError | undefined) => void) | undefined
  error: JournalError | undefined
}
