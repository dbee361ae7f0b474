/**
 * A journal that outlives the process number it was opened with: when that was declared dead, or storage could not be
 * reached for too long, storage is opened anew under another number, and everybody who holds the journal goes on with
 * it.
 *
 * Owns: the journal of the present number, who subscribed and who watches. Does not own: when a new number is taken
 * (the engine says so, once nothing works under the old one any more), what is stored.
 *
 * Invariants
 * - I1 One number at a time: the old one is given up before the new one is asked for.
 * - I2 What an old number had in hand is refused by it and never written by the new one: whoever writes says for whom
 *   (`engine/Ledger.ts`).
 * - I3 A look that the change cut off is made again under the new number; a claim is not.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { JournalShape } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"
import { Listeners } from "./Listeners.ts"
import type { Claims, Reads } from "./Reads.ts"
import { closedError } from "./refusals.ts"

/** Milliseconds between two tries at most. */
const longestPause = 5_000

/** A journal over this one and those that take its place; `again` opens storage as one more process. */
export const incarnations = (
  first: JournalShape,
  again: Effect.Effect<JournalShape, JournalError>
): JournalShape => new Incarnations(first, again).shape()

class Incarnations {
  #now: JournalShape
  readonly #again: Effect.Effect<JournalShape, JournalError>
  readonly #listeners = new Listeners()
  #unsubscribe: () => void
  /** Each watch that is open, and how that of the present journal is ended. */
  readonly #watches = new Map<object, () => void>()
  #change: Deferred.Deferred<void> | undefined = undefined
  readonly #closing = Deferred.makeUnsafe<void>()
  #isClosed = false

  constructor(first: JournalShape, again: Effect.Effect<JournalShape, JournalError>) {
    this.#now = first
    this.#again = again
    this.#unsubscribe = first.subscribe((notice) => this.#listeners.tell(notice))
  }

  shape(): JournalShape {
    const now = (): JournalShape => this.#now
    const { artifacts, reads } = now()
    return {
      get process() {
        return now().process
      },
      nextKey: () => now().nextKey(),
      append: (writes, done) => now().append(writes, done),
      drained: Effect.suspend(() => now().drained),
      reads: {
        ...this.#looks(reads, (journal) => journal.reads),
        artifacts: this.#looks(reads.artifacts, (journal) => journal.reads.artifacts)
      } as Reads,
      claims: this.#passed(now().claims),
      artifacts: {
        file: artifacts.file,
        nextId: () => now().artifacts.nextId(),
        isClean: () => now().artifacts.isClean?.() === true,
        whenMarked: (then) => now().artifacts.whenMarked === undefined ? then() : now().artifacts.whenMarked!(then)
      },
      subscribe: (listener) => this.#listeners.add(listener),
      watch: () => this.#watch(),
      renewed: Effect.suspend(() => this.#renewed),
      close: () => Effect.runFork(this.#closed),
      closed: Effect.suspend(() => this.#closed)
    }
  }

  /** Looks that wait for a change, and are made again when one cuts them off. */
  #looks<A extends object>(questions: A, of: (journal: JournalShape) => A): A {
    const look = (name: keyof A, args: ReadonlyArray<unknown>): Effect.Effect<unknown, JournalError> =>
      Effect.suspend(() => {
        if (this.#change !== undefined) return Effect.andThen(Deferred.await(this.#change), look(name, args))
        const asked = this.#now
        return Effect.catch(
          (of(asked)[name] as Ask)(...args),
          (error) =>
            error.reason === "Closed" && (this.#change !== undefined || this.#now !== asked) && !this.#isClosed
              ? look(name, args)
              : Effect.fail(error)
        )
      })
    const names = Object.keys(questions).filter((name) => typeof questions[name as keyof A] === "function")
    return Object.fromEntries(
      names.map((name) => [name, (...args: ReadonlyArray<unknown>) => look(name as never, args)])
    ) as A
  }

  #passed(claims: Claims): Claims {
    const ask = (name: keyof Claims) => (...args: ReadonlyArray<unknown>) =>
      Effect.suspend(() => (this.#now.claims[name] as unknown as Ask)(...args))
    return Object.fromEntries(Object.keys(claims).map((name) => [name, ask(name as keyof Claims)])) as unknown as Claims
  }

  #watch(): () => void {
    const watch = {}
    this.#watches.set(watch, this.#now.watch())
    return () => {
      this.#watches.get(watch)?.()
      this.#watches.delete(watch)
    }
  }

  get #renewed(): Effect.Effect<void, JournalError> {
    if (this.#isClosed) return Effect.fail(closedError())
    const change = Deferred.makeUnsafe<void>()
    this.#change = change
    this.#unsubscribe()
    const over = Effect.sync(() => {
      this.#change = undefined
      Deferred.doneUnsafe(change, Effect.void)
    })
    return Effect.ensuring(Effect.andThen(this.#now.closed, this.#open(0)), over)
  }

  /** Storage that cannot be had for now is asked again, for as long as anybody wants it. */
  #open(tries: number): Effect.Effect<void, JournalError> {
    if (this.#isClosed) return Effect.fail(closedError())
    return Effect.matchEffect(this.#again, {
      onSuccess: (journal) => this.#take(journal),
      onFailure: (error) => {
        if (!error.isPassing) return Effect.fail(error)
        const pause = Effect.sleep(Duration.millis(Math.min(100 * 2 ** tries, longestPause)))
        return Effect.andThen(
          Effect.race(pause, Deferred.await(this.#closing)),
          Effect.suspend(() => this.#open(tries + 1))
        )
      }
    })
  }

  #take(journal: JournalShape): Effect.Effect<void, JournalError> {
    if (this.#isClosed) return Effect.andThen(journal.closed, Effect.fail(closedError()))
    this.#now = journal
    this.#unsubscribe = journal.subscribe((notice) => this.#listeners.tell(notice))
    for (const watch of this.#watches.keys()) this.#watches.set(watch, journal.watch())
    return Effect.void
  }

  get #closed(): Effect.Effect<void> {
    this.#isClosed = true
    this.#unsubscribe()
    Deferred.doneUnsafe(this.#closing, Effect.void)
    const change = this.#change
    return Effect.andThen(change === undefined ? Effect.void : Deferred.await(change), this.#now.closed)
  }
}

type Ask = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, JournalError>
