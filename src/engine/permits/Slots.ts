/**
 * A counted limit that hands out slots by priority, then in the order they were asked for.
 *
 * Owns: the count and the queue of waiters. Does not own: who holds a slot.
 * Invariants
 * - S1 `free + held = size` at every instant.
 * - S2 No waiter is passed over: a slot that is given back goes to the longest waiting of the highest priority.
 */
import * as Effect from "effect/Effect"
import { OpenNodes } from "../OpenNodes.ts"

/** Who takes a slot: a node, with the priority of its run. */
export interface SlotHolder {
  holdsSlot: boolean
  readonly priority: number
}

/** Somebody in a queue. */
export class Waiter {
  older: Waiter | undefined
  newer: Waiter | undefined
  readonly granted: () => void
  /** Where it waits, while it does. */
  queue: OpenNodes<Waiter> | undefined

  constructor(granted: () => void) {
    this.granted = granted
  }
}

/** A counted limit. */
export class Slots {
  #free: number
  /** The highest priority comes first. Those that are empty go when a new one comes. */
  #queues: ReadonlyArray<readonly [priority: number, waiters: OpenNodes<Waiter>]> = []

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
   * Has a waiter told once, holding a slot, when it is its turn; at once if a slot has become free meanwhile.
   */
  wait(priority: number, waiter: Waiter): void {
    if (this.tryTake()) return waiter.granted()
    waiter.queue = this.#queueOf(priority)
    waiter.queue.add(waiter)
  }

  #queueOf(priority: number): OpenNodes<Waiter> {
    const known = this.#queues.find(([of]) => of === priority)
    if (known !== undefined) return known[1]
    const made = new OpenNodes<Waiter>()
    const waiting = this.#queues.filter(([, { size }]) => size > 0)
    this.#queues = [...waiting, [priority, made] as const].sort(([a], [b]) => b - a)
    return made
  }

  /** Leaves the queue, unless the slot was already granted. */
  leave(waiter: Waiter): void {
    waiter.queue?.delete(waiter)
    waiter.queue = undefined
  }

  /** Gives a slot back. */
  release(): void {
    for (const [, waiters] of this.#queues) {
      const next = waiters.oldest
      if (next === undefined) continue
      this.leave(next)
      return next.granted()
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
      const waiter = new Waiter(() => {
        holder.holdsSlot = true
        resume(Effect.void)
      })
      this.wait(holder.priority, waiter)
      return Effect.sync(() => this.leave(waiter))
    })
  }
}
