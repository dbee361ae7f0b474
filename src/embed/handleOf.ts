/** The handle on a run: what can be seen of it, and what can be done about it. */
import * as Effect from "effect/Effect"
import { withActor } from "../engine/actor.ts"
import { asked } from "../engine/asked.ts"
import type { Engine } from "../engine/Engine.ts"
import { RunExists } from "../engine/EngineError.ts"
import { compensate, planCompensation } from "../engine/life/compensate.ts"
import { migrate } from "../engine/life/migrate.ts"
import { remove } from "../engine/life/remove.ts"
import { fork, resubmit } from "../engine/life/resubmit.ts"
import { planRetry, retry } from "../engine/life/retry.ts"
import type { RunRow } from "../run/State.ts"
import type { AgainError, EffectRun, RunTaken } from "./EffectRun.ts"
import { runCommands } from "./runCommands.ts"
import { output, runReads } from "./runReads.ts"
import { exported } from "./transfer/transfer.ts"

/** The handle on a run that was made; where its id was taken, the error has the handle of the run that is there. */
export const handleOn = <O, E, F>(engine: Engine, made: Effect.Effect<RunRow, F>) =>
  Effect.map(madeOn(engine, made), (row) => handleOf<O, E>(engine, row))

/** The output of the run that was made. */
export const outputOn = <O, E, F>(engine: Engine, made: Effect.Effect<RunRow, F>) =>
  Effect.flatMap(madeOn(engine, made), (row) => output<O, E>(engine, row))

const madeOn = <F>(engine: Engine, made: Effect.Effect<RunRow, F>): Effect.Effect<RunRow, Taken<F>> =>
  Effect.catch(made, (error) => taken(engine, error))

type Taken<F> = Exclude<F, RunExists> | Extract<F, RunExists> & RunTaken

const taken = <F>(engine: Engine, error: F): Effect.Effect<never, Taken<F>> => {
  if (!(error instanceof RunExists) || engine.closed) return Effect.fail(error as Taken<F>)
  const found = Effect.orElseSucceed(engine.host.journal.reads.findRun(error.id), () => undefined)
  return Effect.flatMap(
    found,
    (row) => Effect.fail((row === undefined ? error : error.with(handleOf(engine, row))) as Taken<F>)
  )
}

/** The handle on a run. */
export const handleOf = <O, E>(engine: Engine, row: RunRow): EffectRun<O, E> => {
  const { id } = row
  const begins = { begins: true }
  return {
    ...runReads(engine, row),
    ...runCommands(engine, id),
    planRetry: (request = {}) => asked(engine, "plan a retry", () => planRetry(engine, id, request)),
    retry: (request = {}) => asked(engine, "retry a run", () => retry(engine, id, request), begins),
    planCompensation: asked(engine, "plan to undo a run", () => planCompensation(engine, id)),
    compensate: asked(engine, "undo a run", () => compensate(engine, id), begins),
    resubmit: (request = {}) =>
      handleOn<O, E, AgainError | RunExists>(
        engine,
        asked(engine, "resubmit a run", () => resubmit(engine, id, request), begins)
      ),
    fork: (node, request = {}) =>
      handleOn<O, E, AgainError | RunExists>(
        engine,
        asked(engine, "fork a run", () => fork(engine, id, node, request), begins)
      ),
    migrate: (workflow, options = {}) =>
      asked(engine, "migrate a run", () => withActor(engine.host, (by) => migrate(engine, id, workflow, options, by))),
    export: (file) => asked(engine, "export a run", () => exported(engine, id, file)),
    delete: (options) => asked(engine, "delete a run", () => remove(engine, id, options))
  }
}
