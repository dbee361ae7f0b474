/**
 * The queue between `append` and storage: whatever was appended during one turn is committed together on the next.
 *
 * Owns: order, group size, retries while storage is locked, the callbacks of appends.
 * Does not own: how a group is stored (`commit`), who hears about it (`committed`, `failed`).
 *
 * Invariants
 * - Groups leave in the order of `append`; an append is never split over two groups (J1).
 * - Every append is settled exactly once and never inside `append` itself (J2), unless the queue was abandoned.
 * - An append that storage refuses because of what it holds fails
 *   alone; so do all later ones about its run, until `forgive` (J6).
 * - After any other failure nothing is committed any more (J4), and `failed` hears of it.
 */
import { Append } from "./Append.ts"
import type { Write } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"
import { Queue } from "./Queue.ts"
import { Refused, touched } from "./Refused.ts"
import { Settling } from "./Settling.ts"

/** What a queue needs of its storage. */
export interface GroupCommitOptions {
  readonly turn: (run: () => void) => void
  /** Runs a callback after this many milliseconds; used only while storage is locked. */
  readonly later: (run: () => void, millis: number) => void
  /**
   * Stores a group atomically or throws `JournalError`; sets `error` on an append it refuses by itself. When it throws
   * one that `concernsOneAppend`, the appends of the group are committed one by one, and it fails the one that it is
   * thrown for. While storage is locked a patient commit waits, another throws `Locked` soon.
   */
  readonly commit: (group: ReadonlyArray<Append>, isPatient: boolean) => void
  /** Hears once per stored group which runs it touched, perhaps none; after the answers of that group. */
  readonly committed: (runs: ReadonlySet<number>) => void
  /**
   * Hears once, in a turn of its own, that a commit failed and nothing can be stored any more; whoever only reads would
   * not find out.
   */
  readonly failed: (error: JournalError) => void
  /**
   * Milliseconds of a clock that nobody sets. With it groups grow as
   * long as they are quick; without it they keep their least size.
   */
  readonly elapsed?: (() => number) | undefined
  /** How often a group is tried while storage is locked before it fails; default 40 (about 17 seconds). */
  readonly tries?: number | undefined
}

/**
 * Weights of a transaction: writes, and one more for each page of event data. What a commit costs by itself is shared
 * by all writes of its group, and a page that several of them touch is written once; but nothing else happens in the
 * process meanwhile. So a group is as large as is done within `longestPause`, going by the groups before it.
 */
const leastWeight = 200
const mostWeight = 8192

/** Milliseconds that a group and the answers to it may take. */
const longestPause = 12

/** Characters of event data that weigh as much as one more write: a page of the file. */
const pageLength = 4096

/** As much as the deletion of a small run weighs. */
const rowsOfRun = 7

const firstDelay = 5
const longestDelay = 500

