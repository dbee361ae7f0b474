/** Following a run from any process: its events, recorded and live, until its end has been told. Nothing here polls. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Recorded } from "../../run/Event.ts"
import { isTerminal } from "../../run/Phase.ts"
import { countFault, demand } from "../../workflow/values.ts"
import { asked, type AskError } from "../asked.ts"
import type { Engine } from "../Engine.ts"
import { EngineClosed } from "../EngineError.ts"
import { payAttention, whenChanged } from "./whenChanged.ts"

const batch = 500

/**
 * The events of a run after `after`, then live ones, until the run's
 * end has been seen. Fails when the engine is closed or lost before.
 */
export const events = (
  engine: Engine,
  key: number,
  after = 0
): Stream.Stream<Recorded, AskError> => {
  const attention = Effect.acquireRelease(
    asked(engine, "follow a run", () => {
      demand("the sequence number after which events are read", countFault(after))
      return Effect.succeed(payAttention(engine, key, () => {}))
    }),
    ({ end }) => Effect.sync(end)
  )
  return Stream.unwrap(Effect.map(attention, () => Stream.paginate(after, (seq) => page(engine, key, seq))))
}

type Page = readonly [ReadonlyArray<Recorded>, Option.Option<number>]

const page = (engine: Engine, key: number, seq: number): Effect.Effect<Page, AskError> =>
  asked(engine, "follow a run", () => whenChanged(engine, key, () => pageNow(engine, key, seq)))

const pageNow = (engine: Engine, key: number, seq: number): Effect.Effect<Page | undefined, AskError> => {
  const fault = faultOf(engine)
  if (fault !== undefined) return Effect.fail(fault)
  return Effect.map(next(engine, key, seq), (found): Page | undefined => {
    if (found === "over") return [[], Option.none()]
    return found.length === 0 ? undefined : [found, Option.some(found.at(-1)!.seq)]
  })
}

const faultOf = (engine: Engine): EngineClosed | JournalError | undefined =>
  engine.fault ?? (engine.closed ? EngineClosed.of("follow a run") : undefined)

/** The next events after a number, none when there are none yet; `over` once the end of the run was told. */
const next = (
  { host: { journal: { reads } } }: Engine,
  key: number,
  seq: number
): Effect.Effect<ReadonlyArray<Recorded> | "over", JournalError> =>
  Effect.gen(function* () {
    const found = yield* reads.events(key, seq, batch)
    if (found.length > 0) return found
    const row = yield* reads.getRun(key)
    return row === undefined || isTerminal(row.phase) && (yield* reads.lastSeq(key)) <= seq ? "over" : found
  })
