/** What rows hold as text, read back: one row that cannot be read concerns its run, and never the file. */
import type { Event, Recorded } from "../run/Event.ts"
import { unreadableError } from "./refusals.ts"

/** The value of a column that holds JSON; `what` says whose it is. Throws `JournalError` with reason `Unreadable`. */
export const parsed = (what: () => string, text: unknown): unknown => {
  try {
    return JSON.parse(text as string)
  } catch (error) {
    throw unreadableError(what(), `it is not JSON (${(error as Error).message})`)
  }
}

/** An event as it was recorded. Throws `JournalError` with reason `Unreadable`. */
export const recorded = (
  run: string,
  { at, data, seq }: Pick<Recorded, "at" | "seq"> & { readonly data: string }
): Recorded => {
  const what = () => `event ${seq} of run "${run}"`
  const event = parsed(what, data)
  if (typeof event !== "object" || event === null || !("type" in event) || typeof event.type !== "string") {
    throw unreadableError(what(), "it is not an event")
  }
  return { run, seq, at, event: event as Event }
}

const damage = "Its row in the state file cannot be read: "

/** What is told, as the reason why it is held, of a run whose row cannot be read. */
export const damagedRow = (why: string): string => `${damage}${why}`

/** Whether that is why it is held: nothing may be written over what is there. */
export const isDamaged = ({ held }: { readonly held: string | null }): boolean => held?.startsWith(damage) === true
