/** Plans for tests of the pure rules, made by hand or at random, without the typed surface and without bodies. */
import * as Schema from "effect/Schema"
import type { Plan, PlanNode } from "../../src/plan/Plan.ts"
import { type Condition, nodesOf, type Question } from "../../src/workflow/Condition.ts"
import type { AnyTask, AnyWorkflow, HandlerDef, NodeDef } from "../../src/workflow/Definition.ts"
import { normalizeRetry } from "../../src/workflow/normalizeRetry.ts"
import type { Random } from "./random.ts"

const any = Schema.Unknown as unknown as AnyTask["input"]
const none = { attempt: Infinity, total: Infinity }

/** A task that is never run. */
export const someTask: AnyTask = {
  _tag: "Task",
  name: "some-task",
  description: undefined,
  input: any,
  output: any,
  error: undefined,
  retry: undefined,
  timeouts: none,
  onCrash: "rerun",
  onExit: undefined,
  hooks: {},
  services: [],
  permits: undefined,
  run: () => undefined
}

/** A handler that is never run. */
export const someHandler: HandlerDef = { task: someTask, input: () => ({}) }

/** What tests say about one node; everything else is default. */
export interface Sketch {
  readonly after?: ReadonlyArray<string>
  readonly depends?: Condition
  readonly continueOn?: boolean
  readonly map?: boolean
  readonly inner?: Plan
  readonly retries?: number
  readonly onExit?: boolean
  readonly readsInput?: boolean
}

const kindOf = ({ inner, map }: Sketch): NodeDef["kind"] => map ? "map" : inner === undefined ? "task" : "workflow"

const noOverrides = { retry: undefined, timeouts: undefined, permits: undefined, onExit: undefined, hooks: {} }

const inputRef = { _tag: "Ref", of: "input", node: undefined, scope: {}, at: [] } as const

const defOf = (name: string, sketch: Sketch): NodeDef => ({
  name,
  renamedFrom: [],
  kind: kindOf(sketch),
  description: undefined,
  runnable: sketch.inner?.workflow ?? someTask,
  needs: sketch.readsInput ? { input: inputRef } : {},
  after: sketch.after ?? [],
  depends: sketch.depends,
  when: undefined,
  bind: () => ({}),
  continueOn: { failed: sketch.continueOn === true, error: sketch.continueOn === true },
  fallback: undefined,
  retry: sketch.retries === undefined ? undefined : normalizeRetry({ limit: sketch.retries }),
  timeouts: undefined,
  onExit: sketch.onExit ? someHandler : undefined,
  hooks: {},
  map: sketch.map
    ? { items: { ...inputRef, of: "value" }, key: undefined, concurrency: 4, failFast: false, item: noOverrides }
    : undefined,
  suspend: undefined,
  permits: undefined
})

const workflowOf = (name: string, nodes: ReadonlyArray<NodeDef>, onExit: boolean): AnyWorkflow => ({
  _tag: "Workflow",
  suspended: false,
  compensates: true,
  start: undefined,
  kept: undefined,
  labels: {},
  name,
  description: undefined,
  input: any,
  output: any,
  error: undefined,
  nodes,
  result: undefined,
  failFast: false,
  parallelism: Infinity,
  timeout: Infinity,
  retry: undefined,
  gc: undefined,
  store: undefined,
  retention: undefined,
  statesErrors: true,
  permits: undefined,
  onExit: onExit ? someHandler : undefined,
  hooks: {},
  mistakes: []
})

/** A plan of sketched nodes; they may stand in any order. */
export const planOf = (sketches: Readonly<Record<string, Sketch>>, onExit = false): Plan => {
  const names = Object.keys(sketches)
  const indexOf = new Map(names.map((name, index) => [name, index]))
  const upstreamOf = ({ after = [], depends }: Sketch): ReadonlyArray<number> => {
    const above = [...after, ...(depends === undefined ? [] : nodesOf(depends))]
    return [...new Set(above.map((name) => indexOf.get(name)!))].sort((a, b) => a - b)
  }
  const upstream = names.map((name) => upstreamOf(sketches[name]!))
  const nodes = names.map((name, index): PlanNode => ({
    name,
    index,
    def: defOf(name, sketches[name]!),
    upstream: upstream[index]!,
    downstream: names.map((_, other) => other).filter((other) => upstream[other]!.includes(index)),
    depends: sketches[name]!.depends,
    plan: sketches[name]!.inner
  }))
  return {
    workflow: workflowOf("w", nodes.map((node) => node.def), onExit),
    name: "w",
    nodes,
    byName: new Map(nodes.map((node) => [node.name, node])),
    targets: nodes.filter((node) => node.downstream.length === 0).map((node) => node.index),
    digest: "test"
  }
}

/** Asks one question about one node. */
export const is = (node: string, question: Question): Condition => ({ _tag: "Is", node, question })

const questions: ReadonlyArray<Question> = [
  "succeeded",
  "failed",
  "errored",
  "skipped",
  "omitted",
  "anySucceeded",
  "allFailed"
]

/** A random condition over some nodes. */
export const randomCondition = (random: Random, nodes: ReadonlyArray<string>, depth = 2): Condition => {
  if (depth === 0 || random.chance(0.5)) return is(random.pick(nodes), random.pick(questions))
  if (random.chance(0.2)) return { _tag: "Not", condition: randomCondition(random, nodes, depth - 1) }
  const conditions = [randomCondition(random, nodes, depth - 1), randomCondition(random, nodes, depth - 1)]
  return { _tag: random.pick(["And", "Or"]), conditions }
}

const randomSketch = (random: Random, before: ReadonlyArray<string>, depth: number): Sketch => {
  const after = before.filter(() => random.chance(1.5 / (before.length + 1)))
  const nested = depth > 0 && random.chance(0.25)
  const conditional = after.length > 0 && random.chance(0.4)
  return {
    ...(conditional ? { depends: randomCondition(random, after) } : { after }),
    continueOn: !conditional && random.chance(0.15),
    map: random.chance(0.2),
    onExit: random.chance(0.2),
    readsInput: random.chance(0.2),
    ...(nested ? { inner: randomPlan(random, depth - 1) } : {}),
    ...(random.chance(0.3) ? { retries: random.below(3) } : {})
  }
}

/** A random plan of 1 to 7 nodes with conditions, `continueOn`, maps, handlers, retries and nested plans. */
export const randomPlan = (random: Random, depth = 2): Plan => {
  const names: Array<string> = []
  const sketches: Record<string, Sketch> = {}
  const size = 1 + random.below(7)
  while (names.length < size) {
    const name = `n${names.length}`
    sketches[name] = randomSketch(random, names, depth)
    names.push(name)
  }
  return planOf(sketches, random.chance(0.5))
}
