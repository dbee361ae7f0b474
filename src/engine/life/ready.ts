/** What comes before a run of a workflow is made: the workflow is planned, and known here. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Plan } from "../../plan/Plan.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { EngineClosed } from "../EngineError.ts"
import { isRegistered, register } from "./attach.ts"
import { isPlanStored } from "./creation.ts"
import { isDerived } from "./definitions.ts"
import { isPlanned, planned } from "./plans.ts"

/** Makes it ready; absent where it is. A run that is left to others needs no workflow that is known here. */
export const ready = (
  engine: Engine,
  workflow: AnyWorkflow,
  isLeft: boolean
): Effect.Effect<void, EngineClosed | JournalError> | undefined => {
  const isKnown = isLeft || isRegistered(engine, workflow) || isDerived(engine, workflow)
  const isStored = ({ digest }: Plan) => isPlanStored(engine, digest)
  if (isKnown && isPlanned(workflow, isStored)) return undefined
  const registered = Effect.suspend((): Effect.Effect<void, EngineClosed | JournalError> => {
    const closed = closedTo(engine, workflow)
    if (closed !== undefined) return Effect.fail(closed)
    return isKnown ? Effect.void : register(engine, [workflow])
  })
  return Effect.andThen(planned(workflow, isStored), registered)
}

/** Why nothing can be started; absent where it can. */
export const closedTo = (engine: Engine, { name }: AnyWorkflow): EngineClosed | undefined =>
  engine.closed || engine.closing ? EngineClosed.of(`start "${name}"`) : undefined
