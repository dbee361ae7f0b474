/**
 * Where nodes wait for permits in this process. Who is granted what
 * is decided in storage, in the transaction that frees or asks.
 *
 * Owns: who waits here and how to wake them, the limits this process has told storage, one timer for each rate that
 * keeps one of its nodes waiting. Does not own: the queue and the grants (the journal does).
 * Invariants
 * - D1 A waiter is woken exactly once: granted, or failed because a limit can never be read.
 * - D2 A request is stored before anybody waits for it, and dropped in storage when its waiter gives up. A grant
 *   that is told before is of an earlier life of the node, which the same commit takes back or grants anew.
 * - D3 Whoever waits for a rate looks again after one period at the latest: a notice
 *   that is lost, or an instant told before the clock was set, costs no more than that.
 */
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { JournalShape, Notice, Write } from "../../journal/Journal.ts"
import { Turn } from "../../journal/Turn.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { limitIn } from "../../workflow/shortLived.ts"
import type { PermitRequest } from "../../lock/Permit.ts"
import type { LimitUnavailable } from "../../lock/LimitUnavailable.ts"
import type { Semaphore } from "../../workflow/Semaphore.ts"
import { LimitKeeper } from "./LimitKeeper.ts"

type Woken = Effect.Effect<void, LimitUnavailable | JournalError>

interface Waiter {
  readonly number: number
  readonly run: number
  readonly path: string
  readonly names: ReadonlyArray<string>
  isStored: boolean
  readonly wake: (woken: Woken, isGranted: boolean) => void
}

/** Whoever holds the permits once they are granted. */
export interface Holder {
  holdsPermits: boolean
}

/** The permits of one engine. */
export class PermitDesk {
  readonly #journal: JournalShape
  readonly #now: () => number
  readonly #clock: Clock.Clock
  readonly #turn: (run: () => void) => void
  readonly #waiters: Map<string, Waiter> = new Map()
  #latest = 0
  readonly #limits: LimitKeeper
  readonly #context: Context.Context<never>
  readonly #refills: Map<string, { readonly at: number; readonly timer: Fiber.Fiber<void> }> = new Map()
  /** The periods of rates that somebody here has waited for. */
  readonly #periods: Map<string, number> = new Map()
  /** When each rate that somebody here waits for is looked at, whatever notices say: by a clock that nobody sets. */
  readonly #lookBy: Map<string, number> = new Map()

