/**
 * A simulated world: a seeded scheduler and a clock that moves only when nothing can run. The same seed gives the same
 * history, on every runtime. The engine knows nothing of it: only `Scheduler`, `Clock` and `Turn` are replaced.
 *
 * Owns: runnable tasks, sleepers, virtual time. Does not own: storage,
 * which outlives a world (`crash` drops the world, not the disk).
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Scheduler from "effect/Scheduler"
import { Turn } from "../journal/Turn.ts"
import { type Time, VirtualClock } from "./VirtualClock.ts"

/** A seeded source of numbers in [0, 1) (mulberry32). */
export const makeRandom = (seed: number): () => number => {
  let state = seed | 0
  return () => {
    state = state + 0x6d2b79f5 | 0
    let mixed = Math.imul(state ^ state >>> 15, 1 | state)
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed
    return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296
  }
}

/** One life of a simulated process. */
export class World {
  /** Draws a number in [0, 1), the same ones in each play of a seed. */
  readonly random: () => number
  readonly #clock: VirtualClock
  /** Steps taken so far. */
  steps: number = 0
  /** Fibers of this world that have started and not ended: 0 once everything is over, or something leaked. */
  fibers: number = 0
  #tasks: Array<() => void> = []
  readonly #preempt: number

  /** `preempt` is the chance that a fiber is interrupted by others between two operations; default 0.05. */
  constructor(random: () => number, time: Time = { now: 0 }, preempt = 0.05) {
    this.random = random
    this.#clock = new VirtualClock(time)
    this.#preempt = preempt
  }

  /** Virtual time now. */
  get now(): number {
    return this.#clock.time.now
  }

  /** Whether something can run at this very instant. */
  get busy(): boolean {
    return this.#tasks.length > 0
  }

  /** The instant at which the next sleeper wakes; `Infinity` when nobody sleeps. */
  get nextWake(): number {
    return this.#clock.nextWake
  }

  /** The references fibers of this world are started with. */
  get context(): Context.Context<never> {
    return this.#contextAt(this.#preempt)
  }

  /** The same for fibers that go on until they have to wait, as those who look at the world from outside. */
  get onlooker(): Context.Context<never> {
    return this.#contextAt(0)
  }

  #contextAt(preempt: number): Context.Context<never> {
    return Context.empty().pipe(
      Context.add(Scheduler.Scheduler, this.#schedulerAt(preempt)),
      Context.add(Clock.Clock, this.#clock),
      Context.add(Turn, (run) => this.add(run)),
      Context.add(Metric.FiberRuntimeMetrics, {
        recordFiberStart: () => {
          this.fibers++
        },
        recordFiberEnd: () => {
          this.fibers--
        }
      })
    ) as Context.Context<never>
  }

  /** Puts a task among the runnable ones. */
  readonly add = (task: () => void): void => {
    this.#tasks.push(task)
  }

  /** Starts an effect in this world. */
  fork<A, E>(effect: Effect.Effect<A, E>): Fiber.Fiber<A, E> {
    return Effect.runForkWith(this.context)(effect)
  }

  /** Whether nothing can ever happen any more. */
  get idle(): boolean {
    return this.#tasks.length === 0 && this.nextWake === Infinity
  }

  /** Runs until `done`, until nothing can happen any more, or for `limit` steps; answers whether it was `done`. */
  run(done: () => boolean, limit = 200_000): boolean {
    for (let left = limit; left > 0; left--) {
      if (done()) return true
      if (!this.step()) return done()
    }
    throw new Error(`livelock: ${limit} steps at t=${this.now}`)
  }

  /**
   * Does one thing: a runnable task chosen by the seed, else the next sleeper in time. Answers whether there was one.
   */
  step(): boolean {
    this.steps++
    if (this.#tasks.length > 0) {
      this.#take(this.#tasks)()
      return true
    }
    if (this.nextWake === Infinity) return false
    this.#clock.wakeNext(this.random())
    return true
  }

  /** Wakes the next sleeper although others could still run, as a timer that fires in the middle of a turn. */
  ring(): void {
    if (this.nextWake !== Infinity) this.#clock.wakeNext(this.random())
  }

  #take(tasks: Array<() => void>): () => void {
    const index = Math.floor(this.random() * tasks.length)
    const task = tasks[index]!
    tasks[index] = tasks.at(-1)!
    tasks.pop()
    return task
  }

  #schedulerAt(preempt: number): Scheduler.Scheduler {
    return {
      executionMode: "async",
      shouldYield: (fiber) => preempt > 0 && fiber.currentOpCount > 1 && this.random() < preempt,
      makeDispatcher: () => ({
        scheduleTask: (task) => this.add(task),
        flush: () => {
          while (this.#tasks.length > 0) this.#take(this.#tasks)()
        }
      })
    }
  }
}
