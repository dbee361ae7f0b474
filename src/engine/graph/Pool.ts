/**
 * Runs the children of one composite: as many at once as its limits, the engine's slots and the run's state allow.
 *
 * Owns: the queue of children that may start, how many are open, whether starting has ended.
 * Does not own: which child may start (the graph's or map's rule), what endings mean.
 * Invariants
 * - P1 A child is opened at most once, and `settled` is called exactly once for it.
 * - P2 After `hold` nothing new begins: only children that began earlier (before a crash) are opened. After `halt`
 *   these are told to stop at once.
 * - P3 `idle` is called once nothing is open and nothing can be opened.
 * - P4 What had begun before a crash is opened before anything else, and has its place kept until then.
 */
import type { Reason } from "../../run/Phase.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"
import { recorded } from "../node/recorded.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import { Waiter } from "../permits/Slots.ts"
import { type Numbers, zeros } from "./numbers.ts"
import { Queue } from "./Queue.ts"
import type { Lodger, Room } from "./Room.ts"

/** What a pool asks of its composite. */
export interface Composite {
  /** Whether the journal knows that child `index` began. */
  readonly begun: (index: number) => boolean
  /** Whether it began and has not ended, as the journal knows. */
  readonly goesOn: (index: number) => boolean
  /** Whether child `index` takes a place of the room. */
  readonly lodges: (index: number) => boolean
  /** What child `index` is: a node to run, or an ending that needs no run. */
  readonly open: (index: number) => NodeSpec | NodeEnd
  /** Child `index` has ended. */
  readonly settled: (index: number, end: NodeEnd) => void
  /** Nothing is open and nothing is left to open. */
  readonly idle: () => void
}

/** A child that waits for a slot; no literal, see `node/spec.ts`. */
class Next {
  readonly begun: boolean
  readonly index: number
  readonly spec: NodeSpec

  constructor(begun: boolean, index: number, spec: NodeSpec) {
    this.begun = begun
    this.index = index
    this.spec = spec
  }
}

/** The children of one composite. */
export class Pool implements Lodger {
  readonly #live: LiveNode
  readonly #room: Room
  readonly #composite: Composite
  readonly #opened: Numbers
  readonly #queue = new Queue()
  /** Those that wait and had begun in an earlier life of the run. */
  readonly #begun = new Queue()
  /** Children with a kept place that were not opened yet. */
  readonly #kept: Set<number> | undefined
  #open = 0
  #pumping = false
  #again = false
  #closed = false
  /** The next child, opened but waiting for a slot. */
  #next: Next | undefined
  #asked: Waiter | undefined
  #slot = false
  #held = false
  halted: Reason | undefined

