/**
 * Simulated lives of artifacts: random graphs that save and read, a store that fails in every way a store fails,
 * processes that die, people who stop, retry, resubmit and delete. Checked are N8 and N9: what can be read is there and
 * whole, what nobody can read goes, in the end.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Artifact, type Pinnace, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import "../../src/engine/observe/sweep.ts"
import "../../src/store/mover.ts"
import { artifactError, type ArtifactReason } from "../../src/artifact/ArtifactError.ts"
import { isReadable } from "../../src/run/ArtifactRow.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { type ArtifactStore, memoryStore } from "../../src/store/mod.ts"
import { artifactStrategies } from "../../src/workflow/Artifact.ts"
import { TestBed } from "../engine/TestBed.ts"
import { type Random, seeded } from "../run/random.ts"

/** What came of one seed. */
export interface BytesVerdict {
  readonly violations: ReadonlyArray<string>
  /** What was done, and what became of nodes and artifacts, for replays. */
  readonly history: ReadonlyArray<string>
  readonly saved: number
  readonly faults: number
}

/** A store that fails as a store does: before, after the work was done all the same, for a while or for good. */
class FaultyStore {
  readonly inner = memoryStore()
  readonly #random: Random
  chance = 0.15
  faults = 0

  constructor(random: Random) {
    this.#random = random
  }

  #fault(): ArtifactReason | undefined {
    if (!this.#random.chance(this.chance)) return undefined
    this.faults++
    return this.#random.pick(["Unreachable", "Throttled", "Unreachable", "AccessDenied"] as const)
  }

  get store(): ArtifactStore {
    const { inner } = this
    const error = (reason: ArtifactReason, operation: "put" | "get" | "delete", key: string) =>
      artifactError(reason, { operation, key, store: inner.describe }, "it said so")
    return {
      ...inner,
      put: (key, content, options) => {
        const fault = this.#fault()
        if (fault === undefined) return inner.put(key, content, options)
        const isDone = this.#random.chance(0.5)
        const put = isDone ? inner.put(key, content, options) : Effect.void
        return Effect.andThen(put, Effect.fail(error(fault, "put", key)))
      },
      get: (key, options) => {
        const fault = this.#fault()
        return fault === undefined ? inner.get(key, options) : Stream.concat(
          Stream.take(inner.get(key, options), 0),
          Stream.fail(error(fault, "get", key))
        )
      },
      delete: (keys) => {
        const fault = this.#fault()
        if (fault === undefined) return inner.delete(keys)
        const all = [...keys]
        const done = all.filter(() => this.#random.chance(0.5))
        return Effect.as(inner.delete(done), all.map((key) => ({ key, error: error(fault, "delete", key) })))
      }
    }
  }
}

/** One seed. */
class Life {
  readonly random: Random
  readonly bed: TestBed
  readonly faulty: FaultyStore
  readonly violations: Array<string> = []
  readonly history: Array<string> = []
  readonly runs: Array<string> = []
  /** Handles that a body may not be able to read, because they came from a run that has ended. */
  #saved = 0

  constructor(seed: number) {
    this.random = seeded(seed)
    this.bed = new TestBed(seed)
    this.faulty = new FaultyStore(this.random)
  }

  async play(): Promise<BytesVerdict> {
    const flow = this.#workflow()
    let pinnace = this.#open(flow)
    const second = this.random.chance(0.5) ? this.#open(flow) : undefined
    for (let n = this.random.below(2); n >= 0; n--) {
      this.runs.push((await this.bed.settle(pinnace.start(flow))).id)
    }
    for (let acts = 3 + this.random.below(6); acts > 0; acts--) {
      await this.#steps(this.random.below(120))
      if (this.random.chance(0.2)) {
        this.#note("crash")
        this.bed.crash(pinnace)
        pinnace = this.#open(flow)
      } else await this.#act(pinnace)
      this.#checkRows()
    }
    this.faulty.chance = 0
    await this.#end(pinnace)
    await this.#checkEnd(pinnace)
    if (second !== undefined) await this.bed.settle(second.close())
    return this.verdict()
  }

