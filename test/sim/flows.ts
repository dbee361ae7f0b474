/**
 * One seed: a random straight-line program as a flow, with deaths of its process at random commits. Its result is that
 * of a life without deaths, every race is decided once, and the invariants hold of all runs that it leaves.
 */
import * as Effect from "effect/Effect"
import { flow, type FlowContext, Schema, type Workflow } from "../../mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { TestBed } from "../engine/TestBed.ts"
import { Crashes } from "../../src/testing/simulation/Crashes.ts"

type Op =
  | { readonly do: "step" | "fail"; readonly name: string; readonly add: number; readonly millis: number }
  | { readonly do: "sleep" | "receive"; readonly name: string; readonly millis: number }
  | { readonly do: "each"; readonly name: string; readonly items: ReadonlyArray<number> }
  | { readonly do: "race"; readonly name: string; readonly millis: ReadonlyArray<number> }
  | { readonly do: "all"; readonly parts: ReadonlyArray<ReadonlyArray<Op>> }
  | {
    readonly do: "call" | "run"
    readonly name: string
    readonly flow: Workflow<void, number>
    readonly value: number
  }

/** What a signal gives in every program. */
const signalled = 5

const kinds = ["step", "step", "fail", "sleep", "receive", "each", "race", "all", "call", "run"] as const

class Programs {
  readonly #random: () => number
  readonly count = { bodies: 0 }
  #names = 0

  constructor(seed: number) {
    this.#random = makeRandom(seed)
  }

  make(depth: number): ReadonlyArray<Op> {
    return Array.from({ length: 1 + this.#int(4) }, () => this.#op(depth))
  }

  flowOf(name: string, ops: ReadonlyArray<Op>): Workflow<void, number> {
    return flow(name, { output: Schema.Number }, (_, f) => this.#play(ops, f)) as Workflow<void, number>
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
    return { do: kind, name, flow: this.flowOf(`flow-${name}`, ops), value: valueOf(ops) }
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
        return f.call(op.name, op.flow)
      case "run":
        return (await f.startRun(op.name, op.flow)).result()
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

const valueOf = (ops: ReadonlyArray<Op>): number => ops.reduce((sum, op) => sum + valueOfOne(op), 0)

const valueOfOne = (op: Op): number => {
  if (op.do === "step" || op.do === "fail") return op.add
  if (op.do === "receive") return signalled
  if (op.do === "each") return op.items.reduce((a, b) => a + b, 0)
  if (op.do === "all") return op.parts.reduce((sum, part) => sum + valueOf(part), 0)
  return op.do === "call" || op.do === "run" ? op.value : 0
}

/** Plays one seed. */
export const playFlow = async (seed: number) => {
  const programs = new Programs(seed)
  const ops = programs.make(0)
  const workflow = programs.flowOf("simulated", ops)
  const life = new Life(seed, workflow)
  const violations = await life.play().catch((
    error: unknown
  ) => [`broke: ${error instanceof Error ? error.stack : error}`])
  const { crashes, history, result } = life
  const wrong = violations.length === 0 && result !== valueOf(ops) ? [`F2: it gave ${result} for ${valueOf(ops)}`] : []
  return {
    violations: [...violations, ...wrong],
    history,
    crashes: crashes.count,
    executions: programs.count.bodies,
    phase: violations.length + wrong.length === 0 ? "Succeeded" : "wrong"
  }
}

/** The lives of one run. */
class Life {
  readonly crashes: Crashes
  readonly #bed: TestBed
  readonly #random: () => number
  readonly #workflow: Workflow<void, number>
  result: number | undefined

  constructor(seed: number, workflow: Workflow<void, number>) {
    this.#bed = new TestBed(seed)
    this.#random = makeRandom(seed + 1)
    this.#workflow = workflow
    this.crashes = new Crashes(this.#random, this.#random() * 0.2, ["kill"])
    this.#bed.disk.fault = () => this.crashes.next()
  }

  get history(): ReadonlyArray<string> {
    return [...this.#bed.disk.events].flatMap(([run, events]) =>
      [...events.values()].map(({ at, data, seq }) => `${run}/${seq} t=${at} ${data}`)
    )
  }

  async play(): Promise<ReadonlyArray<string>> {
    const bed = this.#bed
    for (let lives = 0; lives < 100; lives++) {
      const pinnace = bed.open({ workflows: [this.#workflow] })
      // What is never answered, because its process died, is asked again in the next life.
      pinnace.start(this.#workflow, undefined, { id: "it" }).catch(() => {})
      await this.#live(pinnace)
      if (!bed.isDead(pinnace)) return this.#inspect(pinnace)
      bed.crash(pinnace)
    }
    return ["it never ends"]
  }

  async #live(pinnace: ReturnType<TestBed["open"]>): Promise<void> {
    for (;;) {
      await this.#bed.until(() =>
        this.#bed.isDead(pinnace) || this.#isOver || this.#asked.length > 0 && this.#bed.isIdle
      )
      if (this.#bed.isDead(pinnace) || this.#isOver) return
      for (const { id, path } of this.#asked) {
        const handle = await this.#bed.settle(pinnace.get(id))
        handle?.signal(path, signalled).catch(() => {})
      }
      await this.#bed.quiet()
    }
  }

  get #isOver(): boolean {
    const row = [...this.#bed.disk.runs.values()].find(({ id }) => id === "it")
    return row !== undefined && isTerminal(row.phase)
  }

  /** Nodes that wait for a signal. */
  get #asked(): ReadonlyArray<{ readonly id: string; readonly path: string }> {
    return [...this.#bed.disk.runs.values()].filter(({ phase }) => !isTerminal(phase)).flatMap(({ id, key }) =>
      [...this.#bed.disk.nodes.get(key)?.values() ?? []].filter(({ waiting }) => waiting === "Signal")
        .map(({ path }) => ({ id, path }))
    )
  }

  async #inspect(pinnace: ReturnType<TestBed["open"]>): Promise<ReadonlyArray<string>> {
    const bed = this.#bed
    bed.disk.fault = undefined
    const runs = await Promise.all([...bed.disk.runs.values()].map(({ id }) => bed.settle(pinnace.get(id))))
    const it = runs.find((run) => run?.id === "it")!
    this.result = await bed.settle(it.result()) as number
    const logs = await Promise.all(runs.map((run) => bed.settle(run!.logs())))
    return [...runs.flatMap((run) => bed.violations(run!)), ...logs.flat().map(({ text }) => `F2: ${text}`)]
  }
}