  constructor(live: LiveNode, size: number, room: Room, composite: Composite) {
    this.#live = live
    this.#opened = zeros(size, Uint8Array)
    this.#room = room
    this.#composite = composite
    this.#kept = live.run.takenOver ? new Set(this.#insideBefore()) : undefined
    room.keep(this.#kept?.size ?? 0)
    room.adopt(this)
  }

  #insideBefore(): ReadonlyArray<number> {
    const composite = this.#composite
    const all = Array.from({ length: this.#opened.length }, (_, index) => index)
    return all.filter((index) => composite.lodges(index) && composite.goesOn(index))
  }

  /** Puts a child into the queue. */
  add(index: number): void {
    if (this.halted !== undefined) return
    const begun = (this.#held || this.#live.run.takenOver) && this.#composite.begun(index)
    if (begun) this.#goFirst(index)
    else if (!this.#held) this.#queue.push(index)
  }

  #goFirst(index: number): void {
    const next = this.#next?.begun === false ? this.#takeBack() : undefined
    if (next !== undefined) this.#queue.replace([next, ...this.#queue.all])
    this.#begun.push(index)
  }

  /** Opens nothing new any more and lets go on what has begun. */
  readonly hold = (): void => {
    if (this.#held) return
    this.#held = true
    const next = this.#takeBack()
    const queue = [...next === undefined ? [] : [next], ...this.#queue.all]
    this.#begun.replace([...this.#begun.all, ...queue.filter((index) => this.#composite.begun(index))])
    this.#queue.replace([])
    this.pump()
  }

  /** Opens nothing new any more, and tells what had begun to stop; the caller pumps. */
  halt(reason: Reason): void {
    if (this.halted !== undefined) return
    this.halted = reason
    this.#held = true
    this.#takeBack()
    const begun: Array<number> = []
    for (let index = 0; index < this.#opened.length; index++) {
      if (this.#opened[index] === 0 && this.#composite.begun(index)) begun.push(index)
    }
    this.#begun.replace(begun)
    this.#queue.replace([])
  }

  /** The child that waits for a slot goes back to those that were not opened. */
  #takeBack(): number | undefined {
    const index = this.#next?.index
    if (index !== undefined) this.#opened[index] = 0
    this.#next = undefined
    this.#giveUpSlot()
    return index
  }

  /** Opens what may be opened; safe to call from anywhere, at any time. */
  readonly pump = (): void => {
    if (this.#pumping) {
      this.#again = true
      return
    }
    this.#pumping = true
    do {
      this.#again = false
      while (this.#mayOpen()) this.#openNext()
    } while (this.#again)
    this.#pumping = false
    if (this.#open === 0 && !this.#hasNext()) this.#finish()
  }

  /** Leaves every queue; called when the composite ends for whatever reason. */
  readonly close = (): void => {
    this.#closed = true
    const kept = this.#kept?.size ?? 0
    this.#kept?.clear()
    this.#live.run.noLongerWaits(this.pump)
    this.#giveUpSlot()
    this.#room.dismiss(this, kept)
  }

  #giveUpSlot(): void {
    const { slots } = this.#live.run.host
    if (this.#asked !== undefined) slots.leave(this.#asked)
    this.#asked = undefined
    if (this.#slot) slots.release()
    this.#slot = false
  }

  #finish(): void {
    if (this.#closed) return
    this.close()
    this.#composite.idle()
  }

  #hasNext(): boolean {
    return this.#next !== undefined || this.#begun.size + this.#queue.size > 0
  }

  #mayOpen(): boolean {
    const { run, handler } = this.#live
    if (this.#closed || run.abandoned || !this.#hasNext()) return false
    if (this.halted !== undefined) return true
    if (!this.#fits()) return false
    if (run.suspended && !handler) {
      run.resumed.add(this.pump)
      return false
    }
    return this.#next === undefined || this.#takeSlot()
  }

  #fits(): boolean {
    const begun = this.#next?.begun ?? this.#begun.size > 0
    const index = this.#next?.index ?? (begun ? this.#begun : this.#queue).first
    return this.#room.hasPlace(begun) || !this.#composite.lodges(index)
  }

  #openNext(): void {
    if (this.#next !== undefined) return this.#launch(this.#next.index, this.#next.spec)
    const begun = this.#begun.size > 0
    const index = (begun ? this.#begun : this.#queue).shift()
    this.#opened[index] = 1
    const child = this.#composite.open(index)
    if (!("bind" in child)) return this.#composite.settled(index, child)
    if (
      !child.leaf || child.permits !== undefined || child.reuse !== undefined || child.slots !== undefined ||
      child.on !== undefined ||
      this.halted !== undefined ||
      recorded(this.#live.run.ledger, child) !== undefined
    ) {
      return this.#launch(index, child)
    }
    this.#next = new Next(begun, index, child)
  }

  #launch(index: number, spec: NodeSpec): void {
    const slot = this.#slot && this.#next !== undefined
    if (slot) this.#slot = false
    this.#next = undefined
    this.#open++
    const lodges = this.#composite.lodges(index)
    if (lodges) this.#room.enter()
    if (this.#kept?.delete(index) === true) this.#room.keep(-1)
    const done = (end: NodeEnd): void => {
      // Leaving lets other pools go on at once, and these may come back here: until then this child counts as open.
      this.#composite.settled(index, end)
      this.#open--
      if (lodges) this.#room.leave(this)
      this.pump()
    }
    this.#live.run.host.kernel.launch(this.#live, spec, done, { slot, stopping: this.halted })
  }

  #takeSlot(): boolean {
    if (this.#slot) return true
    if (this.#asked !== undefined) return false
    const { slots } = this.#live.run.host
    if (slots.tryTake()) {
      this.#slot = true
      return true
    }
    this.#asked = new Waiter(this.#granted)
    slots.wait(this.#live.priority, this.#asked)
    return false
  }

  readonly #granted = (): void => {
    this.#asked = undefined
    this.#slot = true
    this.pump()
  }
}
