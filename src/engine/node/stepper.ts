/**
 * Durable schedules: a `Schedule` keeps its state in closures, so
 * after a restart the recorded failures are played into a fresh one.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Schedule from "effect/Schedule"
import type { Recorded } from "../../run/Event.ts"
import { decodeTyped } from "./value.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"

/** Asks the schedule once: the delay in milliseconds, or `done`. */
export type Stepper = (now: number, error: unknown) => Effect.Effect<{ readonly delay: number } | "done">

/** A stepper that has already seen the failures this node recorded in the current epoch. */
export const makeStepper = (
  live: LiveNode,
  spec: NodeSpec,
  schedule: Schedule.Schedule<unknown, unknown, never, never>
): Effect.Effect<Stepper> =>
  Effect.gen(function* () {
    const step = yield* Schedule.toStep(schedule)
    const ask: Stepper = (now, error) =>
      Pull.matchEffect(step(now, error), {
        onSuccess: ([, delay]) => Effect.succeed({ delay: Duration.toMillis(delay) }),
        onDone: () => Effect.succeed("done" as const),
        onFailure: Effect.failCause
      })
    for (const { at, event } of recordedFailures(live, spec)) {
      if (event.type === "AttemptFailed") yield* ask(at, decodeTyped(spec.error, event.error))
    }
    return ask
  })

/** The failed attempts of the current epoch, in order. */
export const recordedFailures = (live: LiveNode, spec: NodeSpec): ReadonlyArray<Recorded> => {
  const { ledger } = live.run
  const row = ledger.nodes.get(spec.path)
  if (row === undefined || row.attempt < 2 && row.waiting !== "Retry") return []
  return (ledger.attempts.get(spec.path) ?? []).filter(({ seq }) => seq >= row.inputSeq)
}