/** A queue of appends that commits itself in groups. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #tries: number
  readonly #queue = new Queue<Append>()
  #armed = false
  #attempts = 0
  /** What the next group may weigh. */
  #weight = leastWeight
  /** How many appends are committed one by one, because one of them is refused. */
  #alone = 0
  readonly #refused = new Refused()
  readonly #settling: Settling
  #failure: JournalError | undefined = undefined
  #abandoned = false

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#tries = options.tries ?? 40
    this.#settling = new Settling(options.committed)
  }

  /** The error that closed the queue, if any. */
  get failure(): JournalError | undefined {
    return this.#failure
  }

  /** Enqueues writes; `done` is called after they are durable or lost. */
  append(writes: ReadonlyArray<Write>, done: Append["done"]): void {
    if (this.#abandoned) return
    this.#queue.push(new Append(writes, done))
    this.#arm()
  }

  /**
   * Commits all that is queued now; throws `Locked` and keeps the
   * queue when storage stays locked, or the error that closed it.
   */
  flush(): void {
    while (this.#queue.length > 0 && !this.#abandoned) {
      if (this.#failure !== undefined) return this.#lose(this.#failure)
      this.#commitGroup(true)
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * Closes the queue: what is queued fails with `cause` and all later appends with `error`, unless it failed before.
   */
  fail(error: JournalError, cause: JournalError = error): void {
    const lost = this.#failure ?? cause
    this.#failure ??= error
    this.#lose(lost)
  }

  /** The record of these runs was read anew: what follows does not rely on what was refused. */
  forgive(runs: Iterable<number>): void {
    this.#refused.forgive(runs)
  }

  /** Forgets everything without calling anybody back, as a dead process does. */
  abandon(): void {
    this.#abandoned = true
    this.#queue.clear()
    this.#settling.abandon()
  }

  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    this.#options.turn(this.#tick)
  }

  readonly #tick = (): void => {
    this.#armed = false
    if (this.#abandoned || this.#queue.length === 0) return
    if (this.#failure !== undefined) return this.#lose(this.#failure)
    this.#commitGroup(false)
    if (this.#queue.length > 0) this.#arm()
  }

  #commitGroup(isPatient: boolean): void {
    const { many, weight } = this.#nextGroup()
    // A small group tells nothing of how long a full one takes.
    const elapsed = weight < leastWeight / 2 ? undefined : this.#options.elapsed
    const begun = elapsed?.() ?? 0
    const group = this.#queue.first(many)
    const accepted = this.#refused.accepted(group)
    try {
      if (accepted.length > 0) this.#options.commit(accepted, isPatient)
    } catch (error) {
      if (!(error as JournalError).concernsOneAppend) return this.#failed(error as JournalError, isPatient)
      if (accepted.length > 1) return void (this.#alone = group.length)
      this.#refused.refuse(accepted[0]!, error as JournalError)
    }
    this.#attempts = 0
    this.#alone = Math.max(0, this.#alone - group.length)
    if (!this.#abandoned) {
      this.#queue.drop(many)
      this.#settling.settle(group, touched(group))
    }
    if (elapsed !== undefined) this.#learn(weight, elapsed() - begun)
  }

  /** A full group that was quick makes the next one larger, at most twice as large; a slow one makes it smaller. */
  #learn(weight: number, millis: number): void {
    if (weight < this.#weight / 2 && millis <= longestPause) return
    const next = Math.min(2 * this.#weight, weight * longestPause / Math.max(millis, 0.1))
    this.#weight = Math.min(mostWeight, Math.max(leastWeight, next))
  }

  /** How many the next group holds, and what it weighs. */
  #nextGroup(): { readonly many: number; readonly weight: number } {
    let many = 1
    let weight = weigh(this.#queue.get(0))
    if (this.#alone > 0) return { many, weight }
    while (many < this.#queue.length) {
      const more = weigh(this.#queue.get(many))
      if (weight + more > this.#weight) break
      weight += more
      many++
    }
    return { many, weight }
  }

  #failed(error: JournalError, isPatient: boolean): void {
    if (error.reason === "Locked" && isPatient) throw error
    if (error.reason === "Locked" && ++this.#attempts < this.#tries) return this.#retry()
    this.#failure = error
    this.#lose(error)
    this.#options.turn(() => this.#options.failed(error))
  }

  #retry(): void {
    if (this.#armed) return
    this.#armed = true
    const delay = Math.min(firstDelay * 2 ** (this.#attempts - 1), longestDelay)
    this.#options.later(this.#tick, delay)
  }

  #lose(error: JournalError): void {
    const lost = this.#queue.first(this.#queue.length)
    this.#queue.clear()
    for (const append of lost) append.error = error
    this.#settling.settle(lost, undefined)
  }
}

/** What an append weighs. */
export const weigh = ({ writes }: Append): number => {
  let weight = writes.length
  for (const write of writes) {
    if (write.kind === "event" && write.row.data.length > pageLength) {
      weight += Math.floor(write.row.data.length / pageLength)
    } else if (write.kind === "delete") weight += rowsOfRun
  }
  return weight
}
