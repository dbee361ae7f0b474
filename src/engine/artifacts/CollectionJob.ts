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
import type { JournalError } from "../../journal/JournalError.ts"
import type { Write } from "../../journal/Journal.ts"
import { Turn } from "../../journal/Turn.ts"
import type { ArtifactRow } from "../../run/ArtifactRow.ts"
import { deletionDelay } from "../../run/garbage.ts"
import type { Host } from "../Live.ts"

/** Rows of one pass: as many as are read, marked and recorded in less than half of the longest pause. */
const batch = 250

/** The collection of one engine. */
export class CollectionJob {
  readonly #host: Host
  #pass: Fiber.Fiber<void> | undefined
  #isBusy = false
  #again = false
  #closed = false
  #isDue = false
  #cancelAlarm: () => void = () => {}
  #idle: Array<() => void> = []
  /** What has been deleted since it was made. */
  #count = 0
  #bytes = 0

  constructor(host: Host) {
    this.#host = host
  }

  /** Something may have become garbage; looked into soon, and once for all that ends meanwhile. */
  wake(): void {
    if (this.#closed || this.#isDue) return
    this.#isDue = true
    Context.get(this.#host.context, Turn)(() => {
      this.#isDue = false
      this.#look()
    })
  }

  #look(): void {
    if (this.#closed) return
    if (this.#isBusy) {
      this.#again = true
      return
    }
    this.#isBusy = true
    const pass = Effect.runForkWith(this.#host.context)(this.#passes)
    this.#pass = pass
    pass.addObserver(() => {
      this.#pass = undefined
      this.#isBusy = false
      if (this.#again) {
        this.#again = false
        this.#look()
      } else for (const tell of this.#idle.splice(0)) tell()
    })
  }

  get #passes(): Effect.Effect<void> {
    const work = Effect.flatMap(this.#isAny, (isAny) => isAny ? this.#collect : Effect.void)
    const all = Effect.andThen(marked(this.#host), work)
    return Effect.catch(
      Effect.andThen(all, this.#rest),
      (error) => Effect.sync(() => this.#closed ? undefined : this.#host.onLost(error))
    )
  }

  /** Waits until nothing can be deleted at this instant; answers what was deleted meanwhile, also by a pass before. */
  get settled(): Effect.Effect<{ readonly count: number; readonly bytes: number }> {
    return Effect.suspend(() => {
      const [count, bytes] = [this.#count, this.#bytes]
      return Effect.map(this.#idled, () => ({ count: this.#count - count, bytes: this.#bytes - bytes }))
    })
  }

  get #idled(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.#closed) return resume(Effect.void)
      this.#idle.push(() => resume(Effect.void))
      this.#look()
    })
  }

  /** Stops; what is under way is taken up by the next process. */
  close(): void {
    this.#closed = true
    this.#cancelAlarm()
    this.#pass?.interruptUnsafe()
  }

  get #rest(): Effect.Effect<void, JournalError> {
    const { artifacts } = this.#host.journal.reads
    return Effect.map(Effect.flatMap(storesHere(this.#host), artifacts.nextDeletion), (next) => {
      this.#cancelAlarm()
      if (next !== undefined && !this.#closed) this.#cancelAlarm = this.#host.alarm(next, () => this.wake())
    })
  }

  get #isAny(): Effect.Effect<boolean, JournalError> {
    const { journal, now } = this.#host
    const { collectable } = journal.reads.artifacts
    return Effect.map(
      Effect.flatMap(storesHere(this.#host), (stores) => collectable(now(), stores, 1)),
      (rows) => rows.length > 0
    )
  }

  /** The process stays alive meanwhile. */
  get #collect(): Effect.Effect<void, JournalError> {
    return Effect.suspend(() => {
      const rest = this.#host.stayAlive()
      return Effect.ensuring(this.#deleteAll, Effect.sync(rest))
    })
  }

  get #deleteAll(): Effect.Effect<void, JournalError> {
    const { journal, now } = this.#host
    const some = Effect.flatMap(
      storesHere(this.#host),
      (stores) => Effect.flatMap(journal.reads.artifacts.collect(now(), stores, batch), (rows) => this.#delete(rows))
    )
    const all = (): Effect.Effect<void, JournalError> =>
      Effect.flatMap(this.#isAny, (isAny) => isAny && !this.#closed ? Effect.flatMap(some, all) : Effect.void)
    return all()
  }

  #delete(rows: ReadonlyArray<ArtifactRow>): Effect.Effect<void> {
    const stores = Map.groupBy(rows, ({ store }) => store)
    return Effect.flatMap(
      Effect.forEach(
        stores,
        ([place, some]) => Effect.flatMap(storeAt(this.#host, place), (store) => deleteFrom(store, some))
      ),
      (answers) => this.#record(answers.flat())
    )
  }

  #record(answers: ReadonlyArray<readonly [ArtifactRow, ArtifactError | undefined]>): Effect.Effect<void> {
    const at = this.#host.now()
    for (const [{ size }, error] of answers) {
      if (error !== undefined) continue
      this.#count++
      this.#bytes += size
    }
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

/** Waits until storage knows of all that became garbage with the runs that were deleted. */
export const marked = ({ journal }: Host): Effect.Effect<void> => {
  const { whenMarked } = journal.artifacts
  return whenMarked === undefined ? Effect.void : Effect.callback((resume) => whenMarked(() => resume(Effect.void)))
}

/** The places of stores that this engine has or can reach; what is elsewhere is left to engines that have it. */
export const storesHere = ({ artifacts, journal }: Host): Effect.Effect<ReadonlyArray<string>, JournalError> =>
  Effect.map(
    artifacts.reachable(journal.reads.artifacts.places()),
    (reached) => [...new Set([...artifacts.stores.values(), ...reached])]
  )

/** The store at one of them. */
const storeAt = ({ artifacts }: Host, place: string): Effect.Effect<ArtifactStore> =>
  Effect.promise(async () => (await artifacts.find(place))!)

const deleteFrom = (
  store: ArtifactStore,
  rows: ReadonlyArray<ArtifactRow>
): Effect.Effect<ReadonlyArray<readonly [ArtifactRow, ArtifactError | undefined]>> =>
  Effect.map(
    deletePacked(store, rows),
    (answers) => rows.map((row, index) => [row, answers[index]?.error] as const)
  )
