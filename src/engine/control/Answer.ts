/** Commands and their answers. */
import type { JournalShape } from "../../journal/Journal.ts"
import { already, refusal, type Verb } from "../../run/command.ts"
import type { Json } from "../../run/Event.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"

/** What a command did, or why it did nothing. */
export interface Answer {
  readonly ok: boolean
  readonly message: string
  readonly data?: Json
}

/** The arguments of commands. */
export interface CommandArgs {
  readonly message?: string
  /** The path of the node, for `signal`. */
  readonly node?: string
  readonly value?: Json
}

/** What another process wrote, or `undefined` when it cannot be read. */
export const read = <A>(text: string): A | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value as A : undefined
  } catch {
    return undefined
  }
}

/** The answer to a command that finds its run ended; a signal that was taken before may have been this very one. */
export const tooLate = (journal: JournalShape, verb: Verb, row: RunRow, args: CommandArgs): Answer => {
  const known = already(verb, row)
  if (known !== undefined) return { ok: true, message: known }
  const node = verb === "signal" ? journal.nodes(row.key).find(({ path }) => path === args.node) : undefined
  if (node !== undefined && node.signalSeq > 0) return signalledBefore(row.id, args, signalOf(journal, node))
  return { ok: false, message: refusal(verb, row) ?? `Run ${row.id} has ended` }
}

/** The value that a node was given, as JSON text. */
export const signalOf = (journal: JournalShape, { run, signalSeq }: NodeRow): string | undefined => {
  const event = journal.events(run, signalSeq - 1, 1)[0]?.event
  return event?.type === "NodeSignalled" ? JSON.stringify(event.value) : undefined
}

/** The answer to a signal for a node that was given a value before: good when it is the same one. */
export const signalledBefore = (run: string, { node, value = null }: CommandArgs, known: string | undefined): Answer =>
  known === JSON.stringify(value)
    ? { ok: true, message: `Node "${node}" has its value already` }
    : { ok: false, message: `Cannot signal run ${run}: node "${node}" has another value already` }
