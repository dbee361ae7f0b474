/** Starts runs. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { isDerived } from "./definitions.ts"
import { register } from "./attach.ts"
import { type Beginning, beginning } from "./beginning.ts"
import { creation, type Seed } from "./creation.ts"
import type { Engine } from "../Engine.ts"
import { EngineClosed, InvalidInput, type RunExists } from "../EngineError.ts"
import { existing } from "./existing.ts"
import { newRun } from "./newRun.ts"
import { admitStart, type StartOptions } from "./startOptions.ts"
import { type Tracing, withTracing } from "./tracing.ts"

export type { StartOptions } from "./startOptions.ts"

/** Creates a run durably and begins to execute it. */
export const start = (
  engine: Engine,
  workflow: AnyWorkflow,
  input: unknown,
  given: StartOptions = {},
  seed: Seed = {}
): Effect.Effect<RunRow, InvalidInput | RunExists | EngineClosed | JournalError> =>
  withTracing((tracing): Effect.Effect<RunRow, InvalidInput | RunExists | EngineClosed | JournalError> => {
    const options = admitStart(engine.host.limits, workflow, given)
    if (options instanceof InvalidInput) return Effect.fail(options)
    if (engine.closed || engine.closing) {
      return Effect.fail(EngineClosed.of(`start "${workflow.name}"`))
    }
    if (options.leave !== true && !isDerived(engine, workflow)) register(engine, [workflow])
    const begun = beginning(engine, workflow, options, input)
    return begun instanceof InvalidInput ? Effect.fail(begun) : create(engine, workflow, begun, seed, tracing)
  })

const create = (
  engine: Engine,
  workflow: AnyWorkflow,
  options: Beginning,
  seed: Seed,
  tracing: Tracing | undefined
): Effect.Effect<RunRow, RunExists | JournalError> =>
  Effect.callback((resume) => {
    const live = newRun(engine, workflow, options, seed, tracing)
    const { row } = live.ledger
    // A generated id cannot clash, so the first nodes of its run may join the same commit.
    const isEarly = !options.isNamed && options.leave !== true
    const begin = (): void => {
      seed.prepare?.(live)
      if (options.leave === true) return engine.host.guard(() => engine.host.journal.offer([row.key]))
      if (!engine.closed && engine.lost === undefined) engine.execute(live)
    }
    engine.host.journal.append(creation(engine, live, workflow, options.text, seed), (error) => {
      if (error === undefined) {
        if (!isEarly) begin()
        return resume(Effect.succeed(row))
      }
      if (error.reason === "Exists") return resume(Effect.suspend(() => existing(engine, workflow, row, options.text)))
      live.ledger.lose(error)
      resume(Effect.fail(error))
    })
    if (seed.prepare !== undefined) tryFlush(engine)
    if (isEarly && live.ledger.lost === undefined) begin()
  })

/** Faults go to the append. */
const tryFlush = ({ host: { journal } }: Engine): void => {
  try {
    journal.flush()
  } catch {
    // Told.
  }
}
