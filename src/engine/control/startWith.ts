/** Starts that bring a value for a node that waits. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, type EngineClosed, InvalidInput, type RunExists } from "../EngineError.ts"
import { start } from "../life/start.ts"
import { admitStart, type StartOptions } from "../life/startOptions.ts"
import { signal } from "./signal.ts"

type Failure = CommandError | EngineClosed | InvalidInput | JournalError | RunExists

/**
 * Starts a run, and gives the one that comes of it the value of `options.signal`. One that was there already may end
 * before it takes the value: then it is started again, as if it had ended before.
 */
export const startWith = (
  engine: Engine,
  workflow: AnyWorkflow,
  input: unknown,
  given: StartOptions | undefined
): Effect.Effect<RunRow, Failure> => {
  if (given === undefined) return start(engine, workflow, input)
  const options = admitStart(engine.host.limits, workflow, given)
  if (options instanceof InvalidInput) return Effect.fail(options)
  return options.signal === undefined
    ? start(engine, workflow, input, options)
    : signalled(engine, workflow, input, options, options.signal)
}

const signalled = (
  engine: Engine,
  workflow: AnyWorkflow,
  input: unknown,
  options: StartOptions,
  given: NonNullable<StartOptions["signal"]>,
  before?: string
): Effect.Effect<RunRow, Failure> =>
  Effect.gen(function* () {
    const row = yield* start(engine, workflow, input, options)
    const done = yield* Effect.result(signal(engine, row.id, given.to, given.value))
    if (done._tag === "Success") return row
    const now = yield* engine.host.journal.reads.findRun(row.id)
    // With an id of its own the ended run is the one that is meant.
    const isOver = now === undefined || isTerminal(now.phase)
    if (!isOver || row.id === before || options.id !== undefined) return yield* done.failure
    return yield* signalled(engine, workflow, input, options, given, row.id)
  })
