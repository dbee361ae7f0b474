/**
 * Deletes the bytes of garbage. What is garbage is decided in storage (`run/garbage.ts`), where the job also is: a
 * process that dies leaves rows that the next one takes up. Deleting twice is harmless, and one artifact that cannot be
 * deleted stops no other.
 *
 * Owns: at most one pass at a time, the alarm for deletions that are to be tried again. Does not own: rows, stores.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import { deletePacked } from "../../artifact/tree.ts"
import type { Write } from "../../journal/Journal.ts"
import { Turn } from "../../journal/Turn.ts"
import type { ArtifactRow } from "../../run/ArtifactRow.ts"
import { deletionDelay } from "../../run/garbage.ts"
import type { Host } from "../Live.ts"
import type { ArtifactMover } from "./ArtifactHost.ts"

/** Rows of one pass: stores take up to a thousand keys at once. */
const batch = 1_000

/** The collection of one engine. */
export class CollectionJob {
  readonly #host: Host
  #pass: Fiber.Fiber<void> | undefined
  #again = false
  #closed = false
  #isDue = false
  #cancelAlarm: () => void = () => {}
  #idle: Array<() => void> = []

  constructor(host: Host) {
    this.#host = host
  }

  /** Something may have become garbage; looked into soon, and once for all that ends meanwhile. */
  wake(): void {
    if (this.#closed || this.#isDue) return
    this.#isDue = true
    Context.get(this.#host.context, Turn)(() => {
      this.#isDue = false
      this.#host.guard(() => this.#look())
    })
  }

  #look(): void {
    if (this.#closed) return
    if (this.#pass !== undefined) {
      this.#again = true
      return
    }
    const { context, stayAlive } = this.#host
    if (!this.#isAny()) return this.#rest()
    const rest = stayAlive()
    const pass = Effect.runForkWith(context)(Effect.ignore(this.#collect))
    this.#pass = pass
    pass.addObserver(() => {
      rest()
      this.#pass = undefined
      this.#host.guard(() => this.#passed())
    })
  }

  #passed(): void {
    if (!this.#again) return this.#rest()
    this.#again = false
    this.#look()
  }

  /** Waits until nothing can be deleted at this instant. */
  get settled(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.#look()
      if (this.#pass === undefined) return resume(Effect.void)
      this.#idle.push(() => resume(Effect.void))
    })
  }

  /** Stops; what is under way is taken up by the next process. */
  close(): void {
    this.#closed = true
    this.#cancelAlarm()
    this.#pass?.interruptUnsafe()
  }

  #rest(): void {
    for (const tell of this.#idle.splice(0)) tell()
    this.#cancelAlarm()
    const next = this.#closed ? undefined : this.#host.journal.artifacts.nextDeletion(this.#stores)
    if (next !== undefined) this.#cancelAlarm = this.#host.alarm(next, () => this.wake())
  }

  /** What is elsewhere is left to engines that have it. */
  get #stores(): ReadonlyArray<string> {
    return [...this.#host.artifacts.stores.values()]
  }

  #isAny(): boolean {
    return this.#host.journal.artifacts.collectable(this.#host.now(), this.#stores, 1).length > 0
  }

  get #collect(): Effect.Effect<void> {
    const { artifacts, journal, now } = this.#host
    return Effect.flatMap(Effect.promise(() => artifacts.mover()), (mover) =>
      Effect.whileLoop({
        while: () => !this.#closed && this.#isAny(),
        body: () => Effect.suspend(() => this.#delete(mover, journal.artifacts.collect(now(), this.#stores, batch))),
        step: () => {}
      }))
  }

  #delete(mover: ArtifactMover, rows: ReadonlyArray<ArtifactRow>): Effect.Effect<void> {
    const stores = Map.groupBy(rows, ({ store }) => store)
    return Effect.flatMap(
      Effect.forEach(stores, ([place, some]) => deleteFrom(mover.store(place)!, some)),
      (answers) => this.#record(answers.flat())
    )
  }

  #record(answers: ReadonlyArray<readonly [ArtifactRow, ArtifactError | undefined]>): Effect.Effect<void> {
    const at = this.#host.now()
    const writes = answers.map(([{ artifact, tries }, error]): Write => ({
      kind: "deletion",
      artifact,
      error: error?.message ?? null,
      nextAt: error?.isRetryable === true ? at + deletionDelay(tries + 1) : 0
    }))
    return Effect.callback((resume) => {
      this.#host.journal.append(writes, (error) => {
        if (error !== undefined && !this.#closed) this.#host.onLost(error)
        resume(Effect.void)
      })
    })
  }
}

const deleteFrom = (
  store: ArtifactStore,
  rows: ReadonlyArray<ArtifactRow>
): Effect.Effect<ReadonlyArray<readonly [ArtifactRow, ArtifactError | undefined]>> =>
  Effect.map(
    deletePacked(store, rows),
    (answers) => rows.map((row, index) => [row, answers[index]?.error] as const)
  )
