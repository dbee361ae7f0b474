/** What an Effect test does to the engine that `TestEngine.layer` gives. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { EffectRun, ReadError } from "../embed/EffectRun.ts"
import type { RunFailed } from "../engine/observe/RunFailed.ts"
import type { DurationInput } from "../workflow/millis.ts"
import type { FakeBody, Replaceable } from "./FakeBody.ts"
import type { VirtualClock } from "./VirtualClock.ts"

/** The same as the methods of a `TestEngine`, as effects. */
export interface TestControlShape {
  /** The clock of the engine. */
  readonly clock: VirtualClock
  /** Replaces the body of a task from now on. */
  readonly replace: <I, O, E>(task: Replaceable<I, O, E>, body: FakeBody<I, O>) => Effect.Effect<void>
  /** Makes the next attempts of a task, in any node, fail with these errors, one each; then its body runs again. */
  readonly failNext: <I, O, E>(
    task: Replaceable<I, O, E>,
    ...errors: ReadonlyArray<E | Error>
  ) => Effect.Effect<void>
  /** Lets virtual time pass; everything due in it happens, in order. */
  readonly skip: (duration: DurationInput) => Effect.Effect<void>
  /** Waits until nothing happens any more without time passing. */
  readonly settle: Effect.Effect<void>
  /** Lets time pass until the run has ended, then gives its result; dies when it waits for ever, and says what for. */
  readonly finish: <O, E>(run: EffectRun<O, E>) => Effect.Effect<O, E | RunFailed | ReadError>
  /**
   * Ends the process as kill -9 does and opens the state again in a new
   * one. Get handles of runs anew: those of the old process are closed.
   */
  readonly crash: Effect.Effect<void>
}

/** The control of a test engine. */
export class TestControl extends Context.Service<TestControl, TestControlShape>()("pinnace/testing/TestControl") {}
