/**
 * What one process of a disk in memory is told: that others have changed something, grants of its runs, refills.
 *
 * Owns: who listens, what is still to be told, which grants and refills have been told. Does not own: the disk.
 * Invariants
 * - A grant is told once, in the order of grants, and never after the process has ended.
 * - Of notices that say the same, one is told until it is heard.
 */
import type { Disk } from "./Disk.ts"
import type { Notice } from "./Journal.ts"
import { Listeners } from "./Listeners.ts"
import type { Grant, Refill } from "./Permits.ts"

/** Whose notices they are. */
interface Parts {
  readonly disk: Disk
  readonly process: number
  readonly turn: (run: () => void) => void
  readonly isOpen: () => boolean
}

/** The notices of one process. */
export class MemoryNotices {
  readonly listeners = new Listeners()
  readonly #parts: Parts
  readonly #waiting: Array<Notice> = []
  /** Grants up to this number have been told, or are not this process's. */
  #told = 0
  readonly #refillsTold = new Map<string, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Tells something in the next turn. */
  notify(notice: Notice): void {
    const repeated = notice.type !== "committed" && this.#waiting.some((other) => isSame(other, notice))
    if (repeated) return
    this.#waiting.push(notice)
    if (this.#waiting.length === 1) this.#parts.turn(() => this.#tellAll())
  }

  /** Tells of grants and refills in the next turn, if there are new ones. */
  tellLater(): void {
    if (this.#news().length > 0 || this.#refills().length > 0) this.#parts.turn(() => this.tellGrants())
    else this.#told = this.#parts.disk.permits.latestGrant
  }

  /** Tells of grants and refills that were not told yet. */
  tellGrants(): void {
    const { isOpen } = this.#parts
    for (const { run, path, grant } of this.#news()) {
      if (!isOpen() || grant <= this.#told) continue
      this.#told = grant
      this.listeners.tell({ type: "granted", run, path })
    }
    if (!isOpen()) return
    for (const { at, name } of this.#refills()) {
      this.#refillsTold.set(name, at)
      this.listeners.tell({ type: "refill", name, at })
    }
  }

  /** Somebody looked at a rate: its next instant is told, also where it is the same. */
  refilled(name: string): void {
    this.#refillsTold.delete(name)
  }

  #tellAll(): void {
    for (const notice of this.#waiting.splice(0)) if (this.#parts.isOpen()) this.listeners.tell(notice)
  }

  #refills(): ReadonlyArray<Refill> {
    return this.#parts.disk.refills().filter(({ at, name, run }) =>
      this.#isOwn(run) && this.#refillsTold.get(name) !== at
    )
  }

  #news(): ReadonlyArray<Grant> {
    return this.#parts.disk.permits.grants(this.#told).filter(({ run }) => this.#isOwn(run))
  }

  #isOwn(run: number): boolean {
    return this.#parts.disk.runs.get(run)?.owner === this.#parts.process
  }
}

const isSame = (a: Notice, b: Notice): boolean =>
  a.type === b.type && (a.type !== "died" || b.type !== "died" || a.process === b.process)
