import { describe, expect, it } from "vitest"
import type { Plan, PlanNode } from "../../src/plan/Plan.ts"
import { graphEnding, mapEnding, topological } from "../../src/run/graph.ts"
import type { Phase } from "../../src/run/Phase.ts"
import { type End, failureOf } from "../../src/run/reason.ts"
import { is, planOf, randomPlan, type Sketch } from "./plans.ts"
import { forSeeds, type Random } from "./random.ts"

const ending = (sketches: Readonly<Record<string, Sketch>>, phases: Readonly<Record<string, Phase | End>>) => {
  const plan = planOf(sketches)
  return graphEnding(plan, (index) => {
    const end = phases[plan.nodes[index]!.name]!
    return typeof end === "string" ? { phase: end } : end
  })
}

const diamond: Readonly<Record<string, Sketch>> = {
  a: {},
  b: { depends: is("a", "failed") },
  c: { depends: is("a", "succeeded") }
}

describe("graphEnding()", () => {
  it("fails when a failure left one of its dependants omitted, even if another took it up", () => {
    expect(ending(diamond, { a: "Failed", b: "Succeeded", c: "Omitted" }))
      .toEqual({ phase: "Failed", reason: "ChildFailed", message: "a failed", cause: 0 })
  })

  it("succeeds when the only dependant took the failure up", () => {
    const { a, b } = diamond
    expect(ending({ a: a!, b: b! }, { a: "Failed", b: "Succeeded" }).phase).toBe("Succeeded")
  })

  it("carries a failure through a chain of omitted nodes", () => {
    const chain = { a: {}, b: { after: ["a"] }, c: { after: ["b"] } }
    expect(ending(chain, { a: "Error", b: "Omitted", c: "Omitted" })).toMatchObject({ phase: "Error", cause: 0 })
  })

  it("counts a failure that is continued on as a success", () => {
    const sketches = { a: { continueOn: true }, b: { after: ["a"] } }
    expect(ending(sketches, { a: "Failed", b: "Skipped" }).phase).toBe("Succeeded")
    expect(ending({ a: { continueOn: true } }, { a: "Error" }).phase).toBe("Succeeded")
    expect(ending({ a: { continueOn: true, map: true } }, { a: "Failed" }).phase).toBe("Succeeded")
  })

  it("does not forgive a continueOn leaf the failure it inherited", () => {
    const sketches = { a: {}, b: { after: ["a"], continueOn: true } }
    expect(ending(sketches, { a: "Failed", b: "Omitted" }).phase).toBe("Failed")
  })

  it("succeeds when everything was skipped or omitted for its own reasons", () => {
    const sketches = { a: {}, b: { depends: is("a", "failed") } }
    expect(ending(sketches, { a: "Skipped", b: "Omitted" })).toEqual({ phase: "Succeeded" })
    expect(ending({}, {})).toEqual({ phase: "Succeeded" })
  })

  it("fails when a stop came before a node that had yet to run", () => {
    const sketches = { a: {}, b: { after: ["a"] } }
    const end = ending(sketches, { a: "Succeeded", b: { phase: "Omitted", reason: "Stopped" } })
    expect(end).toMatchObject({ phase: "Failed", reason: "Stopped", cause: 1 })
  })

  it("names the failure that made the others fail fast", () => {
    const phases = {
      a: { phase: "Failed", reason: "FailFast" },
      b: { phase: "Error", reason: "Defect", message: "boom" }
    }
    expect(ending({ a: {}, b: {} }, phases as Record<string, End>))
      .toEqual({ phase: "Error", reason: "ChildErrored", message: "b could not run: boom", cause: 1 })
  })

  it("gives the same as the definition read literally, on random graphs", () => {
    forSeeds(2_000, (random) => {
      const { plan, ends } = randomCase(random)
      const expected = plan.targets.some((index) => carried(plan, ends, index) !== undefined)
      expect(graphEnding(plan, (index) => ends[index]!).phase !== "Succeeded").toBe(expected)
    })
  })

  it("does not depend on the order in which nodes were written down", () => {
    forSeeds(500, (random) => {
      const { plan, ends } = randomCase(random)
      const order = random.shuffle(plan.nodes.map((node) => node.index))
      const mixed = permuted(plan, order)
      const one = graphEnding(plan, (index) => ends[index]!)
      const two = graphEnding(mixed, (index) => ends[order[index]!]!)
      expect(two.phase === "Succeeded").toBe(one.phase === "Succeeded")
      const places = topological(mixed)
      for (const node of mixed.nodes) {
        for (const above of node.upstream) expect(places.indexOf(above)).toBeLessThan(places.indexOf(node.index))
      }
    })
  })

  it("handles a chain of 100,000 nodes, also when it is written backwards", () => {
    const size = 100_000
    for (const backwards of [false, true]) {
      const plan = chain(size, backwards)
      const first = backwards ? size - 1 : 0
      const verdict = graphEnding(plan, (index) => ({ phase: index === first ? "Failed" : "Omitted" }))
      expect(verdict).toMatchObject({ phase: "Failed", cause: first })
    }
  })
})

