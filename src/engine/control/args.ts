/** The arguments of commands, checked and signed by whoever gives them. */
import type * as Effect from "effect/Effect"
import type { Verb } from "../../run/command.ts"
import { admit, anything, flag, json, type Rules, text } from "../../workflow/admit.ts"
import { byOf, withActor } from "../actor.ts"
import type { Heard } from "../Heard.ts"
import type { CommandArgs, TerminateOptions } from "./Answer.ts"

/** The rules for what a command is given. */
export const commandRules: Rules<CommandArgs> = {
  message: text,
  node: text,
  value: json,
  compensate: flag,
  by: anything
}

/** Throws `InvalidValue`. */
export const admitArgs = (verb: Verb, args: CommandArgs): CommandArgs =>
  admit(`the arguments of ${verb}`, args, commandRules)

const endRules: Rules<TerminateOptions> = { message: text, compensate: flag }

/** The options of a terminate, checked. The actor is left out: it is known from the handle. Throws `InvalidValue`. */
export const endArgs = (how: TerminateOptions | string | undefined): CommandArgs => {
  if (typeof how === "object" && how !== null) return admit("the options of terminate", how, endRules)
  return how === undefined ? {} : { message: how }
}

/** Goes on with the same, signed. */
export const signed = <A, E>(
  host: Pick<Heard, "actor">,
  args: CommandArgs,
  go: (args: CommandArgs) => Effect.Effect<A, E>
): Effect.Effect<A, E> => withActor(host, (by) => go({ ...byOf(by), ...args }))
