/** What commands are given and what they answer. */
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

/** The answer to a command that finds its run ended. */
export const tooLate = (verb: Verb, row: RunRow): Answer => {
  const known = already(verb, row)
  return known === undefined
    ? { ok: false, message: refusal(verb, row) ?? `Run ${row.id} has ended` }
    : { ok: true, message: known }
}