  constructor(journal: JournalShape, context: Context.Context<never>, clock: Clock.Clock) {
    this.#journal = journal
    this.#context = context
    this.#turn = Context.get(context, Turn)
    this.#now = () => clock.currentTimeMillisUnsafe()
    this.#clock = clock
    this.#limits = new LimitKeeper(journal, context, {
      isWanted: (name) => [...this.#waiters.values()].some(({ names }) => names.includes(name)),
      latest: () => this.#latest,
      failed: (name, error, upTo) => this.#failAll(name, error, upTo),
      store: (row, initial) => this.#append({ kind: "semaphore", row, ...(initial === true ? { initial } : {}) })
    })
  }

  /** Hears of grants, and of the instants from which rates can serve. */
  readonly heard = (notice: Notice): void => {
    if (notice.type === "granted") this.#granted(key(notice.run, notice.path))
    if (notice.type === "refill") this.#refillAt(notice.name, notice.at)
  }

  #granted(id: string): void {
    if (this.#waiters.get(id)?.isStored === true) this.#wake(id, Effect.void, true)
  }

  /** Asks for permits and waits for all of them; `waiting` is called once when they are not granted at once. */
  take(request: PermitRequest, semaphores: ReadonlyArray<Semaphore>, holder: Holder, waiting: () => void): Woken {
    return Effect.callback((resume) => {
      const id = key(request.run, request.path)
      const wake = (woken: Woken, isGranted: boolean): void => {
        // At once, not when the fiber goes on: if it is interrupted in between, the permits must still be given back.
        holder.holdsPermits = isGranted
        resume(woken)
      }
      const waiter: Waiter = {
        number: ++this.#latest,
        run: request.run,
        path: request.path,
        names: request.takes.map(({ name }) => name),
        isStored: false,
        wake
      }
      // Later the same node may wait again, in another epoch of its run.
      const isHere = (): boolean => this.#waiters.get(id) === waiter
      this.#waiters.set(id, waiter)
      for (const semaphore of semaphores) {
        if (limitIn(semaphore.name) !== null) continue
        this.#limits.need(semaphore)
        if (semaphore.per !== null) this.#periods.set(semaphore.name, semaphore.per)
      }
      this.#journal.append([{ kind: "request", row: request, at: this.#now() }], (error) => {
        if (error !== undefined) return isHere() ? this.#wake(id, Effect.fail(error)) : undefined
        waiter.isStored = true
        // Grants of the same commit are told right after; whoever is still here then has to wait.
        this.#turn(() => {
          if (!isHere()) return
          waiting()
          for (const name of waiter.names) this.#lookLater(name)
        })
      })
      return Effect.sync(() => {
        if (isHere() && this.#waiters.delete(id)) this.release(request.run, request.path)
      })
    })
  }

  /** Gives back what a node holds or waits for. */
  release(run: number, path: string): void {
    this.#append({ kind: "release", run, path })
  }

  /** Stops watching limit sources, and forgets what it has told storage: whoever asks next tells it again. */
  close(): void {
    this.#limits.close()
    for (const { timer } of this.#refills.values()) timer.interruptUnsafe()
    this.#refills.clear()
    this.#periods.clear()
    this.#lookBy.clear()
  }

  /** A notice may bring the next look forward or put it off, but never past one period since the last. */
  #refillAt(name: string, at: number): void {
    this.#refills.get(name)?.timer.interruptUnsafe()
    const longest = (this.#lookBy.get(name) ?? Infinity) - this.#elapsed()
    const wait = Effect.sleep(Duration.millis(Math.max(0, Math.min(longest, at - this.#now()))))
    const refill = Effect.sync(() => {
      this.#refills.delete(name)
      this.#lookBy.delete(name)
      this.#append({ kind: "refill", name, at: this.#now() })
      this.#lookLater(name)
    })
    this.#refills.set(name, { at, timer: Effect.runForkWith(this.#context)(Effect.andThen(wait, refill)) })
  }

  /** Sees to it that somebody looks within one period, unless nobody waits for this rate any more. */
  #lookLater(name: string): void {
    const period = this.#periods.get(name)
    if (period === undefined || this.#lookBy.has(name)) return
    if ([...this.#waiters.values()].some(({ names }) => names.includes(name))) {
      this.#lookBy.set(name, this.#elapsed() + period)
      this.#refillAt(name, this.#refills.get(name)?.at ?? Infinity)
    } else this.#periods.delete(name)
  }

  #elapsed(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6
  }

  /** When storage is lost nobody is ever granted anything: whoever waits here ends, and so the engine hears of it. */
  #append(write: Write): void {
    this.#journal.append([write], (error) => {
      if (error === undefined || error.concernsOneAppend) return
      for (const id of [...this.#waiters.keys()]) this.#wake(id, Effect.fail(error))
    })
  }

  #wake(id: string, woken: Woken, isGranted = false): void {
    const waiter = this.#waiters.get(id)
    if (waiter === undefined) return
    this.#waiters.delete(id)
    waiter.wake(woken, isGranted)
  }

  #failAll(name: string, error: LimitUnavailable, upTo: number): void {
    for (const [id, { names, number, path, run }] of [...this.#waiters]) {
      if (number > upTo || !names.includes(name)) continue
      this.release(run, path)
      this.#wake(id, Effect.fail(error))
    }
  }
}

const key = (run: number, path: string): string => `${run} ${path}`