  /** What came of it so far. */
  verdict(...more: ReadonlyArray<string>): BytesVerdict {
    const violations = [...this.violations, ...more]
    return { violations, history: this.history, saved: this.#saved, faults: this.faulty.faults }
  }

  #note(what: string): void {
    const artifacts = this.bed.disk.artifacts.list({ limit: Infinity })
    const nodes = [...this.bed.disk.runs.values()].map((run) =>
      `${run.id} ${run.phase} epoch ${run.epoch}: ` +
      [...this.bed.disk.nodes.get(run.key)?.values() ?? []].map(({ path, phase }) => `${path} ${phase}`).join(", ")
    )
    this.history.push(what, ...nodes.map((line) => `  ${line}`))
    this.history.push(
      `  ${
        artifacts.map(({ artifact, gc, path, run, state }) => `${artifact} of ${run % 100} ${path} ${gc} ${state}`)
          .join("; ")
      }`
    )
  }

  #open(flow: ReturnType<Life["_flow"]>): Pinnace {
    return this.bed.open({ workflows: [flow as never], artifacts: { store: this.faulty.store } }) as Pinnace
  }

  /** Only for its type. */
  _flow() {
    return this.#workflow()
  }

  #workflow() {
    const { random } = this
    const gc = random.pick(artifactStrategies)
    return workflow("flow", { gc }, (w) => {
      const made: Array<{ readonly node: ReturnType<typeof w.node> }> = []
      for (let n = 2 + random.below(5); n >= 0; n--) {
        const sources = made.filter(() => random.chance(0.5)).map(({ node }) => node)
        const needs = Object.fromEntries(sources.map((node, at) => [`s${at}`, node]))
        made.push({
          node: w.node(`n${n}`, this.#task(`t${n}`), {
            needs: needs as never,
            input: ((values: Record<string, ReadonlyArray<Artifact>>) => ({
              handles: Object.values(values).flat()
            })) as never
          }) as never
        })
      }
      return random.chance(0.5) ? made.at(-1)?.node as never : undefined as never
    })
  }

  /** Reads what it is given, perhaps fails, saves something and perhaps passes something on. */
  #task(name: string) {
    const { random } = this
    const puts = random.below(3)
    const failing = random.pick([0, 0, 0, 0.3, 0.9])
    const passes = random.chance(0.3)
    return task(name, {
      input: { handles: Schema.Array(Artifact) },
      output: Schema.Array(Artifact),
      retry: { limit: random.below(3), backoff: "1 second" },
      run: async ({ handles }, { artifacts, node }) => {
        for (const handle of handles) await this.#read(handle, node, () => artifacts.open(handle))
        const saved: Array<Artifact> = []
        for (let n = 0; n < puts; n++) {
          const gc = random.chance(0.4) ? { gc: random.pick(artifactStrategies) } : {}
          const when = random.chance(0.2) ? { when: "always" as const } : {}
          saved.push(await artifacts.putText(`a${n}`, `${node} ${n}`, { ...gc, ...when }))
          this.#saved++
        }
        if (random.chance(failing)) throw new Error("no")
        return passes ? [...saved, ...handles] : saved
      }
    })
  }

  /** A handle that a live node was given can be read, whatever is collected meanwhile; only the store may say no. */
  async #read(handle: Artifact, node: string, open: () => Promise<{ text(): Promise<string> }>): Promise<void> {
    try {
      const text = await (await open()).text()
      if (!text.endsWith(` ${handle.name.slice(1)}`)) {
        this.violations.push(`N8 ${node} read ${text} of ${handle.artifact}`)
      }
    } catch (error) {
      const message = String(error)
      if (/cannot be read|there is no object|not the recorded|instead of/.test(message)) {
        this.violations.push(`N8 ${node} cannot read ${handle.artifact}: ${message}`)
      }
      throw error
    }
  }

  async #steps(many: number): Promise<void> {
    let left = many
    await this.bed.until(() => left-- <= 0 || this.bed.isIdle)
  }

  async #act(pinnace: Pinnace): Promise<void> {
    const run = await pinnace.get(this.random.pick(this.runs))
    if (run === undefined) return
    const act = this.random.pick(
      ["stop", "terminate", "retry", "resubmit", "fork", "delete", "gc", "wait", "wait"] as const
    )
    this.#note(`${act} ${run.id}`)
    try {
      if (act === "gc") await this.bed.settle(pinnace.gc({ retryFailed: this.random.chance(0.5) }))
      else if (act === "stop" || act === "terminate") await this.bed.settle(run[act]())
      else if (act === "retry") await this.bed.settle(run.retry())
      else if (act === "delete") await this.bed.settle(run.delete())
      else if (act === "resubmit") this.runs.push((await this.bed.settle(run.resubmit({ memoized: true }))).id)
      else if (act === "fork") await this.#fork(run)
    } catch (error) {
      if (!/Refused|RunNotFound|EngineClosed|Fenced/.test(`${(error as { _tag?: string })._tag}`)) throw error
    }
  }

  async #fork(run: RunHandle): Promise<void> {
    const nodes = (await run.nodes()).filter(({ kind }) => kind === "task")
    if (nodes.length > 0) this.runs.push((await this.bed.settle(run.fork(this.random.pick(nodes).path))).id)
  }

  /** At every instant: what can be read has been stored whole. */
  #checkRows(): void {
    for (const row of this.bed.disk.artifacts.list({ limit: Infinity })) {
      if (!isReadable(row)) continue
      const found = Effect.runSync(Effect.result(this.faulty.inner.stat(row.key)))
      const isThere = found._tag === "Success" && found.success.size === row.size
      if (!isThere) this.violations.push(`N8 ${row.artifact} of ${row.path} is ${row.state} and has no bytes`)
    }
  }

  async #end(pinnace: Pinnace): Promise<void> {
    for (const id of this.runs) {
      const run = await pinnace.get(id)
      if (run !== undefined) await this.bed.ended(run)
    }
    // The first one may find a deletion under way that is about to fail.
    for (let n = 0; n < 2; n++) await this.bed.settle(pinnace.gc({ retryFailed: true }))
    await this.#untilDeleted()
  }

  /** Another process may have taken some of them. */
  #untilDeleted(): Promise<void> {
    return this.bed.until(() => this.bed.disk.artifacts.list({ states: ["deleting"], limit: Infinity }).length === 0)
  }

  async #checkEnd(pinnace: Pinnace): Promise<void> {
    this.#checkRows()
    for (const { artifact, gc, state } of this.bed.disk.artifacts.list({ limit: Infinity })) {
      if (state !== "deleted" && (gc === "OnWorkflowCompletion" || gc === "temp")) {
        this.violations.push(`N8 ${artifact} (${gc}) is ${state} although every run has ended`)
      }
    }
    this.bed.elapse(10)
    await this.bed.settle(pinnace.sweep({ olderThan: 0 }))
    await this.#checkStore("after a sweep")
    for (const { id, phase } of await pinnace.list({ limit: 1000 })) {
      if (!isTerminal(phase)) this.violations.push(`N9 ${id} is ${phase}`)
      await this.bed.settle((await pinnace.get(id))!.delete())
    }
    await this.bed.settle(pinnace.gc())
    await this.#untilDeleted()
    await this.#checkStore("after everything was deleted")
    for (const { artifact, gc } of this.bed.disk.artifacts.list({ limit: Infinity })) {
      if (gc !== "Never") this.violations.push(`N8 ${artifact} (${gc}) is still there after everything was deleted`)
    }
  }

  async #checkStore(when: string): Promise<void> {
    const stored = (await Effect.runPromise(Stream.runCollect(this.faulty.inner.list()))).map(({ key }) => key)
    const rows = this.bed.disk.artifacts.list({ limit: Infinity }).filter(({ state }) => state !== "deleted")
    const named = new Set(rows.map(({ key }) => key))
    for (const key of stored) {
      if (!named.has(key)) this.violations.push(`N8 ${key} is stored and no row names it ${when}`)
    }
  }
}

/** Plays one seed. */
export const playBytes = async (seed: number): Promise<BytesVerdict> => {
  const life = new Life(seed)
  try {
    return await life.play()
  } catch (error) {
    return life.verdict(`it broke: ${error instanceof Error ? error.stack : String(error)}`)
  }
}
