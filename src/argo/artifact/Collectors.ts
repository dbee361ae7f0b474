/**
 * Who is deleting artifacts of deleted runs just now, so that nobody saves one under the same key meanwhile: each
 * collector holds the lock of a file of its own, which the system gives back when its process ends.
 *
 * Owns: the directory of these files. Does not own: lists, artifacts. Invariant: whoever notes an artifact first and
 * then waits for the collectors there are either is seen by a collector before it deletes, or saves after that is done.
 */
import { randomUUID } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { isLocked, takeLock } from "../../sqlite/OwnerLock.ts"
import { isBusy } from "../../sqlite/storageError.ts"

/** How long a collector that is asked for may be busy: it is asked again after 1 ms, 2 ms, … and at last every 100. */
const patience = Schedule.min([Schedule.exponential("1 millis"), Schedule.spaced("100 millis")])

/** Milliseconds after which the file of a collector that died is removed. */
const oldAge = 86_400_000

/** The collectors of one state file, in all processes. */
export class Collectors {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Deletes something as one of them; what is to be deleted must be looked up by `work`. */
  during<A>(work: Effect.Effect<A>): Effect.Effect<A> {
    return Effect.acquireUseRelease(
      Effect.sync(() => this.#begin()),
      () => work,
      (end) => Effect.sync(end)
    )
  }

  /** Waits for those that delete something now; those that begin later see what was noted before. */
  get ended(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const busy = this.#files().filter(isLocked)
      if (busy.length === 0) return Effect.void
      const look = Effect.suspend(() => busy.some(isLocked) ? Effect.fail("busy") : Effect.void)
      return Effect.ignore(Effect.retry(look, patience))
    })
  }

  #begin(): () => void {
    mkdirSync(this.#directory, { recursive: true })
    for (;;) {
      const file = join(this.#directory, `${randomUUID()}.lock`)
      try {
        const end = takeLock(file)
        this.#tidy(statSync(file).mtimeMs - oldAge)
        return end
      } catch (error) {
        rmSync(file, { force: true })
        // Somebody looked at the new file in the moment before it was locked.
        if (!isBusy(error)) throw error
      }
    }
  }

  /** Removes what collectors left that died before an instant. */
  #tidy(before: number): void {
    for (const file of this.#files()) {
      const stat = statSync(file, { throwIfNoEntry: false })
      if (stat !== undefined && stat.mtimeMs < before && !isLocked(file)) rmSync(file, { force: true })
    }
  }

  #files(): ReadonlyArray<string> {
    if (!existsSync(this.#directory)) return []
    return readdirSync(this.#directory).map((name) => join(this.#directory, name))
  }
}
