/** The result of a run: its decoded output, or its typed error, also after a restart and in another process. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { continuedIn } from "../../run/chain.ts"
import type { Ending } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { RunNotFound } from "../EngineError.ts"
import type { LiveRun } from "../Live.ts"
import { definitionNow, definitionOf } from "../life/definitions.ts"
import { type EndError, kept, whenEnded } from "./observe.ts"
import { RunFailed } from "./RunFailed.ts"
import { raisedError, statedError } from "./typedError.ts"
import { nothing } from "../node/NodeEnd.ts"
import { fromText } from "../node/value.ts"

/** Waits for the end of a run; succeeds with its output, fails with its typed error or with `RunFailed`. */
export const result = (engine: Engine, key: number): Effect.Effect<unknown, unknown> =>
  whenChainEnded(engine, key, (row, live) => told(engine, row, live) ?? read(engine, row))

/** The run in which another one goes on. */
class Next {
  readonly key: number

  constructor(key: number) {
    this.key = key
  }
}

/**
 * What a run that goes on in another one gives is what that one does. One link is waited for at a time: what a chain
 * without an end costs those who wait for it does not grow.
 */
const whenChainEnded = <A, E>(
  engine: Engine,
  key: number,
  read: (row: RunRow, live: LiveRun | undefined) => Effect.Effect<A, E>
): Effect.Effect<A, E | EndError> =>
  Effect.flatMap(
    whenEnded<A | Next, E | EndError>(engine, key, (row, live) => following(engine, row) ?? read(row, live)),
    (found) => found instanceof Next ? whenChainEnded(engine, found.key, read) : Effect.succeed(found)
  )

const following = (engine: Engine, row: RunRow): Effect.Effect<Next, JournalError | RunNotFound> | undefined => {
  const next = continuedIn(row)
  if (next === undefined) return undefined
  return Effect.flatMap(
    engine.host.journal.reads.findRun(next),
    (found): Effect.Effect<Next, RunNotFound> =>
      found === undefined ? Effect.fail(RunNotFound.of(next)) : Effect.succeed(new Next(found.key))
  )
}

/** The output of a run that ends here just now: the same text that is recorded. */
const told = (
  engine: Engine,
  row: RunRow,
  live: LiveRun | undefined
): Effect.Effect<unknown, unknown> | undefined => {
  if (live?.ledger.row !== row || live.end?.phase !== "Succeeded") return undefined
  const { text = nothing } = live.end
  const known = definitionNow(engine, row)
  if (known === undefined) return Effect.flatMap(definitionOf(engine, row), (known) => decode(known, text))
  try {
    return Effect.succeed(fromText(known.output, text))
  } catch (error) {
    return Effect.fail(error)
  }
}

/** How a run ended, without throwing its failure. */
export const ending = (engine: Engine, key: number): Effect.Effect<Ending, EndError> =>
  whenChainEnded(engine, key, (row): Effect.Effect<Ending, EndError> => endingOf(engine, row))

/** The recorded ending of a run that has ended, and may be deleted meanwhile. */
const endingOf = (engine: Engine, { key, resultSeq }: RunRow): Effect.Effect<Ending, JournalError | RunNotFound> =>
  Effect.flatMap(engine.host.journal.reads.events(key, resultSeq - 1, 1), ([recorded]) => {
    if (recorded?.event.type === "RunFinished") return Effect.succeed(recorded.event.ending)
    return Effect.map(kept(engine, key), (): Ending => ({ phase: "Error", message: "The ending is missing" }))
  })

const read = (engine: Engine, row: RunRow): Effect.Effect<unknown, unknown> =>
  Effect.gen(function* () {
    const ending = yield* endingOf(engine, row)
    const known = yield* definitionOf(engine, row)
    if (ending.phase === "Succeeded") return yield* decode(known, JSON.stringify(ending.output ?? null))
    const workflow = typeof known === "string" ? undefined : known
    const stated = workflow === undefined ? undefined : statedError(workflow, ending)
    if (stated !== undefined) return yield* Effect.fail(stated)
    const raised = workflow === undefined ? undefined : raisedError(workflow, ending)
    return yield* RunFailed.of("", ending, row.id, raised)
  })

const decode = (known: AnyWorkflow | string, text: string): Effect.Effect<unknown, unknown> =>
  typeof known === "string"
    ? Effect.succeed(JSON.parse(text))
    : Effect.try({ try: () => fromText(known.output, text), catch: (error) => error })
