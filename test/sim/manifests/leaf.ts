/**
 * What leaves of simulated manifests do, and what is observed of them:
 * nothing runs twice at once, and nothing that has ended runs again.
 */
import * as Effect from "effect/Effect"
import type { Replacement } from "../../../src/argo/mod.ts"
import type { World } from "../../../src/testing/World.ts"
import { makeRandom } from "../../../src/testing/World.ts"
import { leaves } from "./generate.ts"

type Kind = (typeof leaves)[number]

/** Watches the leaves of one seed in all its processes. */
export class LeafProbe {
  readonly violations: Array<string> = []
  executions = 0
  readonly #seed: number
  readonly #live = new Map<string, number>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** The leaves as functions, for a process. */
  leaves(process: () => { readonly number: number; readonly world: World }): Readonly<Record<string, Replacement>> {
    return Object.fromEntries(leaves.map((kind) => [kind, this.#leaf(kind, process)]))
  }

  /** A dead process runs nothing. */
  died(process: number): void {
    for (const [node, owner] of [...this.#live]) if (owner === process) this.#live.delete(node)
  }

  /** Names of leaves that run now. */
  get live(): ReadonlyArray<string> {
    return [...this.#live.keys()]
  }

  #leaf(kind: Kind, process: () => { readonly number: number; readonly world: World }): Replacement {
    return async ({ node, signal }) => {
      const { number, world } = process()
      this.#begin(node, number)
      try {
        await pause(world, signal, kind === "stuck" ? Infinity : this.#millis(node))
        return this.#end(kind, node)
      } finally {
        if (this.#live.get(node) === number) this.#live.delete(node)
      }
    }
  }

  #begin(node: string, process: number): void {
    this.executions++
    const other = this.#live.get(node)
    if (other !== undefined) this.violations.push(`N4 ${node} runs twice at once (processes ${other} and ${process})`)
    this.#live.set(node, process)
  }

  #end(kind: Kind, node: string): ReturnType<Replacement> {
    if (kind === "list") return { result: "[1, 2]", parameters: { out: node } }
    if (kind === "broken") return { exitCode: 3 }
    if (kind === "flaky" && attemptOf(node) < this.#number(node) * 4) return this.#fail(node)
    return { result: "1", parameters: { out: node } }
  }

  #fail(node: string): ReturnType<Replacement> {
    if (this.#number(`how ${node}`) < 0.3) throw new Error("simulated throw")
    return { exitCode: 1 }
  }

  #millis(node: string): number {
    return Math.floor(this.#number(`millis ${node}`) * 9_000)
  }

  /** What a node does never depends on when it does it, nor which process it runs in. */
  #number(text: string): number {
    const plain = text.replace(/\(\d+\)$/, "")
    return makeRandom([...plain].reduce((sum, char) => Math.imul(sum, 31) + char.charCodeAt(0) | 0, this.#seed))()
  }
}

/** The number of an attempt, which Argo puts at the end of its node's name. */
const attemptOf = (node: string): number => Number(/\((\d+)\)$/.exec(node)?.[1] ?? 0)

/** Waits in virtual time; rejects when the node is ended from outside. */
const pause = (world: World, signal: AbortSignal, millis: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const fiber = world.fork(millis === Infinity ? Effect.never : Effect.sleep(millis))
    const leave = (): void => {
      fiber.interruptUnsafe()
      reject(signal.reason)
    }
    if (signal.aborted) return leave()
    signal.addEventListener("abort", leave, { once: true })
    fiber.addObserver(() => {
      signal.removeEventListener("abort", leave)
      resolve()
    })
  })
