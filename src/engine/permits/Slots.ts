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
  /** No set in it is empty; the highest priority comes first. */
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
    else this.#queues = [...this.#queues, [priority, new Set([granted])] as const].sort(([a], [b]) => b - a)
  }

  /** Leaves the queue; answers false when the slot was already granted. */
  leave(granted: Granted): boolean {
    const left = this.#queues.some(([, waiters]) => waiters.delete(granted))
    if (left) this.#tidy()
    return left
  }

  /** Gives a slot back. */
  release(): void {
    const waiters = this.#queues[0]?.[1]
    const next = waiters?.values().next().value
    if (next === undefined) {
      this.#free++
      return
    }
    waiters?.delete(next)
    this.#tidy()
    next()
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

  #tidy(): void {
    if (this.#queues.some(([, { size }]) => size === 0)) this.#queues = this.#queues.filter(([, { size }]) => size > 0)
  }
}