const randomCase = (random: Random): { readonly plan: Plan; readonly ends: ReadonlyArray<End> } => {
  const plan = randomPlan(random, 0)
  const phases: ReadonlyArray<Phase> = ["Succeeded", "Failed", "Error", "Skipped", "Omitted", "Omitted"]
  return { plan, ends: plan.nodes.map(() => ({ phase: random.pick(phases) })) }
}

const carried = (plan: Plan, ends: ReadonlyArray<End>, index: number): string | undefined => {
  const node = plan.nodes[index]!
  const end = ends[index]!
  const failure = failureOf(end)
  if (end.phase === "Succeeded" || (failure !== undefined && node.def.continueOn.failed)) return undefined
  if (failure !== undefined) return failure
  return node.upstream.map((above) => carried(plan, ends, above)).find((it) => it !== undefined)
}

/** The same plan with its node `order[i]` at place `i`. */
const permuted = (plan: Plan, order: ReadonlyArray<number>): Plan => {
  const place = (index: number) => order.indexOf(index)
  const places = (indexes: ReadonlyArray<number>) => indexes.map(place).sort((a, b) => a - b)
  const nodes = order.map((old, index): PlanNode => {
    const node = plan.nodes[old]!
    return { ...node, index, upstream: places(node.upstream), downstream: places(node.downstream) }
  })
  return { ...plan, nodes, byName: new Map(nodes.map((node) => [node.name, node])), targets: places(plan.targets) }
}

const chain = (size: number, backwards: boolean): Plan => {
  const [one] = planOf({ n: {} }).nodes
  const step = backwards ? -1 : 1
  const within = (index: number) => index >= 0 && index < size ? [index] : []
  const nodes = Array.from({ length: size }, (_, index): PlanNode => ({
    ...one!,
    index,
    upstream: within(index - step),
    downstream: within(index + step)
  }))
  return { ...planOf({}), nodes, targets: [backwards ? 0 : size - 1] }
}

describe("mapEnding()", () => {
  it("succeeds without items, and when every failure is forgiven", () => {
    expect(mapEnding([])).toEqual({ phase: "Succeeded" })
    expect(mapEnding([{ phase: "Failed", continueOn: true }, { phase: "Skipped" }])).toEqual({ phase: "Succeeded" })
  })

  it("fails with its failed item, and lets an error decide before a failure", () => {
    expect(mapEnding([{ phase: "Succeeded" }, { phase: "Failed", message: "no" }]))
      .toEqual({ phase: "Failed", reason: "ChildFailed", message: "item 1 failed: no", cause: 1 })
    expect(mapEnding([{ phase: "Failed" }, { phase: "Error" }])).toMatchObject({ phase: "Error", cause: 1 })
  })

  it("gives a phase that does not depend on the order of the items", () => {
    forSeeds(500, (random) => {
      const phases: ReadonlyArray<Phase> = ["Succeeded", "Failed", "Error", "Skipped"]
      const items = Array.from({ length: random.below(6) }, () => ({ phase: random.pick(phases) }))
      expect(mapEnding(random.shuffle(items)).phase).toBe(mapEnding(items).phase)
    })
  })
})
