/**
 * Legal histories of random runs, made by a small model of an engine: it interleaves nodes at random and calls the pure
 * rules, so that the rules meet whole runs with retries, takeovers, stops and manual retries. It has no bodies, no time
 * and no storage.
 */
import type { Plan, PlanNode } from "../../src/plan/Plan.ts"
import { leftovers } from "../../src/run/abandon.ts"
import { isMet, isMetByDefault, type Status } from "../../src/run/depends.ts"
import type { Ending, Event, NodeKind, Recorded } from "../../src/run/Event.ts"
import { apply, type Rows } from "../../src/run/evolve.ts"
import { continuesOn, graphEnding, mapEnding, type Verdict } from "../../src/run/graph.ts"
import { attempt, baseOf, child, holder, isItem, item, onExit } from "../../src/run/path.ts"
import { isFailure, isTerminal, type Reason } from "../../src/run/Phase.ts"
import { failureOf } from "../../src/run/reason.ts"
import { resetSet } from "../../src/run/reset.ts"
import { livePrefix } from "../../src/run/tree.ts"
import { decideRetry } from "../../src/run/retry.ts"
import type { NodeRow } from "../../src/run/State.ts"
import type { Retry } from "../../src/workflow/Retry.ts"
import type { Random } from "./random.ts"

type Process = Generator<void, Ending>

interface Spec {
  readonly path: string
  readonly kind: NodeKind
  readonly retry: Retry | undefined
  readonly onExit: boolean
  readonly body: (attempt: number) => Process
}

/** How a model run is disturbed. */
export interface Disturbance {
  /** The chance that an attempt of a task fails, or which tasks fail. */
  readonly failing: number | ((path: string) => boolean)
  /** The chance, at each step, that the run is stopped or terminated. */
  readonly stopping?: number
  /** The chance that a task's attempt is begun again by another process. */
  readonly dying?: number
}

/** One run and everything recorded about it. */
export class History {
  readonly events: Array<Recorded> = []
  /** The paths of tasks whose bodies were executed, once for each attempt. */
  readonly executed: Array<string> = []
  rows: Rows | undefined
  #disturbance: Disturbance = { failing: 0 }
  #stopped: "Stopped" | "Terminated" | undefined
  readonly #plan: Plan
  readonly #random: Random

  constructor(plan: Plan, random: Random) {
    this.#plan = plan
    this.#random = random
    const labels = {}
    this.record({ type: "RunCreated", workflow: "w", digest: "test", input: null, priority: 0, labels })
    this.record({ type: "RunStarted", owner: 1 })
  }

  record(event: Event): void {
    const seq = this.events.length + 1
    const recorded = { run: "r", seq, at: 1000 + seq, event }
    this.events.push(recorded)
    this.rows = apply(this.rows, recorded, 7)
  }

  /** Executes the run to its end. */
  execute(disturbance: Disturbance): this {
    this.#disturbance = disturbance
    this.#stopped = undefined
    const ending = this.#asAsked(this.#drive(this.#graph(this.#plan, "")))
    const handled = this.#plan.workflow.onExit === undefined || this.#stopped === "Terminated"
      ? ending
      : this.#asAsked(this.#handle(ending))
    for (const event of leftovers(this.rows!.nodes, handled.reason)) this.record(event)
    this.record({ type: "RunFinished", ending: handled })
    return this
  }

  /** The row of one node. */
  row(path: string): NodeRow | undefined {
    return this.rows!.nodes.get(path)
  }

  /** Retries the run by hand; answers the paths that were reset. */
  retry(options: Omit<Parameters<typeof resetSet>[0], "plan" | "nodes"> = {}): ReadonlyArray<string> {
    const { nodes, run } = this.rows!
    const reset = resetSet({ plan: this.#plan, nodes, ...options }).reset.map(({ path }) => path)
    this.record({ type: "RunRetried", epoch: run.epoch + 1, reset })
    return reset
  }

  /** A stop that was accepted is how the run ends. */
  #asAsked(end: Ending): Ending {
    return this.#stopped !== undefined && end.phase === "Succeeded" ? stopped(this.#stopped) : end
  }

  #handle(main: Ending): Ending {
    const end = this.#drive(this.#node(this.#handler("")))
    if (main.phase !== "Succeeded" || !isFailure(end.phase)) return main
    return { phase: end.phase, reason: "ExitHandlerFailed", message: "the exit handler failed" }
  }

