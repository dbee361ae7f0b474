/**
 * The services of a test engine, with its clock in place of any other.
 *
 * Owns: what a layer acquired, until `close`. Does not own: who moves the clock.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { bodyServices } from "../embed/bodyServices.ts"
import { VirtualClock } from "./VirtualClock.ts"

/** What services are made of. */
export interface ServicesOptions {
  /** The first instant, in milliseconds since the epoch; default 2026-01-01T00:00:00Z. */
  readonly startAt?: number
  readonly layer?: Layer.Layer<never, unknown>
}

const firstInstant = 1_767_225_600_000

/** Services that are there. */
export class BuiltServices {
  readonly clock: VirtualClock
  readonly context: Context.Context<never>
  readonly #scope: Scope.Closeable

  constructor(clock: VirtualClock, context: Context.Context<never>, scope: Scope.Closeable = Scope.makeUnsafe()) {
    this.clock = clock
    this.context = Context.add(bodyServices(context), Clock.Clock, clock) as Context.Context<never>
    this.#scope = scope
  }

  /** Services that somebody else built, and closes. */
  static given({ startAt = firstInstant }: ServicesOptions, context: Context.Context<never>): BuiltServices {
    return new BuiltServices(new VirtualClock({ now: startAt }), context)
  }

  /** Builds services without waiting; throws the error of the layer, or says how to wait. */
  static atOnce(options: ServicesOptions): BuiltServices {
    const { clock, fiber, scope } = build(options)
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return new BuiltServices(clock, Effect.runSync(exit), scope)
    fiber.interruptUnsafe()
    throw new Error(
      "The layer of this test engine is not built at once: use `await TestEngine.make({ layer })`, which waits for it"
    )
  }

  /** Builds services and lets virtual time pass until they are there. */
  static async inTime(options: ServicesOptions, turn: () => Promise<void>): Promise<BuiltServices> {
    const { clock, fiber, scope } = build(options)
    for (;;) {
      await turn()
      const exit = fiber.pollUnsafe()
      if (exit !== undefined) return new BuiltServices(clock, Effect.runSync(exit), scope)
      clock.wakeNext()
    }
  }

  /** Gives back what the layer acquired. */
  close(): Promise<void> {
    return Effect.runPromise(Scope.close(this.#scope, Exit.void))
  }
}

interface Building {
  readonly clock: VirtualClock
  readonly scope: Scope.Closeable
  readonly fiber: Fiber.Fiber<Context.Context<never>, unknown>
}

/** What was acquired for a layer that fails is given back. */
const build = ({ layer = Layer.empty, startAt = firstInstant }: ServicesOptions): Building => {
  const clock = new VirtualClock({ now: startAt })
  const scope = Scope.makeUnsafe()
  const built = Effect.onError(Layer.buildWithScope(layer, scope), (cause) => Scope.close(scope, Exit.failCause(cause)))
  const services = Context.add(bodyServices(Context.empty()), Clock.Clock, clock) as Context.Context<never>
  return { clock, scope, fiber: Effect.runForkWith(services)(built) }
}
