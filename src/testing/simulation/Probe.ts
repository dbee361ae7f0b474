/**
 * What is observed of the bodies of simulated tasks: who runs right now
 * (N4), and whether work that was committed is ever begun again (N3, N10).
 */
import * as Effect from "effect/Effect"
import type { LiveTaskContext } from "../../engine/node/TaskContext.ts"
import type { Disk } from "../../journal/Disk.ts"
import { parent } from "../../run/path.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { TaskContext } from "../../workflow/TaskContext.ts"

/** Watches simulated bodies. */
export class Probe {
  readonly violations: Array<string> = []
  readonly live = new Map<string, number>()
  executions = 0
  /** Processes that are over, or were declared dead: what is left of their step runs on a little, unseen. */
  readonly #gone = new Set<number>()
  /** Processes of which storage has forgotten something: until they hear of it, they go by what it had acknowledged. */
  readonly #forgotten = new Set<number>()
  readonly #flights = new Map<string, { readonly who: string; readonly process: number }>()
  readonly #disk: Disk

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Wraps a body so that its begin and end are seen; `process` tells which process runs it. */
  watch<A, E>(process: () => number, context: TaskContext, body: Effect.Effect<A, E>): Effect.Effect<A, E> {
    const key = `${context.run} ${context.node}`
    return Effect.acquireUseRelease(
      Effect.sync(() => this.#begin(key, context, process())),
      () => body,
      () => Effect.sync(() => this.#end(key, process()))
    )
  }

  /**
   * Wraps a body whose result others wait for: nobody else may compute the same meanwhile (R3). What works inside of a
   * holder of permits waits for nobody, and nobody waits for it.
   */
  alone<A, E>(
    process: () => number,
    what: string,
    context: TaskContext,
    body: Effect.Effect<A, E>
  ): Effect.Effect<A, E> {
    // Inside of what holds permits nobody waits for results of others, and a worker of a pool holds none.
    if ((context as LiveTaskContext).live.flight === undefined) return body
    const who = `${context.run} ${context.node}`
    const begin = Effect.sync(() => {
      if (this.#gone.has(process()) || this.#isInside(context)) return
      const other = this.#flights.get(what)
      if (other !== undefined) this.violations.push(`R3 ${who} computes ${what} while ${other.who} does`)
      this.#flights.set(what, { who, process: process() })
    })
    const end = Effect.sync(() => {
      if (this.#flights.get(what)?.who === who) this.#flights.delete(what)
    })
    return Effect.acquireUseRelease(begin, () => body, () => end)
  }

  #isInside({ node, run }: TaskContext): boolean {
    const key = this.#disk.keys.get(run)!
    for (let above = parent(node); above !== null; above = parent(above)) {
      if (this.#disk.permits.isHeld(key, above)) return true
    }
    return false
  }

  /** A dead process runs nothing. */
  died(process: number): void {
    this.#gone.add(process)
    for (const [what, flight] of [...this.#flights]) if (flight.process === process) this.#flights.delete(what)
    for (const [key, owner] of [...this.live]) if (owner === process) this.live.delete(key)
  }

  /** Storage has forgotten something of this process. */
  forgotten(process: number): void {
    this.#forgotten.add(process)
  }

  #begin(key: string, context: TaskContext, process: number): void {
    if (this.#gone.has(process)) return
    this.executions++
    if (this.live.has(key)) {
      this.violations.push(`N4 ${key} runs twice at once (processes ${this.live.get(key)} and ${process})`)
    }
    this.live.set(key, process)
    if (this.#forgotten.has(process)) return
    const run = this.#disk.keys.get(context.run)
    const row = run === undefined ? undefined : this.#disk.nodes.get(run)?.get(context.node)
    if (row === undefined) this.violations.push(`N3 ${key} works before its start is committed`)
    else if (isTerminal(row.phase)) {
      this.violations.push(`N10 ${key} works again although it is committed as ${row.phase}`)
    } else if (row.attempt !== context.attempt) {
      this.violations.push(`N5 ${key} works as attempt ${context.attempt}, committed is ${row.attempt}`)
    }
  }

  #end(key: string, process: number): void {
    if (this.live.get(key) === process) this.live.delete(key)
  }
}
