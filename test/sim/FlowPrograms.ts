/** Random straight-line programs: what they say as a flow, and what they give. */
import * as Effect from "effect/Effect"
import { flow, type FlowContext, Schema, task, type Workflow, workflow } from "../../mod.ts"
import { makeRandom } from "../../src/testing/World.ts"

/** One line of a program. */
export type Op =
  | { readonly do: "step" | "fail"; readonly name: string; readonly add: number; readonly millis: number }
  | { readonly do: "sleep" | "receive"; readonly name: string; readonly millis: number }
  | { readonly do: "each"; readonly name: string; readonly items: ReadonlyArray<number> }
  | { readonly do: "race"; readonly name: string; readonly millis: ReadonlyArray<number> }
  | { readonly do: "all"; readonly parts: ReadonlyArray<ReadonlyArray<Op>> }
  | {
    readonly do: "call" | "run"
    readonly name: string
    /** Its input is how often it goes on in a new run. */
    readonly flow: Workflow<number, number>
    readonly value: number
    /** A run goes on in another one; a call is of a graph that is made as it begins. */
    readonly isLong: boolean
  }

/** What a signal gives in every program. */
export const signalled = 5

const kinds = ["step", "step", "fail", "sleep", "receive", "each", "race", "all", "call", "run"] as const

/** The programs of one seed; the same in every process. */
export class FlowPrograms {
  readonly #random: () => number
  /** How many bodies have begun. */
  readonly count = { bodies: 0 }
  #names = 0

  constructor(seed: number) {
    this.#random = makeRandom(seed)
  }

  /** A straight line, in which there may be others. */
  make(depth: number): ReadonlyArray<Op> {
    return Array.from({ length: 1 + this.#int(4) }, () => this.#op(depth))
  }

  /** What it says as a flow. */
  flowOf(name: string, ops: ReadonlyArray<Op>): Workflow<void, number> {
    return flow(name, { output: Schema.Number }, (_, f) => this.#play(ops, f)) as Workflow<void, number>
  }

  #chainOf(name: string, ops: ReadonlyArray<Op>): Workflow<number, number> {
    return flow(name, { input: Schema.Number, output: Schema.Number }, async (links, f) => {
      const value = await this.#play(ops, f)
      if (links > 0) f.continueAs(links - 1)
      return value
    }) as Workflow<number, number>
  }

  #op(depth: number): Op {
    const kind = kinds[this.#int(depth > 1 ? 7 : kinds.length)]!
    const name = `${kind}${this.#names++}`
    const millis = this.#int(20)
    if (kind === "all") return { do: kind, parts: [this.make(depth + 1), this.make(depth + 1)] }
    if (kind === "each") return { do: kind, name, items: Array.from({ length: this.#int(4) }, (_, n) => n) }
    if (kind === "race") return { do: kind, name, millis: [this.#int(6), this.#int(6), this.#int(6)] }
    if (kind === "sleep" || kind === "receive") return { do: kind, name, millis }
    if (kind === "step" || kind === "fail") return { do: kind, name, add: this.#int(10), millis }
    const ops = this.make(depth + 1)
    return {
      do: kind,
      name,
      flow: this.#chainOf(`flow-${name}`, ops),
      value: valueOf(ops),
      isLong: this.#names % 2 === 0
    }
  }

  async #play(ops: ReadonlyArray<Op>, f: FlowContext): Promise<number> {
    let total = 0
    for (const op of ops) total += await this.#one(op, f)
    return total
  }

  async #one(op: Op, f: FlowContext): Promise<number> {
    switch (op.do) {
      case "step":
        return f.step(op.name, () => Effect.as(this.#work(op.millis), op.add))
      case "fail":
        return f.step(op.name, () => Effect.andThen(this.#work(op.millis), Effect.die(new Error("no"))))
          .then(() => op.add, () => op.add)
      case "sleep":
        return f.sleep(op.name, op.millis).then((): number => 0)
      case "receive":
        return f.receive<number>({ _tag: "Signal", name: op.name, output: Schema.Number })
      case "each":
        return (await f.each(op.name, op.items, (item) => item)).reduce((a, b) => a + b, 0)
      case "race": {
        const rivals = op.millis.map((millis, n) => f.sleep(`${op.name}-${n}`, millis).then(() => n))
        await f.step(`${op.name}-won-${await Promise.race(rivals)}`, () => 0)
        await f.all(rivals)
        return 0
      }
      case "all":
        return (await f.all(op.parts.map((part) => this.#play(part, f)))).reduce((a, b) => a + b, 0)
      case "call":
        return op.isLong ? f.call(op.name, expanded(op.flow)) : f.call(op.name, op.flow, 0)
      case "run":
        return (await f.startRun(op.name, op.flow, op.isLong ? 1 : 0)).result()
    }
  }

  #work(millis: number): Effect.Effect<void> {
    this.count.bodies++
    return Effect.sleep(millis)
  }

  #int(below: number): number {
    return Math.floor(this.#random() * below)
  }
}

const seed = task("seed", { output: Schema.Number, run: () => 0 })

/** A workflow whose graph is made as it begins: the flow, with what a node gives. */
const expanded = (one: Workflow<number, number>): Workflow<void, number> =>
  workflow(`expanded-${nameOf(one)}`, { output: Schema.Number }, (w) => {
    const made = w.expand("made", w.node("seed", seed), (input, g) => g.node("inner", one, { input }))
    return w.node("given", given, { input: made as never })
  }) as Workflow<void, number>

const given = task("given", { input: Schema.Number, output: Schema.Number, run: (n) => n })

const nameOf = (one: object): string => (one as { readonly name: string }).name

/** What a program gives. */
export const valueOf = (ops: ReadonlyArray<Op>): number => ops.reduce((sum, op) => sum + valueOfOne(op), 0)

const valueOfOne = (op: Op): number => {
  if (op.do === "step" || op.do === "fail") return op.add
  if (op.do === "receive") return signalled
  if (op.do === "each") return op.items.reduce((a, b) => a + b, 0)
  if (op.do === "all") return op.parts.reduce((sum, part) => sum + valueOf(part), 0)
  return op.do === "call" || op.do === "run" ? op.value : 0
}
