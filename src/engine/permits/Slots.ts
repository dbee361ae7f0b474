/**
 * A counted limit that hands out slots by priority, then in the order they were asked for.
 *
 * Owns: the count and the queue of waiters. Does not own: who holds a slot.
 * Invariants
 * - S1 `free + held = size` at every instant.
 * - S2 No waiter is passed over: a slot that is given back goes to the longest waiting of the highest priority.
 */
import * as Effect from "effect/Effect"

/** Who takes a slot: a node, with the priority of its run. */
export interface SlotHolder {
  holdsSlot: boolean
  readonly priority: number
}

type Granted = () => void

/** A counted limit. */
export class Slots {
  #free: number
  /** The highest priority comes first. Sets that are empty go when a new one comes. */
  #queues: ReadonlyArray<readonly [priority: number, waiters: Set<Granted>]> = []

  constructor(size: number) {
    this.#free = size
  }

  /** Takes a slot if one is free: then nobody waits. */
  tryTake(): boolean {
    if (this.#free <= 0) return false
    this.#free--
    return true
  }

  /**
   * Calls `granted` once, holding a slot, when it is this waiter's turn; at once if a slot has become free meanwhile.
   */
  wait(priority: number, granted: Granted): void {
    if (this.tryTake()) return granted()
    const queue = this.#queues.find(([of]) => of === priority)
    if (queue !== undefined) queue[1].add(granted)
    else {
      const waiting = this.#queues.filter(([, { size }]) => size > 0)
      this.#queues = [...waiting, [priority, new Set([granted])] as const].sort(([a], [b]) => b - a)
    }
  }

  /** Leaves the queue; answers false when the slot was already granted. */
  leave(granted: Granted): boolean {
    return this.#queues.some(([, waiters]) => waiters.delete(granted))
  }

  /** Gives a slot back. */
  release(): void {
    for (const [, waiters] of this.#queues) {
      const next = waiters.values().next().value
      if (next === undefined) continue
      waiters.delete(next)
      return next()
    }
    this.#free++
  }

  /**
   * Takes a slot for a holder, waiting for one if need be; whoever
   * ends the holder gives it back, even when interrupted here.
   */
  take(holder: SlotHolder): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (!this.tryTake()) return this.#queued(holder)
      holder.holdsSlot = true
      return Effect.void
    })
  }

  #queued(holder: SlotHolder): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const granted = () => {
        holder.holdsSlot = true
        resume(Effect.void)
      }
      this.wait(holder.priority, granted)
      return Effect.sync(() => {
        this.leave(granted)
      })
    })
  }
}
