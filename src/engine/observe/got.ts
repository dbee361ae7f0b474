/** A run by its id, with its workflow where its types are wanted. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { RunRow } from "../../run/State.ts"
import { admitOne, defined, text } from "../../workflow/admit.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { Refused, type RunNotFound } from "../EngineError.ts"
import { register } from "../life/attach.ts"
import { findRun } from "./observe.ts"

/** A run by id, or by its workflow, which is registered, and its id. Throws `InvalidValue`. */
export const got = (
  engine: Engine,
  ...args: readonly [string | { readonly name: string }, string?]
): Effect.Effect<RunRow, RunNotFound | Refused | JournalError> => {
  const [first, second] = args
  const id = typeof first === "string" ? first : second!
  if (typeof first !== "string") admitOne("the workflow of a run that is read", first, defined("Workflow"))
  admitOne("the id of a run that is read", id, text)
  const row = findRun(engine, id)
  return typeof first === "string" ? row : Effect.tap(row, (known) => ofWorkflow(engine, known, first))
}

const ofWorkflow = (
  engine: Engine,
  { id, workflow }: RunRow,
  known: { readonly name: string }
): Effect.Effect<void, Refused | JournalError> => {
  const message = `Run "${id}" is a run of "${workflow}", not of "${known.name}": get it with that workflow`
  if (workflow !== known.name) return Effect.fail(new Refused({ run: id, verb: "get", message }))
  return Effect.suspend(() => register(engine, [known as unknown as AnyWorkflow]))
}
