/** What the bodies of simulated tasks do. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TaskContext } from "../../src/workflow/TaskContext.ts"

/** The typed error of simulated tasks. */
export class Flaky extends Schema.TaggedError<Flaky>()("Flaky", { attempt: Schema.Int }) {}

/** How one simulated body behaves. */
export interface Behaviour {
  /** Virtual milliseconds it takes. */
  readonly millis: number
  /** Attempts up to this one fail. */
  readonly failures: number
  /** How a failing attempt fails. */
  readonly how: "typed" | "defect" | "throw"
  /** Never ends by itself. */
  readonly hangs: boolean
  /** Does not let itself be interrupted while it works. */
  readonly stubborn: boolean
  /** Children it starts at run time. */
  readonly children: number
}

/** The Effect of a body with this behaviour. */
export const behave = (behaviour: Behaviour, context: TaskContext): Effect.Effect<number, Flaky> => {
  const { failures, how, millis } = behaviour
  const work = behaviour.hangs ? Effect.never : Effect.sleep(millis)
  const held = behaviour.stubborn && !behaviour.hangs ? Effect.uninterruptible(work) : work
  const end = Effect.suspend((): Effect.Effect<number, Flaky> => {
    if (context.attempt > failures) return Effect.succeed(context.attempt)
    if (how === "typed") return Effect.fail(new Flaky({ attempt: context.attempt }))
    if (how === "defect") return Effect.die(new Error("simulated defect"))
    throw new Error("simulated throw")
  })
  return Effect.andThen(held, end)
}
