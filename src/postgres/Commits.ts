/**
 * The queue between `append` and a server: one group is on its way at a time, and what is appended meanwhile makes the
 * next one.
 *
 * Owns: order, size of groups, the answers of appends. Does not own: how a group is stored (`commit`), who hears of it.
 *
 * Invariants: as `journal/GroupCommit.ts` (J1, J2, J4, J6).
 */
import { Append } from "../journal/Append.ts"
import { weigh } from "../journal/GroupCommit.ts"
import type { Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { Queue } from "../journal/Queue.ts"
import { Refused, touched } from "../journal/Refused.ts"
import { Settling } from "../journal/Settling.ts"

/** What a queue needs of its storage. */
export interface CommitOptions {
  readonly turn: (run: () => void) => void
  /** Stores a group, as `GroupCommitOptions.commit` does, later. */
  readonly commit: (group: ReadonlyArray<Append>) => Promise<void>
  /** Hears once per stored group which runs it touched, perhaps none; after the answers of that group. */
  readonly committed: (runs: ReadonlySet<number>) => void
  /** Hears once why nothing is committed any more. */
  readonly failed: (error: JournalError) => void
}

/** Nothing of this process waits for the server, so a group may be large; it is parsed in one piece there. */
const mostWeight = 2000

/** A queue of appends that commits itself in groups, one after the other. */
export class Commits {
  readonly #options: CommitOptions
  readonly #queue = new Queue<Append>()
  readonly #refused = new Refused()
  readonly #settling: Settling
  /** Who waits until the queue is stored. */
  readonly #waiting = new Set<(error: unknown) => void>()
  #isArmed = false
  #isBusy = false
  /** How many appends are committed one by one, because one of them is refused. */
  #alone = 0
  #failure: JournalError | undefined = undefined

  constructor(options: CommitOptions) {
    this.#options = options
    this.#settling = new Settling(options.committed)
  }

  /** The error that closed the queue, if any. */
  get failure(): JournalError | undefined {
    return this.#failure
  }

  /** Enqueues writes; `done` is called after they are durable or lost. */
  append(writes: ReadonlyArray<Write>, done: Append["done"]): void {
    this.#queue.push(new Append(writes, done))
    this.#arm()
  }

  /** Everything that was enqueued so far is durable; fails with the error that closed the queue. */
  drained(): Promise<void> {
    if (this.#queue.length === 0) return this.#failure === undefined ? Promise.resolve() : Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      this.append([], (error) =>
        queueMicrotask(() => {
          this.#waiting.delete(reject)
          error === undefined ? resolve() : reject(error)
        }))
    })
  }

  /** Closes the queue: what is queued fails with `cause`, later appends with `error`, unless it failed before. */
  fail(error: JournalError, cause: JournalError = error): void {
    const isFirst = this.#failure === undefined
    const lost = this.#failure ?? cause
    this.#failure ??= error
    this.#answer(() => this.#lose(lost))
    if (isFirst) this.#options.failed(error)
  }

  /** The record of these runs was read anew: what follows does not rely on what was refused. */
  forgive(runs: Iterable<number>): void {
    this.#refused.forgive(runs)
  }

  #arm(): void {
    if (this.#isArmed || this.#isBusy) return
    this.#isArmed = true
    this.#options.turn(() => {
      this.#isArmed = false
      if (this.#isBusy) return
      if (this.#failure !== undefined) this.#answer(() => this.#lose(this.#failure!))
      else if (this.#queue.length > 0) void this.#commitGroup()
    })
  }

  async #commitGroup(): Promise<void> {
    this.#isBusy = true
    const group = this.#queue.first(this.#nextGroup())
    const accepted = this.#refused.accepted(group)
    let error: unknown = undefined
    try {
      if (accepted.length > 0) await this.#options.commit(accepted)
    } catch (thrown) {
      error = thrown
    }
    this.#isBusy = false
    // Meanwhile the queue was closed, and its appends were answered.
    if (this.#failure === undefined) this.#stored(group, accepted, error as JournalError | undefined)
    if (this.#queue.length > 0) this.#arm()
  }

  #stored(group: Array<Append>, accepted: ReadonlyArray<Append>, error: JournalError | undefined): void {
    if (error !== undefined && error.concernsOneAppend !== true) return this.fail(error)
    if (error !== undefined && accepted.length > 1) return void (this.#alone = group.length)
    if (error !== undefined) this.#refused.refuse(accepted[0]!, error)
    this.#alone = Math.max(0, this.#alone - group.length)
    this.#queue.drop(group.length)
    this.#answer(() => this.#settling.settle(group, touched(group)))
  }

  #nextGroup(): number {
    if (this.#alone > 0) return 1
    let many = 1
    let weight = weigh(this.#queue.get(0))
    while (many < this.#queue.length && weight <= mostWeight) weight += weigh(this.#queue.get(many++))
    return weight > mostWeight ? Math.max(1, many - 1) : many
  }

  #lose(error: JournalError): void {
    const lost = this.#queue.first(this.#queue.length)
    this.#queue.clear()
    for (const append of lost) append.error = error
    this.#settling.settle(lost, undefined)
  }

  /** What an answer throws is told to whoever waits, or thrown where nobody stands behind it. */
  #answer(call: () => void): void {
    try {
      call()
    } catch (thrown) {
      const [reject] = this.#waiting
      if (reject !== undefined) return reject(thrown)
      queueMicrotask(() => {
        throw thrown
      })
    }
  }
}
