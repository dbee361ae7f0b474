import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { compile } from "../../src/plan/compile.ts"
import { list, toJson } from "../../src/plan/drawing.ts"
import { planFrom, storedText } from "../../src/plan/stored.ts"
import { toMermaid } from "../../src/plan/mermaid.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { and, not, or } from "../../src/workflow/Condition.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { task } from "../../src/workflow/Task.ts"
import { workflow } from "../../src/workflow/Workflow.ts"
import { forSeeds } from "../run/random.ts"
import { randomSketches, workflowOf } from "./randomGraph.ts"

const fetch = task("fetch", { input: { url: Schema.String }, description: "Gets a page", run: ({ url }) => url })
const unit = task("unit", { run: () => 1 })

const planOf = (given: unknown): Plan => Result.getOrThrow(compile(given as AnyWorkflow))

const inner = workflow(
  "inner",
  { input: { urls: Schema.Array(Schema.String) } },
  (w) => w.map("pages", w.input.urls, fetch, (url) => ({ url }))
)

const outer = planOf(workflow("outer", { input: { url: Schema.String } }, (w) => {
  const page = w.node("page", fetch, { input: { url: w.input.url } })
  const each = w.node("each", inner, { input: { urls: [page] } })
  const wait = w.suspend("wait", { after: [each], when: () => true })
  w.node("clean <up>", unit, { depends: or(and(page.failed, each.skipped), not(wait.succeeded)) })
  w.map("again", [1], inner, () => ({ urls: [] }), { needs: { outcome: each.outcome } })
  return { page }
}))

describe("list()", () => {
  it("lists nested nodes beneath their node, in an order that respects edges", () => {
    expect(list(outer).map(({ after, kind, path, runs }) => `${path}: ${kind} ${runs} after ${after}`)).toEqual([
      "page: task fetch after ",
      "each: workflow inner after page",
      "each/pages: map fetch after ",
      "wait: suspend null after each",
      "clean <up>: task unit after each,page,wait",
      "again: map inner after each",
      "again[]/pages: map fetch after "
    ])
  })
})

describe("toJson()", () => {
  it("survives JSON text", () => {
    expect(JSON.parse(JSON.stringify(toJson(outer)))).toEqual(toJson(outer))
    forSeeds(50, (random) => {
      const json = toJson(planOf(workflowOf(randomSketches(random, false))))
      expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    })
  })

  it("is what comes of the stored text, of this version and of those that said all of each node", () => {
    const comesBack = (plan: Plan): void => {
      const whole = JSON.stringify(toJson(plan))
      expect(JSON.stringify(planFrom(storedText(plan)))).toBe(whole)
      expect(JSON.stringify(planFrom(whole))).toBe(whole)
    }
    comesBack(outer)
    forSeeds(50, (random) => comesBack(planOf(workflowOf(randomSketches(random, false)))))
    const wide = planOf(workflow("wide", {}, (w) => {
      for (let at = 0; at < 2_500; at++) w.node(`n${at}`, unit)
    }))
    comesBack(wide)
    expect(storedText(wide).length / 2_500).toBeLessThan(50)
  })

  it("says what each node runs, reads, waits for and asks", () => {
    const { digest, plans } = toJson(outer)
    const root = plans[digest]!
    expect(root).toMatchObject({ name: "outer", result: ["page"] })
    expect(root.nodes.find(({ name }) => name === "page")).toEqual({
      name: "page",
      kind: "task",
      runs: "fetch",
      description: "Gets a page",
      after: [],
      reads: { url: "input.url" },
      depends: null,
      guarded: false,
      plan: null
    })
    expect(root.nodes.find(({ name }) => name === "again")!.reads).toEqual({
      outcome: "each (outcome)",
      "(items)": "(value)"
    })
    const depends = "((page.failed && each.skipped) || !(wait.succeeded))"
    expect(root.nodes.find(({ name }) => name === "clean <up>")!.depends).toBe(depends)
  })

  it("has a nested plan once, however often it is used", () => {
    let lattice = workflow("w0", {}, (w) => void w.node("a", unit))
    for (let level = 1; level < 15; level++) {
      const below = lattice
      lattice = workflow(`w${level}`, {}, (w) => {
        w.node("a", below)
        w.node("b", below)
      })
    }
    expect(Object.keys(toJson(planOf(lattice)).plans)).toHaveLength(15)
    expect(JSON.stringify(planFrom(storedText(planOf(lattice))))).toBe(JSON.stringify(toJson(planOf(lattice))))
  })
})

describe("toMermaid()", () => {
  it("draws kinds, conditions, nested workflows and the two sorts of edges", () => {
    expect(toMermaid(outer)).toBe(`flowchart TD
  n_0["page<br/>fetch"]
  subgraph n_1["each<br/>inner"]
    n_1_0[["pages (each)<br/>fetch"]]
  end
  n_2(["wait"])
  n_3["clean #60;up#62;<br/>unit<br/>((page.failed #38;#38; each.skipped) || !(wait.succeeded))"]
  subgraph n_4["again (each)<br/>inner"]
    n_4_0[["pages (each)<br/>fetch"]]
  end
  n_0 --> n_1
  n_1 -.-> n_2
  n_0 -.-> n_3
  n_1 -.-> n_3
  n_2 -.-> n_3
  n_1 --> n_4
`)
  })
})
