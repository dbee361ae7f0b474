/** What commands are given and what they answer. */
import type { JournalShape } from "../../journal/Journal.ts"
import { already, refusal, type Verb } from "../../run/command.ts"
import type { Json } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"

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

/** The answer to a command that finds its run ended; a signal that was taken before may have been this very one. */
export const tooLate = (journal: JournalShape, verb: Verb, row: RunRow, args: CommandArgs): Answer => {
  const known = already(verb, row) ?? taken(journal, verb, row, args)
  return known === undefined
    ? { ok: false, message: refusal(verb, row) ?? `Run ${row.id} has ended` }
    : { ok: true, message: known }
}

const taken = (journal: JournalShape, verb: Verb, { key }: RunRow, { node }: CommandArgs): string | undefined => {
  if (verb !== "signal") return undefined
  const row = journal.nodes(key).find(({ path }) => path === node)
  return row === undefined || row.signalSeq === 0 ? undefined : `Node "${node}" has its value already`
}
