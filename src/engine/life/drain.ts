/** How live runs get the time to end before their engine closes. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { isTerminal } from "../../run/Phase.ts"
import { isAtRest } from "../../run/rest.ts"
import type { NodeRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"
import type { LiveRun } from "../Live.ts"

/** An open run that an engine left when it was closed: it goes on when the file is opened again. */
export interface LeftRun {
  /** The id of the run. */
  readonly run: string
  /** The name of its workflow. */
  readonly workflow: string
  /** Whether something of it was at work and was cut off; false where all of it waited. */
  readonly wasAtWork: boolean
}

/** The open runs of an engine. */
export const leftRuns = (engine: Engine): ReadonlyArray<LeftRun> =>
  [...engine.live.values()].filter(({ ledger }) => !isTerminal(ledger.row.phase)).map((live) => ({
    run: live.ledger.row.id,
    workflow: live.ledger.row.workflow,
    wasAtWork: !rests(engine, live, engine.host.now())
  }))

/**
 * Lets live runs go on until each has ended or waits for something that does not come by itself within `limit`
 * milliseconds, but no longer than that; nothing new is started meanwhile.
 */
export const drain = (engine: Engine, limit: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    engine.closing = true
    const placed = engine.worker?.drain() ?? Effect.void
    // Others who listen for the same end are told in the same turn: they look before it is over.
    const rest = Effect.andThen(resting(engine, engine.host.now() + limit), Effect.yieldNow)
    const over = Effect.andThen(Effect.andThen(rest, placed), looked(engine))
    return Effect.provideContext(Effect.asVoid(Effect.timeoutOption(over, limit)), engine.host.context)
  })

/** One that ends lets others go on, so all have to be at rest at once. */
const resting = (engine: Engine, until: number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const look = (): void => {
      if ([...engine.live.values()].every((live) => rests(engine, live, until))) resume(Effect.void)
    }
    const stops = [...engine.live.keys()].map((run) => engine.listen(run, look))
    look()
    return Effect.sync(() => stops.forEach((stop) => stop()))
  })

const rests = ({ host }: Engine, { ledger: { nodes, row }, waitsUntil }: LiveRun, until: number): boolean => {
  const isOffered = ({ attempt, epoch, path, phase, reruns: rerun }: NodeRow): boolean =>
    phase === "Running" && host.placements.isOffered({ run: row.key, path, epoch, attempt, rerun })
  return isAtRest({ stopping: row.stopping, suspended: row.suspended, waitsUntil }, nodes.values(), until, isOffered)
}

/** Whoever waits for what has happened has seen it. */
const looked = (engine: Engine): Effect.Effect<void> =>
  Effect.suspend(() =>
    engine.looks.size === 0 ? Effect.void : Effect.andThen(Fiber.awaitAll([...engine.looks]), looked(engine))
  )
