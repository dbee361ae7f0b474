/**
 * One seed: a random straight-line program as a flow, with deaths of its process at random commits. Its result is that
 * of a life without deaths, every race is decided once, and the invariants hold of all runs that it leaves.
 */
import type { Workflow } from "../../mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { FlowPrograms, signalled, valueOf } from "./FlowPrograms.ts"
import { TestBed } from "../engine/TestBed.ts"
import { Crashes } from "./Crashes.ts"

/** Plays one seed. */
export const playFlow = async (seed: number) => {
  const programs = new FlowPrograms(seed)
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
