/**
 * Bodies of somebody's own tasks: watched, and counted while they have not answered.
 *
 * Owns: how many bodies of Promises have not answered. Does not own: when they are waited for.
 */
import * as Effect from "effect/Effect"
import type { AnyTask } from "../../workflow/Definition.ts"
import type { TaskContext } from "../../workflow/TaskContext.ts"
import type { Probe } from "./Probe.ts"

/** The bodies of one seed. */
export class Bodies {
  /** Bodies of Promises that have not answered. */
  pending = 0
  readonly #probe: Probe
  readonly #bodyOf: (task: AnyTask) => AnyTask["run"]

  constructor(probe: Probe, bodyOf: (task: AnyTask) => AnyTask["run"]) {
    this.#probe = probe
    this.#bodyOf = bodyOf
  }

  /** The body of a task in a process. */
  of(task: AnyTask, process: () => number): AnyTask["run"] {
    const body = this.#bodyOf(task)
    return (input: unknown, context: TaskContext) =>
      this.#probe.watch(process, context, Effect.suspend(() => this.#called(() => body(input, context))))
  }

  #called(body: () => unknown): Effect.Effect<unknown, unknown> {
    try {
      const value = body()
      if (Effect.isEffect(value)) return value as Effect.Effect<unknown, unknown>
      if (!isPromise(value)) return Effect.succeed(value)
      this.pending++
      const settled = () => {
        this.pending--
      }
      value.then(settled, settled)
      return Effect.tryPromise({ try: () => value, catch: (error) => error })
    } catch (error) {
      return Effect.fail(error)
    }
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"
