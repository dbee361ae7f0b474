/** Starts runs. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Write, Writes } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { type Beginning, beginning } from "./beginning.ts"
import { creation, type Seed, unstored } from "./creation.ts"
import type { Engine } from "../Engine.ts"
import { type EngineClosed, InvalidInput, type Refused, type RunExists } from "../EngineError.ts"
import { conflict, existing } from "./existing.ts"
import type { LiveRun } from "../Live.ts"
import { newRun, tellCreated } from "./newRun.ts"
import { byPolicy, hasPolicies } from "./policies.ts"
import { closedTo, ready } from "./ready.ts"
import { admitStart, noOptions, type StartOptions } from "./startOptions.ts"
import { starterOf } from "./tracing.ts"

export type { StartOptions } from "./startOptions.ts"

type StartError = InvalidInput | Refused | RunExists | EngineClosed | JournalError

/** Creates a run durably and begins to execute it. */
export const start = (
  engine: Engine,
  workflow: AnyWorkflow,
  input: unknown,
  given: StartOptions = noOptions,
  seed: Seed = {}
): Effect.Effect<RunRow, StartError> =>
  Effect.withFiber((fiber): Effect.Effect<RunRow, StartError> => {
    const options = admitStart(engine.host.limits, workflow, given)
    if (options instanceof InvalidInput) return Effect.fail(options)
    const { by, tracing } = starterOf(engine.host, options, fiber)
    const isNobody = by === undefined || seed.by === null
    if (tracing === undefined && isNobody) return admitted(engine, workflow, input, options, seed)
    const more = { ...tracing === undefined ? {} : { tracing }, ...isNobody ? {} : { by } }
    return admitted(engine, workflow, input, options, { ...seed, ...more })
  })

const admitted = (
  engine: Engine,
  workflow: AnyWorkflow,
  input: unknown,
  options: StartOptions,
  seed: Seed
): Effect.Effect<RunRow, StartError> => {
  const closed = closedTo(engine, workflow)
  if (closed !== undefined) return Effect.fail(closed)
  const go = () =>
    beginning(engine, workflow, options, input, (begun): Effect.Effect<RunRow, StartError> => {
      // Storage may have taken its time.
      const closed = closedTo(engine, workflow)
      if (closed !== undefined) return Effect.fail(closed)
      return hasPolicies(workflow, options) ? ruled(engine, workflow, begun, seed) : made(engine, workflow, begun, seed)
    })
  const preparing = ready(engine, workflow, options.leave === true)
  return preparing === undefined ? go() : Effect.andThen(preparing, Effect.suspend(go))
}

const ruled = (
  engine: Engine,
  workflow: AnyWorkflow,
  begun: Beginning,
  seed: Seed
): Effect.Effect<RunRow, StartError> => {
  const known = begun.isNamed ? engine.host.journal.reads.findRun(begun.id) : Effect.undefined
  return Effect.flatMap(known, (row) => {
    if (row !== undefined) return taken(engine, workflow, { ...row, workflow: workflow.name }, begun.text, seed)
    return byPolicy(engine, workflow, begun, seed, (begun, seed) => made(engine, workflow, begun, seed))
  })
}

const made = (
  engine: Engine,
  workflow: AnyWorkflow,
  begun: Beginning,
  seed: Seed
): Effect.Effect<RunRow, RunExists | JournalError> => {
  const make = (seed: Seed) =>
    seed.prepare === undefined
      ? create(engine, workflow, begun, seed)
      : engine.mailbox.ask(copied(engine, workflow, begun, seed))
  if (seed.with === undefined) return make(seed)
  return Effect.flatMap(seed.with(begun.id), (writes) => make({ ...seed, writes: [...seed.writes ?? [], ...writes] }))
}

const create = (
  engine: Engine,
  workflow: AnyWorkflow,
  options: Beginning,
  seed: Seed
): Effect.Effect<RunRow, RunExists | JournalError> =>
  Effect.callback((resume) => {
    const live = newRun(engine, workflow, options, seed)
    const { row } = live.ledger
    // A generated id cannot clash, so the first nodes of its run may join the same commit.
    const isEarly = !options.isNamed && options.leave !== true && seed.writes === undefined
    engine.host.journal.append(creation(engine, live, workflow, options.text, seed), (error) => {
      if (error === undefined) {
        tellCreated(engine.host, live.ledger)
        if (!isEarly) begin(engine, live, options)
        return resume(Effect.succeed(row))
      }
      unstored(engine, row.digest)
      if (error.reason === "Exists") return resume(taken(engine, workflow, row, options.text, seed))
      live.ledger.lose(error)
      resume(Effect.fail(error))
    })
    if (isEarly && live.ledger.lost === undefined) begin(engine, live, options)
  })

/** What stands behind a fire is stored with its run: a run that is there already is not that run. */
const taken = (engine: Engine, workflow: AnyWorkflow, row: RunRow, text: string, seed: Seed) =>
  seed.with === undefined ? existing(engine, workflow, row, text) : Effect.fail(conflict(row, "that began otherwise"))

const begin = (engine: Engine, live: LiveRun, { leave }: Beginning): void => {
  if (leave === true) return engine.host.react(engine.host.journal.claims.offer([live.ledger.row.key]))
  engine.execute(live)
}

/** In the mailbox: until it has what it need not do again, the run is stored, and nobody may act on it. */
const copied = (
  engine: Engine,
  workflow: AnyWorkflow,
  options: Beginning,
  seed: Seed
): Effect.Effect<RunRow, RunExists | JournalError> =>
  Effect.gen(function* () {
    const live = newRun(engine, workflow, options, seed)
    const { row } = live.ledger
    const stored = written(engine.host.journal, creation(engine, live, workflow, options.text, seed))
    // Faults go to the append.
    yield* Effect.ignore(engine.host.journal.drained)
    const error = yield* stored
    if (error !== undefined) unstored(engine, row.digest)
    if (error?.reason === "Exists") return yield* existing(engine, workflow, row, options.text)
    if (error !== undefined) {
      live.ledger.lose(error)
      return yield* error
    }
    tellCreated(engine.host, live.ledger)
    yield* seed.prepare!(live)
    begin(engine, live, options)
    return row
  })

/** Writes at once; the effect waits until it is known what came of it. */
const written = (journal: Writes, writes: ReadonlyArray<Write>): Effect.Effect<JournalError | undefined> => {
  const end = Deferred.makeUnsafe<JournalError | undefined>()
  journal.append(writes, (error) => Deferred.doneUnsafe(end, Effect.succeed(error)))
  return Deferred.await(end)
}
