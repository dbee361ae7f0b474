/** Deletes runs that have ended. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { refusal } from "../../run/command.ts"
import type { Actor } from "../../run/actor.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { admit, flag } from "../../workflow/admit.ts"
import type { InvalidValue } from "../../workflow/values.ts"
import { command } from "../control/command.ts"
import { withActor } from "../actor.ts"
import { deedWrites } from "../observe/audit.ts"
import { atDoor } from "../door.ts"
import type { Engine } from "../Engine.ts"
import { type EngineClosed, Refused, type RunNotFound } from "../EngineError.ts"
import { ended, findRun } from "../observe/observe.ts"

/** How a run is deleted. */
export interface RemoveOptions {
  /** An open run is terminated first. */
  readonly force?: boolean
}

/** Deletes a run; an open one is refused unless `force`, which terminates it first. */
export const remove = (
  engine: Engine,
  id: string,
  options: RemoveOptions = {}
): Effect.Effect<void, Refused | RunNotFound | EngineClosed | JournalError | InvalidValue> =>
  atDoor(() => removed(engine, id, admit("the options of delete", options, { force: flag }).force === true))

const removed = (
  engine: Engine,
  id: string,
  force: boolean
): Effect.Effect<void, Refused | RunNotFound | EngineClosed | JournalError | InvalidValue> =>
  Effect.gen(function* () {
    const row = yield* findRun(engine, id)
    const refused = refusal("delete", row, { force })
    if (refused !== undefined) return yield* new Refused({ run: id, verb: "delete", message: refused })
    if (!isTerminal(row.phase)) {
      yield* Effect.ignore(command(engine, id, "terminate"))
      yield* ended(engine, row.key)
    }
    yield* withActor(engine.host, (by) => deleted(engine, row, by))
    // Somebody has begun to retry it meanwhile: then it stays.
    if ((yield* engine.host.journal.reads.getRun(row.key)) === undefined) return
    const message = `Cannot delete run ${id}: it is being run again. Stop it, then delete it`
    return yield* new Refused({ run: id, verb: "delete", message })
  })

/** Deletes it if nobody acts on it by then. */
const deleted = (
  engine: Engine,
  { id, key: run, workflow }: RunRow,
  by: Actor | undefined
): Effect.Effect<void, JournalError> =>
  Effect.callback((resume) => {
    const deed = deedWrites(engine.host, by, { did: "delete", run: id, workflow })
    engine.host.journal.append([{ kind: "delete", run, ifEnded: true }, ...deed], (error) => {
      engine.collection.wake()
      resume(error === undefined ? Effect.void : Effect.fail(error))
    })
  })