  #drive(process: Process): Ending {
    for (;;) {
      const step = process.next()
      if (step.done) return step.value
      this.#maybeStop()
    }
  }

  #maybeStop(): void {
    if (this.#stopped !== undefined || !this.#random.chance(this.#disturbance.stopping ?? 0)) return
    const mode = this.#random.pick(["stop", "terminate"] as const)
    this.#stopped = mode === "stop" ? "Stopped" : "Terminated"
    this.record({ type: "RunStopping", mode })
  }

  #handler(owner: string): Spec {
    const path = onExit(owner)
    return { path, kind: "exit", retry: undefined, onExit: false, body: () => this.#task(path, true) }
  }

  *#node(spec: Spec): Process {
    const known = this.rows!.nodes.get(spec.path)
    const end = known !== undefined && isTerminal(known.phase) ? endOf(known) : yield* this.#begin(spec)
    const completed = end.phase !== "Skipped" && end.phase !== "Omitted"
    if (spec.onExit && completed && this.#stopped !== "Terminated") yield* this.#node(this.#handler(spec.path))
    return end
  }

  *#begin(spec: Spec): Process {
    const { kind, path } = spec
    this.record({ type: "NodeStarted", path, kind, input: null })
    yield
    const ending = yield* this.#attempts(spec)
    this.record({ type: "NodeFinished", path, ending })
    return ending
  }

  *#attempts(spec: Spec): Process {
    for (let number = 1;; number++) {
      const end = yield* spec.body(number)
      const delay = this.#delay(spec, number, end)
      if (delay === undefined) return end
      const { path } = spec
      const phase = end.phase as "Failed" | "Error"
      const error = { tag: "E", message: "it failed" }
      this.record({ type: "AttemptFailed", path, attempt: number, phase, reason: end.reason!, error, delay, nextAt: 5 })
      yield
      if (this.#stopped !== undefined) return stopped(this.#stopped)
      this.record({ type: "AttemptStarted", path, attempt: number + 1, rerun: 0 })
    }
  }

  #delay({ retry }: Spec, attempt: number, end: Ending): number | undefined {
    if (retry === undefined || !isFailure(end.phase) || this.#stopped !== undefined) return undefined
    const failure = { phase: end.phase, reason: end.reason!, error: undefined, tag: "E", message: "it failed", at: 0 }
    const decision = decideRetry(retry, { attempt, firstStartedAt: 0, now: 0, failure, random: this.#random.next })
    return decision.again ? decision.delay : undefined
  }

  *#task(path: string, spared: boolean): Process {
    yield
    if (this.#random.chance(this.#disturbance.dying ?? 0)) {
      const { attempt, reruns } = this.rows!.nodes.get(path)!
      this.record({ type: "RunStarted", owner: 2 })
      this.record({ type: "AttemptStarted", path, attempt, rerun: reruns + 1 })
    }
    yield
    if (this.#stopped !== undefined && (!spared || this.#stopped === "Terminated")) return stopped(this.#stopped)
    this.executed.push(path)
    const { failing } = this.#disturbance
    if (typeof failing === "function") return failing(path) ? ending("TaskFailed", "Failed") : { phase: "Succeeded" }
    if (!this.#random.chance(failing)) return { phase: "Succeeded", output: 1 }
    return this.#random.chance(0.8) ? ending("TaskFailed", "Failed") : ending("Defect", "Error")
  }

  #spec(path: string, node: PlanNode): Spec {
    const { kind, onExit: own, retry, runnable } = node.def
    const handler = own ?? (kind === "map" ? undefined : runnable?.onExit)
    const body = (number: number): Process => {
      if (kind === "map") return this.#map(this.#prefix(path, number), node)
      return node.plan === undefined ? this.#task(path, false) : this.#graph(node.plan, this.#prefix(path, number))
    }
    return { path, kind, retry, onExit: handler !== undefined, body }
  }

  #prefix(path: string, number: number): string {
    return attempt(path, this.rows!.nodes.get(path)!.base + number)
  }

  *#map(prefix: string, node: PlanNode): Process {
    const size = baseOf(prefix).length % 4
    const handler = node.def.runnable?.onExit !== undefined
    const specs = Array.from({ length: size }, (_, index): Spec => {
      const own = item(prefix, String(index))
      const { plan } = node
      const body = (number: number): Process =>
        plan === undefined ? this.#task(own, false) : this.#graph(plan, this.#prefix(own, number))
      return { path: own, kind: plan === undefined ? "task" : "workflow", retry: undefined, onExit: handler, body }
    })
    const ends = yield* this.#all(specs)
    return conclude(
      mapEnding(ends.filter((end) => end !== undefined)),
      ends.includes(undefined) ? this.#stopped : undefined
    )
  }

  *#all(specs: ReadonlyArray<Spec>): Generator<void, Array<Ending | undefined>> {
    const ends: Array<Ending | undefined> = specs.map(() => undefined)
    const open = new Map<number, Process>()
    specs.forEach((spec, index) => this.#mayStart(spec.path) && open.set(index, this.#node(spec)))
    while (open.size > 0) {
      yield
      this.#step(open, (index, end) => ends[index] = end)
    }
    return ends
  }

  // As in the engine, nothing new begins after a stop, but what began is brought to its end.
  #mayStart(path: string): boolean {
    return this.#stopped === undefined || (this.rows!.nodes.get(path)?.phase ?? "Pending") !== "Pending"
  }

  #step(open: Map<number, Process>, ended: (index: number, end: Ending) => void): void {
    const index = this.#random.pick([...open.keys()])
    const step = open.get(index)!.next()
    if (!step.done) return
    open.delete(index)
    ended(index, step.value)
  }

  *#graph(plan: Plan, prefix: string): Process {
    const ends: Array<Ending | undefined> = plan.nodes.map(() => undefined)
    const open = new Map<number, Process>()
    const begun = new Set<number>()
    for (;;) {
      let quiet = true
      for (const node of plan.nodes) {
        if (begun.has(node.index) || node.upstream.some((index) => ends[index] === undefined)) continue
        if (!this.#mayStart(child(prefix, node.name))) continue
        begun.add(node.index)
        quiet = false
        const barred = this.#barred(plan, node, prefix, ends)
        if (barred === undefined) open.set(node.index, this.#node(this.#spec(child(prefix, node.name), node)))
        else ends[node.index] = barred
      }
      if (open.size === 0 && quiet) break
      if (open.size === 0) continue
      yield
      this.#step(open, (index, end) => ends[index] = end)
    }
    const halted = ends.includes(undefined) ? this.#stopped : undefined
    return conclude(graphEnding(plan, (index) => ends[index] ?? { phase: "Omitted" }), halted)
  }

  #barred(plan: Plan, node: PlanNode, prefix: string, ends: ReadonlyArray<Ending | undefined>): Ending | undefined {
    const path = child(prefix, node.name)
    const known = this.rows!.nodes.get(path)
    if (known !== undefined && known.phase !== "Pending") return undefined
    const status = (index: number): Status => this.#status(plan, prefix, index, ends[index]!)
    const met = node.depends === undefined
      ? isMetByDefault(node.upstream.map(status))
      : isMet(node.depends, (name) => status(plan.byName.get(name)!.index))
    if (met) return undefined
    const end = { phase: "Omitted", reason: "Depends", message: "not met" } as const
    this.record({ type: "NodeFinished", path, kind: node.def.kind, ending: end })
    return end
  }

  #status(plan: Plan, prefix: string, index: number, end: Ending): Status {
    const node = plan.nodes[index]!
    const failure = failureOf(end)
    const continueOn = failure !== undefined && continuesOn(node, failure)
    if (node.def.kind !== "map") return { phase: end.phase, continueOn }
    const row = this.rows!.nodes.get(child(prefix, node.name))!
    const items = [...this.rows!.nodes.values()].filter(({ path }) => isItem(path) && holder(path) === livePrefix(row))
    return { phase: end.phase, continueOn, items: items.map((item) => item.phase) }
  }

  /** What conditions are told about a node that has ended. */
  status(plan: Plan, prefix: string, index: number): Status {
    return this.#status(plan, prefix, index, endOf(this.row(child(prefix, plan.nodes[index]!.name))!))
  }
}

const ending = (reason: Reason, phase: "Failed" | "Error"): Ending => ({ phase, reason, message: "it failed" })

const stopped = (reason: "Stopped" | "Terminated"): Ending => ({ phase: "Failed", reason, message: "it was ended" })

const endOf = (row: { phase: string; reason: Reason | null; message: string | null }): Ending => ({
  phase: row.phase as Ending["phase"],
  ...(row.reason === null ? {} : { reason: row.reason }),
  ...(row.message === null ? {} : { message: row.message })
})

const conclude = ({ message, phase, reason }: Verdict, halted: "Stopped" | "Terminated" | undefined): Ending => {
  if (halted !== undefined) return stopped(halted)
  return { phase, ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) }
}
