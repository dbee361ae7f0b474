/**
 * What an engine does about runs that it does not execute yet, one thing after the other: it takes them over, reads
 * what was sent to them, gives them back. A second notice waits until what the first one led to is done, however long
 * storage takes.
 *
 * Owns: the queue. Does not own: what is done, what a failure means (whoever posts says).
 * Invariant: what is done here never waits for something else that is to be done here.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** Does one thing after the other. */
export class Mailbox {
  readonly #context: Context.Context<never>
  #jobs: Array<Effect.Effect<unknown>> = []
  #isBusy = false

  constructor(context: Context.Context<never>) {
    this.#context = context
  }

  /** Does something when its turn has come; at once when nothing else is being done. */
  post(job: Effect.Effect<void>): void {
    this.#jobs.push(job)
    this.#go()
  }

  /** The same, and gives what came of it. It is done to its end, also when nobody waits for it any more. */
  ask<A, E>(job: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.callback((resume) => {
      this.post(Effect.map(Effect.exit(job), (exit) => resume(exit)))
    })
  }

  #go(): void {
    if (this.#isBusy || this.#jobs.length === 0) return
    this.#isBusy = true
    const work = Effect.whileLoop({
      while: () => this.#jobs.length > 0,
      body: () => this.#jobs.shift()!,
      step: () => {}
    })
    Effect.runForkWith(this.#context)(work).addObserver((exit) => {
      this.#isBusy = false
      this.#go()
      if (Exit.isFailure(exit)) Effect.runSync(exit)
    })
  }
}
