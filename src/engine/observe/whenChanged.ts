/** Waiting for something about a run, whoever executes it: looks at once and after every notice, and never polls. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { Engine } from "../Engine.ts"

/**
 * A look that gives what was waited for, or nothing yet; none at all
 * where it is clear without one that there is nothing yet.
 */
export type Look<A, E> = () => Effect.Effect<A | undefined, E> | undefined

/** Waits until `look` answers. While it waits, the process stays alive and is told of what other processes do. */
export const whenChanged = <A, E>(engine: Engine, run: number, look: Look<A, E>): Effect.Effect<A, E> =>
  whenFound(engine, run, look, (answer) => answer)

/** The same, for what is a part of the answer, and may be `undefined`. */
export const whenFound = <A, B, E>(
  engine: Engine,
  run: number,
  look: Look<B, E>,
  part: (answer: B) => A
): Effect.Effect<A, E> =>
  Effect.callback((resume) => {
    const told = (answer: Effect.Effect<A, E>): void => {
      end()
      resume(answer)
    }
    const looks = new Looks(engine, () => {
      const { lives } = engine
      const looking = look()
      if (looking === undefined) return undefined
      if (Exit.isExit(looking) && Exit.isSuccess(looking) && looking.value !== undefined) {
        told(Effect.succeed(part(looking.value as B)))
        return undefined
      }
      return Effect.matchCause(looking, {
        // What was lost with an earlier life is looked for again in the next one.
        onFailure: (cause) => engine.lives === lives ? told(Effect.failCause(cause)) : undefined,
        onSuccess: (answer) => answer === undefined ? undefined : told(Effect.succeed(part(answer)))
      })
    })
    const attention = payAttention(engine, run, () => looks.next())
    const end = (): void => {
      attention.end()
      looks.end()
    }
    looks.next()
    return Effect.sync(end)
  })

/**
 * Calls `look` after every notice about a run, from any process, until `end` is called. While the run is executed here,
 * others have nothing to tell of it.
 */
export const payAttention = (
  engine: Engine,
  run: number,
  look: () => void
): { readonly look: () => void; readonly end: () => void } => {
  let unwatch: (() => void) | undefined
  const watchOthers = (): void => {
    if (!engine.live.has(run) && !engine.closed) unwatch ??= engine.host.journal.watch()
  }
  watchOthers()
  const rest = engine.host.stayAlive()
  const unlisten = engine.listen(run, () => {
    watchOthers()
    look()
  })
  const end = (): void => {
    unlisten()
    unwatch?.()
    rest()
  }
  return { look, end }
}

/** One look at a time, and once more when something changed during one. */
class Looks {
  readonly #engine: Engine
  readonly #look: () => Effect.Effect<void> | undefined
  #fiber: Fiber.Fiber<void> | undefined
  #isLooking = false
  #again = false
  #isOver = false

  constructor(engine: Engine, look: () => Effect.Effect<void> | undefined) {
    this.#engine = engine
    this.#look = look
  }

  next(): void {
    if (this.#isOver) return
    this.#again = this.#isLooking
    if (this.#engine.renewing !== undefined && !this.#engine.closed) return
    const looking = this.#isLooking ? undefined : this.#look()
    if (looking === undefined) return
    this.#isLooking = true
    const fiber = Effect.runForkWith(this.#engine.host.context)(looking)
    this.#fiber = fiber
    this.#engine.looks.add(fiber)
    fiber.addObserver(() => {
      this.#engine.looks.delete(fiber)
      this.#isLooking = false
      if (this.#again) this.next()
    })
  }

  end(): void {
    this.#isOver = true
    this.#fiber?.interruptUnsafe()
  }
}
