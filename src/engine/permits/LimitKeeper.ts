/**
 * Tells storage the limits of semaphores: numbers once, sources whenever they answer.
 *
 * Owns: which semaphores this process has seen, reads in progress,
 * watches. Does not own: the limit in force (storage does).
 * Rules: a change that comes while the source is read, or while a failure is waited out, makes it be read again. A
 * permanent failure fails who asked before that read began; for the others it is read again. A transient failure is
 * tried again with exponential backoff, a bounded number of times once nobody waits, and holders are not touched. A new
 * waiter or a change of the source begins a new round. A source that cannot be watched is read once a second at most,
 * and that often while anybody waits.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { JournalShape } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { limitOf, unavailable } from "../../lock/limitOf.ts"
import type { LimitUnavailable } from "../../lock/LimitUnavailable.ts"
import type { SemaphoreRow } from "../../lock/Permit.ts"
import type { LimitSource, Semaphore } from "../../workflow/Semaphore.ts"

const firstDelay = 100
const longestDelay = 30_000
/**
 * Reads per round when nobody waits: with the delays above about two
 * and a half minutes; then the next waiter or change begins a new one.
 */
const readsPerRound = 12

/** How long an answer of a source that cannot be watched counts, in milliseconds. */
const freshFor = 1_000

interface Kept {
  readonly name: string
  readonly per: number | null
  limit: number | null
  problem: string | null
  round: Fiber.Fiber<unknown, unknown> | undefined
  /** Whether somebody asked since the latest read began. */
  asked: boolean
  /** Whether it has changed since the latest read began. */
  changed: boolean
  /** Cuts the wait before the next read short. */
  hurry: (() => void) | undefined
  unwatch: (() => void) | undefined
}

/** Who waits for limits. */
export interface Desk {
  /** Whether anybody here waits for a name. */
  readonly isWanted: (name: string) => boolean
  /** The number of the latest request here; they only grow. */
  readonly latest: () => number
  /** Hears of a limit that could not be read, for requests up to this one. */
  readonly failed: (name: string, error: LimitUnavailable, upTo: number) => void
  /** Stores what is known of a limit; an `initial` one counts only where none is known. */
  readonly store: (row: SemaphoreRow, initial?: boolean) => void
}

/** The limits of the semaphores one engine uses. */
export class LimitKeeper {
  readonly #journal: JournalShape
  readonly #context: Context.Context<never>
  readonly #desk: Desk
  readonly #kept: Map<string, Kept> = new Map()

  constructor(journal: JournalShape, context: Context.Context<never>, desk: Desk) {
    this.#journal = journal
    this.#context = context
    this.#desk = desk
  }

  /** Somebody is about to wait for this semaphore. */
  need(semaphore: Semaphore): void {
    const { limit, name, per } = semaphore
    const kept = this.#kept.get(name) ?? newlyKept(name, per)
    this.#kept.set(name, kept)
    if (typeof limit === "number") return this.#tell(kept, limit, "code", null)
    if (limit._tag === "StoredLimit") return this.#tellOnce(name, kept, limit.initial)
    kept.unwatch ??= this.#watch(kept, limit)
    if (kept.limit === null || kept.unwatch === undefined) this.#read(name, kept, limit)
  }

  /** Stops reading and watching. */
  close(): void {
    const all = [...this.#kept.values()]
    this.#kept.clear()
    for (const { round, unwatch } of all) {
      round?.interruptUnsafe()
      unwatch?.()
    }
  }

  #tell(kept: Kept, limit: number | null, source: string, problem: string | null): void {
    if (kept.limit === limit && kept.problem === problem) return
    kept.limit = limit
    kept.problem = problem
    this.#desk.store({ name: kept.name, limit, per: kept.per, source, problem })
  }

