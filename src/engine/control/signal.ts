/** Signals: the value for a node that waits, in the form that is recorded. */
import * as Effect from "effect/Effect"
import type { Json } from "../../run/Event.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import { admitOne, type Rule } from "../../workflow/admit.ts"
import { encodeJson } from "../../workflow/codec.ts"
import type { AnyCodec } from "../../workflow/Definition.ts"
import type { Signal } from "../../workflow/Signal.ts"
import { demand, shown } from "../../workflow/values.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import type { CommandError } from "../EngineError.ts"
import type { Answer, CommandArgs } from "./Answer.ts"
import { command } from "./command.ts"

/** Gives a waiting node its value: by its signal, with a value of that type, or by its path, with JSON. */
export const signal = (
  engine: Engine,
  id: string,
  to: Signal<unknown> | string,
  value: unknown
): Effect.Effect<Answer, CommandError> =>
  Effect.flatMap(atDoor(() => Effect.succeed(signalArgs(to, value))), (args) => command(engine, id, "signal", args))

/** What the command is given; throws `InvalidValue`. */
export const signalArgs = (to: Signal<unknown> | string, value: unknown): CommandArgs => {
  if (typeof to === "string") return { node: to, value: value as Json }
  admitOne("what is signalled", to, signalled)
  const { name, output } = to
  return { node: name, value: encoded(name, output, value) }
}

const signalled: Rule = (value) => {
  const hint = "Use what signal(…) gives, or the path of a node"
  if (typeof value !== "object" || value === null) return { what: `is ${shown(value)}`, hint }
  return "_tag" in value && value._tag === "Signal" && "name" in value && "output" in value
    ? undefined
    : { what: "is not a signal", hint }
}

const encoded = (name: string, output: AnyCodec, value: unknown): Json => {
  try {
    return encodeJson(output)(value)
  } catch (error) {
    const what = `does not match its schema: ${errorWords(encodeThrown(error))}`
    demand(`the value for "${name}"`, { what, hint: "Give a value of the type of the signal" })
    throw error
  }
}
