/** A manifest on virtual time, its templates replaced by functions. */
import { answersOf } from "../../journal/answers.ts"
import * as Effect from "effect/Effect"
import type { RunHandle } from "../../../src/embed/RunHandle.ts"
import {
  load,
  type LoadOptions,
  type ManifestNode,
  type ManifestRun,
  retryManifest,
  viewRun
} from "../../../src/argo/mod.ts"
import { planOf } from "../../../src/engine/life/plans.ts"
import { check } from "../../../src/run/invariants.ts"
import { expect } from "vitest"
import { TestEngine } from "../../../src/testing/mod.ts"

/** What a replaced template may do. */
export type Fakes = NonNullable<LoadOptions["templates"]>

/** One run. */
export class Bed {
  readonly engine = new TestEngine()
  readonly #source: string
  readonly #templates: Fakes
  #run: RunHandle | undefined

  constructor(spec: string, templates: Fakes = {}, more = "") {
    this.#source = `kind: Workflow\nmetadata: {name: wf}\nspec:\n${spec.replace(/^/gm, "  ")}\n${more}`
    this.#templates = templates
  }

  /** Starts it and lets everything happen that needs no time. */
  async start(parameters: Readonly<Record<string, string>> = {}): Promise<this> {
    this.#run = await this.engine.pinnace.start(load(this.#source, { templates: this.#templates }), { parameters })
    await this.engine.settle()
    return this
  }

  /** The run's handle. */
  get run(): RunHandle {
    return this.#run!
  }

  /** The run as Argo shows it. */
  get view(): ManifestRun {
    return Effect.runSync(viewRun(this.engine.pinnace.engine, this.run.id))!
  }

  /** A node by its name without the run's. */
  node(name: string): ManifestNode | undefined {
    return this.view.nodes.find((it) => it.name === `wf${name}`)
  }

  /** Phases by name without the run's. */
  get phases(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.view.nodes.map(({ name, phase }) => [name.slice(2), phase]))
  }

  /** Lets time pass until it has ended, and gives its phase. */
  async end(): Promise<string> {
    await this.engine.finish(this.run).catch(() => {})
    expect(this.violations).toEqual([])
    return this.view.phase
  }

  /** What the run's record breaks of the engine's invariants. */
  get violations(): ReadonlyArray<string> {
    const { journal } = this.engine.pinnace.engine.host
    const run = answersOf(journal).findRun(this.run.id)!
    const nodes = new Map(answersOf(journal).nodes(run.key).map((node) => [node.path, node]))
    const plan = planOf(this.engine.pinnace.engine.workflows.get(run.workflow)!)
    return check({ events: answersOf(journal).events(run.key, 0), rows: { run, nodes }, plan })
  }

  /** Ends the process, and goes on in another one. */
  async crash(): Promise<void> {
    await this.engine.crash()
    this.#run = await this.engine.pinnace.get(this.run.id)
  }

  /** Runs the failed part again. */
  async retry(request: Parameters<typeof retryManifest>[2] = {}): Promise<void> {
    await Effect.runPromise(retryManifest(this.engine.pinnace.engine, this.run.id, request))
    await this.engine.settle()
  }
}
