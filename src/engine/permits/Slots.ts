/**
 * A counted limit that hands out slots in the order they were asked for.
 *
 * Owns: the count and the queue of waiters. Does not own: who holds a slot.
 * Invariants
 * - S1 `free + held = size` at every instant.
 * - S2 No waiter is passed over: a slot that is given back goes to the longest waiting.
 */
import * as Effect from "effect/Effect"

/** A counted limit. */
export class Slots {
  #free: number
  readonly #waiters = new Set<() => void>()

  constructor(size: number) {
    this.#free = size
  }

  /** Takes a slot if one is free and nobody waits. */
  tryTake(): boolean {
    if (this.#free <= 0 || this.#waiters.size > 0) return false
    this.#free--
    return true
  }

  /** Calls `granted` once, holding a slot, when it is this waiter's turn; at once if a slot has become free meanwhile. */
  wait(granted: () => void): void {
    if (this.tryTake()) granted()
    else this.#waiters.add(granted)
  }

  /** Leaves the queue; answers false when the slot was already granted. */
  leave(granted: () => void): boolean {
    return this.#waiters.delete(granted)
  }

  /** Gives a slot back. */
  release(): void {
    const next = this.#waiters.values().next()
    if (next.done) {
      this.#free++
      return
    }
    this.#waiters.delete(next.value)
    next.value()
  }

  /** Takes a slot for a holder, waiting for one if need be; whoever ends the holder gives it back, even when interrupted here. */
  take(holder: { holdsSlot: boolean }): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (!this.tryTake()) return this.#queued(holder)
      holder.holdsSlot = true
      return Effect.void
    })
  }

  #queued(holder: { holdsSlot: boolean }): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const granted = () => {
        holder.holdsSlot = true
        resume(Effect.void)
      }
      this.wait(granted)
      return Effect.sync(() => {
        this.leave(granted)
      })
    })
  }
}
