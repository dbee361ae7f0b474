/** Starts that bring a value for a node that waits. */
import * as Effect from "effect/Effect"
import type { Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import { admit } from "../../workflow/admit.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, type EngineClosed, InvalidInput, type RunExists } from "../EngineError.ts"
import { planOf } from "../life/plans.ts"
import { start } from "../life/start.ts"
import { admitStart, type StartOptions } from "../life/startOptions.ts"
import type { LiveRun } from "../Live.ts"
import type { CommandArgs } from "./Answer.ts"
import { commandRules, signed } from "./args.ts"
import { command } from "./command.ts"
import { givenEarly, neverTakes } from "./early.ts"
import { signalArgs } from "./signal.ts"

type Failure = CommandError | EngineClosed | InvalidInput | JournalError | RunExists

/**
 * Starts a run, and gives the one that comes of it the value of `options.signal`: a new one in the commit that creates
 * it, one that was there already as any signal does. That one may end before it takes the value: then it is started
 * again, as if it had ended before. A value that no new run could take starts none.
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
  if (options.signal === undefined) return start(engine, workflow, input, options)
  const args = admit("the signal of a start", signalArgs(options.signal.to, options.signal.value), commandRules)
  const fault = faultOf(engine, workflow, args)
  if (fault !== undefined) return Effect.fail(fault)
  return signed(engine.host, args, (own) => signalled(engine, workflow, input, options, own))
}

/** What a manifest waits for is known only once it waits: it takes no value before. */
const isManifest = ({ kept }: AnyWorkflow): boolean => kept !== undefined

const faultOf = (
  { host: { limits } }: Engine,
  workflow: AnyWorkflow,
  { node = "", value = null }: CommandArgs
): InvalidInput | undefined => {
  if (isManifest(workflow)) return undefined
  const why = neverTakes(planOf(workflow), node, JSON.stringify(value), limits.payload)
  if (why === undefined) return undefined
  const message = `Cannot start "${workflow.name}" with a value for node "${node}": ${why}`
  return new InvalidInput({ workflow: workflow.name, message })
}

const signalled = (
  engine: Engine,
  workflow: AnyWorkflow,
  input: unknown,
  options: StartOptions,
  args: CommandArgs
): Effect.Effect<RunRow, Failure> =>
  Effect.gen(function* () {
    let made: LiveRun | undefined
    const first = (live: LiveRun): ReadonlyArray<Write> => {
      made = live
      return givenEarly(live, args)
    }
    const row = yield* start(engine, workflow, input, options, isManifest(workflow) ? {} : { first })
    if (made?.ledger.row.key === row.key) return row
    const done = yield* Effect.result(command(engine, row.id, "signal", args))
    if (done._tag === "Success") return row
    const now = yield* engine.host.journal.reads.findRun(row.id)
    const isOver = now === undefined || isTerminal(now.phase)
    // With an id of its own the ended run is the one that is meant.
    if (!isOver || options.id !== undefined || isManifest(workflow)) return yield* done.failure
    return yield* signalled(engine, workflow, input, options, args)
  })
