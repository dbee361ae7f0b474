/**
 * Checks a workflow and freezes it into a plan. Never throws:
 * every mistake is reported at once. Linear in nodes and edges.
 */
import * as Result from "effect/Result"
import type { AnyWorkflow, NodeDef } from "../workflow/Definition.ts"
import { noHooks } from "../workflow/Handler.ts"
import { cyclesOf, downstreamsOf, orderOf, type Upstreams } from "./cycles.ts"
import { digesting } from "./digest.ts"
import { DEPTH_MAX, Findings, NODES_MAX } from "./Findings.ts"
import type { Issue } from "./Issue.ts"
import { allNow, mapped, type Pieces } from "./pieces.ts"
import type { Plan, PlanNode } from "./Plan.ts"
import { checkNode, resolvingEdges } from "./resolve.ts"
import { checkingSemaphores } from "./semaphores.ts"
import { checkHandlers, checkRunnable } from "./runnables.ts"

/** What comes of it. */
export type Compiled = Result.Result<Plan, ReadonlyArray<Issue>>

/** The plan of a workflow, or every mistake in it, ordered by path. */
export const compile = (workflow: AnyWorkflow): Compiled => allNow(compiling(workflow))

/** The same in pieces. */
export function* compiling(workflow: AnyWorkflow): Pieces<Compiled> {
  const compilation = new Compilation()
  const built = yield* compilation.visit(workflow, workflow.name, 1)
  const { findings } = compilation
  if (built !== undefined) {
    checkSize(findings, workflow.name, built)
    yield* checkingSemaphores(findings, workflow)
  }
  return findings.isEmpty && built?.plan !== undefined ? Result.succeed(built.plan) : Result.fail(findings.sorted())
}

/** What is known of a workflow after its visit; the plan is missing when it has mistakes. */
interface Built {
  readonly plan: Plan | undefined
  /** Nodes, those of nested workflows counted each time they are used. */
  readonly size: number
  /** Levels of nesting, itself included. */
  readonly height: number
}

/**
 * One compilation: each distinct workflow is visited once, so that lattices
 * of nested workflows cost what they say, not what they unroll to.
 */
class Compilation {
  readonly findings = new Findings()
  readonly #built = new Map<AnyWorkflow, Built>()

  /** What handlers run is small. */
  visitNow(workflow: AnyWorkflow, path: string, level: number): void {
    allNow(this.visit(workflow, path, level))
  }

  *visit(workflow: AnyWorkflow, path: string, level: number): Pieces<Built | undefined> {
    const known = this.#built.get(workflow)
    if (known !== undefined) return known
    if (level > DEPTH_MAX) return void this.findings.tooDeep(path)
    if (workflow.nodes.length > NODES_MAX) return void this.findings.tooMany(path, workflow.nodes.length)
    const nested = yield* this.#visitNested(workflow, path, level)
    const upstreams = yield* this.#check(workflow, path, level)
    // One mistake anywhere means that no plan is wanted.
    const plan = this.findings.isEmpty ? yield* freezing(workflow, upstreams, nested) : undefined
    const built = { ...measure(workflow, nested), plan }
    this.#built.set(workflow, built)
    return built
  }

  // By name, so that mistakes inside a workflow that is used twice
  // are reported under the same path whatever the order of writing.
  *#visitNested(workflow: AnyWorkflow, path: string, level: number): Pieces<ReadonlyMap<AnyWorkflow, Built>> {
    const found = new Map<AnyWorkflow, Built>()
    const users = workflow.nodes.filter((node) => node.runnable?._tag === "Workflow")
    for (const node of users.sort((a, b) => a.name < b.name ? -1 : 1)) {
      const inner = node.runnable as AnyWorkflow
      const built = yield* this.visit(inner, `${path}/${node.name}`, level + 1)
      if (built !== undefined) found.set(inner, built)
    }
    return found
  }

  *#check(workflow: AnyWorkflow, path: string, level: number): Pieces<Upstreams> {
    const { findings } = this
    const visit = (inner: AnyWorkflow, at: string) => this.visitNow(inner, at, level + 1)
    if (workflow.name === "") {
      findings.add(path, "invalid-name", "A workflow has an empty name", "Give it a name: runs are found by it")
    }
    for (const mistake of workflow.mistakes) findings.mistake(path, mistake)
    checkRunnable(findings, workflow, path)
    checkHandlers(findings, workflow, path, visit)
    yield* mapped(workflow.nodes, (node) => {
      const at = `${path}/${node.name}`
      checkNode(findings, node, at)
      if (node.runnable?._tag === "Task") checkRunnable(findings, node.runnable, at)
      if (node.onExit !== undefined || node.hooks !== noHooks) checkHandlers(findings, node, at, visit)
    })
    const upstreams = yield* resolvingEdges(findings, workflow, path)
    if (orderOf(upstreams).length < workflow.nodes.length) {
      const names = workflow.nodes.map((node) => node.name)
      for (const cycle of cyclesOf(upstreams, names)) findings.cycle(path, cycle.map((index) => names[index]!))
    }
    return upstreams
  }
}

const measure = (workflow: AnyWorkflow, nested: ReadonlyMap<AnyWorkflow, Built>): Pick<Built, "size" | "height"> => {
  let size = workflow.nodes.length
  let height = 0
  for (const node of workflow.nodes) {
    const built = nested.get(node.runnable as AnyWorkflow)
    size += built?.size ?? 0
    height = Math.max(height, built?.height ?? 0)
  }
  return { size, height: height + 1 }
}

const checkSize = (findings: Findings, path: string, built: Built): void => {
  if (built.size > NODES_MAX) findings.tooMany(path, built.size)
  if (built.height > DEPTH_MAX) findings.tooDeep(path)
}

function* freezing(
  workflow: AnyWorkflow,
  upstreams: Upstreams,
  nested: ReadonlyMap<AnyWorkflow, Built>
): Pieces<Plan> {
  const order = orderOf(upstreams)
  const place = new Int32Array(order.length)
  order.forEach((source, index) => place[source] = index)
  const moved = yield* mapped(order, (source) => movedTo(place, upstreams[source]!))
  const downstreams = downstreamsOf(moved)
  const byName = new Map<string, PlanNode>()
  const nodes = yield* mapped(order, (source, index) => {
    const def = workflow.nodes[source]!
    const plan = nested.get(def.runnable as AnyWorkflow)?.plan
    const node = toPlanNode(def, index, moved[index]!, downstreams[index]!, plan)
    byName.set(node.name, node)
    return node
  })
  return Object.freeze({
    workflow,
    name: workflow.name,
    nodes: Object.freeze(nodes),
    byName,
    targets: Object.freeze(nodes.filter(({ downstream }) => downstream.length === 0).map(({ index }) => index)),
    digest: yield* digesting(workflow, (inner) => nested.get(inner)!.plan!.digest)
  })
}

const movedTo = (place: Int32Array, upstream: ReadonlyArray<number>): ReadonlyArray<number> =>
  upstream.length === 0 ? upstream : upstream.map((before) => place[before]!).sort(ascending)

const ascending = (a: number, b: number): number => a - b

const toPlanNode = (
  def: NodeDef,
  index: number,
  upstream: ReadonlyArray<number>,
  downstream: ReadonlyArray<number>,
  plan: Plan | undefined
): PlanNode =>
  Object.freeze({
    name: def.name,
    index,
    def,
    upstream: Object.freeze(upstream),
    downstream: Object.freeze(downstream),
    depends: def.depends,
    plan
  })