  #tellOnce(name: string, kept: Kept, initial: number): void {
    if (kept.limit !== null) return
    kept.limit = initial
    this.#desk.store({ name, limit: initial, per: kept.per, source: "state file", problem: null }, true)
  }

  /** Answers `undefined` when it cannot be watched. */
  #watch(kept: Kept, source: LimitSource): Kept["unwatch"] {
    try {
      return source.watch?.(() => {
        kept.changed = true
        kept.hurry?.()
        this.#read(kept.name, kept, source)
      })
    } catch {
      return undefined
    }
  }

  #read(name: string, kept: Kept, source: LimitSource): void {
    kept.asked = true
    if (kept.round !== undefined) return
    const round = Effect.ensuring(
      // When storage is lost, whoever waits hears of it by the append that asks.
      Effect.ignore(this.#attempt(name, kept, source, 1)),
      Effect.sync(() => {
        kept.round = undefined
        if (kept.asked && this.#kept.has(name) && this.#desk.isWanted(name)) this.#read(name, kept, source)
      })
    )
    const fiber = Effect.runForkWith(this.#context)(round)
    if (fiber.pollUnsafe() === undefined) kept.round = fiber
  }

  #attempt(name: string, kept: Kept, source: LimitSource, number: number): Effect.Effect<void, JournalError> {
    return Effect.suspend(() => {
      kept.asked = false
      kept.changed = false
      const upTo = this.#desk.latest()
      return Effect.flatMap(readOnce(source), (answer) => {
        if (kept.changed) return this.#attempt(name, kept, source, 1)
        if (typeof answer === "number") return this.#learn(kept, answer, source)
        if (answer.isRetryable) return this.#putOff(name, kept, source, answer, number)
        return Effect.sync(() => this.#giveUp(name, kept, source, answer, upTo))
      })
    })
  }

  #putOff(
    name: string,
    kept: Kept,
    source: LimitSource,
    error: LimitUnavailable,
    number: number
  ): Effect.Effect<void, JournalError> {
    return Effect.flatMap(this.#inForce(name), (inForce) => {
      // What is known, here or to another process, stays in force for holders and grants; only the problem is shown.
      this.#tell(kept, inForce ?? kept.limit, source.describe, error.message)
      if (number >= readsPerRound && !this.#desk.isWanted(name)) return Effect.void
      const delay = Math.min(firstDelay * 2 ** (number - 1), longestDelay)
      return Effect.andThen(pause(kept, delay), Effect.suspend(() => this.#attempt(name, kept, source, number + 1)))
    })
  }

  #learn(kept: Kept, limit: number, source: LimitSource): Effect.Effect<void, JournalError> {
    const again = Effect.suspend(() =>
      this.#desk.isWanted(kept.name) ? this.#attempt(kept.name, kept, source, 1) : Effect.void
    )
    return Effect.flatMap(this.#inForce(kept.name), (inForce) => {
      // Told again when it is not in force: another process may have come upon a source of its own that is broken.
      if (inForce !== limit) kept.limit = null
      this.#tell(kept, limit, source.describe, null)
      return kept.unwatch === undefined ? Effect.andThen(pause(kept, freshFor), again) : Effect.void
    })
  }

  #inForce(name: string): Effect.Effect<number | null, JournalError> {
    return Effect.map(
      this.#journal.reads.semaphores(),
      (rows) => rows.find((row) => row.name === name)?.limit ?? null
    )
  }

  #giveUp(name: string, kept: Kept, source: LimitSource, error: LimitUnavailable, upTo: number): void {
    this.#tell(kept, null, source.describe, error.message)
    this.#desk.failed(name, error, upTo)
  }
}

const newlyKept = (name: string, per: number | null): Kept => ({
  name,
  per,
  limit: null,
  problem: null,
  round: undefined,
  asked: false,
  changed: false,
  hurry: undefined,
  unwatch: undefined
})

const pause = (kept: Kept, millis: number): Effect.Effect<unknown> =>
  Effect.timeoutOption(
    Effect.callback<void>((resume) => {
      if (kept.changed) return resume(Effect.void)
      kept.hurry = () => resume(Effect.void)
      return Effect.sync(() => {
        kept.hurry = undefined
      })
    }),
    Duration.millis(millis)
  )

const readOnce = (source: LimitSource): Effect.Effect<number | LimitUnavailable> =>
  Effect.map(
    Effect.exit(Effect.suspend(() => begin(source))),
    (exit) =>
      Exit.isSuccess(exit)
        ? limitOf(exit.value, source.describe)
        : unavailable(Cause.squash(exit.cause), source.describe)
  )

const begin = (source: LimitSource): Effect.Effect<unknown, unknown> => {
  const read = source.read()
  if (Effect.isEffect(read)) return read
  // Whoever listens to the promise may come only after it has been rejected.
  read.catch(() => {})
  return Effect.tryPromise({ try: () => read, catch: (error) => error })
}
