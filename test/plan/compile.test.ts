import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { compile } from "../../src/plan/compile.ts"
import { DEPTH_MAX, NODES_MAX } from "../../src/plan/Findings.ts"
import type { Issue } from "../../src/plan/Issue.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { handler } from "../../src/workflow/Handler.ts"
import { task } from "../../src/workflow/Task.ts"
import { workflow } from "../../src/workflow/Workflow.ts"
import type { Builder } from "../../src/workflow/Builder.ts"
import { forSeeds } from "../run/random.ts"
import { randomSketches, type Sketch, workflowOf } from "./randomGraph.ts"

const unit = task("unit", { run: () => 1 })
const list = task("list", { input: Schema.Array(Schema.Number), output: Schema.Number, run: (all) => all.length })

type Build = (w: Builder<void, unknown, never, never>) => unknown

const built = (build: Build): AnyWorkflow => workflow("w", {}, build as never) as unknown as AnyWorkflow
const planOf = (given: unknown): Plan => Result.getOrThrow(compile(given as AnyWorkflow))
const issuesOf = (given: unknown): ReadonlyArray<Issue> =>
  Result.match(compile(given as AnyWorkflow), { onSuccess: () => [], onFailure: (issues) => issues })
const briefly = (build: Build): ReadonlyArray<string> =>
  issuesOf(built(build)).map(({ code, path }) => `${path} ${code}`)
const names = (plan: Plan, indexes: ReadonlyArray<number>): ReadonlyArray<string> =>
  indexes.map((index) => plan.nodes[index]!.name)

describe("compile()", () => {
  it("turns values, order, conditions and items into edges", () => {
    const plan = planOf(built((w) => {
      const a = w.node("a", unit)
      const b = w.node("b", unit, { after: [a] })
      const c = w.node("c", list, { input: [a, b] })
      w.node("d", list, { needs: { c }, input: ({ c }) => [c] })
      w.node("e", unit, { depends: a.failed })
      w.map("f", w.node("g", task("g", { run: () => [1] })), list, (one) => [one])
    }))
    const upstream = Object.fromEntries(plan.nodes.map((node) => [node.name, names(plan, node.upstream)]))
    expect(upstream).toEqual({ a: [], b: ["a"], c: ["a", "b"], d: ["c"], e: ["a"], f: ["g"], g: [] })
    expect([...names(plan, plan.targets)].sort()).toEqual(["d", "e", "f"])
  })

  it("keeps the plans of nested workflows, one for each distinct workflow", () => {
    const inner = workflow("inner", {}, (w) => w.node("a", unit))
    const plan = planOf(built((w) => {
      w.node("x", inner)
      w.map("y", [1, 2], inner, () => undefined)
    }))
    expect(plan.nodes.map((node) => node.plan?.name)).toEqual(["inner", "inner"])
    expect(plan.nodes[0]!.plan).toBe(plan.nodes[1]!.plan)
  })

  it("freezes the plan", () => {
    const plan = planOf(built((w) => w.node("a", unit)))
    expect([plan, plan.nodes, plan.nodes[0], plan.nodes[0]!.upstream, plan.targets].every(Object.isFrozen)).toBe(true)
  })

  it("reports a cycle with its path", () => {
    const [issue, ...more] = issuesOf(built((w) => {
      w.node("b", unit, { after: [w.outcome("a")] })
      w.node("a", unit, { after: [w.outcome("c")] })
      w.node("c", unit, { depends: w.outcome("b").failed })
      w.node("tail", unit, { after: [w.outcome("c")] })
    }))
    expect(issue).toMatchObject({ path: "w/a", code: "cycle", message: `Node "a" waits for itself: a -> b -> c -> a` })
    expect(more).toEqual([])
  })

  it("reports a node that waits for itself", () => {
    expect(issuesOf(built((w) => w.node("a", unit, { after: [w.outcome("a")] })))[0]!.message).toContain("a -> a")
  })

  it("reports each knot of a graph once", () => {
    const issues = briefly((w) => {
      for (const [one, other] of [["a", "b"], ["c", "d"]] as const) {
        w.node(one, unit, { after: [w.outcome(other)] })
        w.node(other, unit, { after: [w.outcome(one)] })
      }
    })
    expect(issues).toEqual(["w/a cycle", "w/c cycle"])
  })

  it("reports names that are taken, unknown, reserved or would break paths", () => {
    const issues = briefly((w) => {
      w.node("fetch", unit)
      w.node("fetch", unit)
      w.node("after", unit, { after: [w.outcome("fecth")] })
      for (
        const name of ["a/b", "a[0]", "a]", "a(1)", "a#2", "a%", ".hidden", "", "a\nb", "a.onExit", "x".repeat(600)]
      ) w.node(name, unit)
      for (const name of ["onExit", "hooks", "__proto__"]) w.node(name, unit)
      w.node("it is. fine-2", unit)
    })
    expect(issues.filter((one) => one.endsWith("invalid-name"))).toHaveLength(11)
    expect(issues.filter((one) => one.endsWith("reserved-name"))).toHaveLength(3)
    expect(issues).toContain("w/fetch duplicate-node")
    expect(issues).toContain("w/after unknown-node")
    expect(issues).toHaveLength(16)
  })

  it("says which name was probably meant", () => {
    const issues = issuesOf(built((w) => {
      w.node("fetch-page", unit)
      w.node("a", unit, { after: [w.outcome("fetch_pgae")] })
    }))
    expect(issues[0]!.hint).toBe(`Did you mean "fetch-page"?`)
  })

  it("reports references to nodes and inputs of another workflow", () => {
    const issues = briefly((w) => {
      const mine = w.node("mine", unit)
      const inner = workflow("inner", {}, (v) => {
        v.node("value", list, { input: [mine] })
        v.node("order", unit, { after: [mine] })
        v.node("condition", unit, { depends: mine.succeeded })
        v.map("items", w.input as never, list, () => [1])
      })
      w.node("nested", inner)
    })
    const foreign = ["condition", "items", "order", "value"].map((name) => `w/nested/${name} foreign-reference`)
    expect(issues.filter((one) => one.endsWith("foreign-reference"))).toEqual(foreign)
  })

  it("reports a value that the reader's own condition excludes", () => {
    const issues = briefly((w) => {
      const a = w.node("a", unit)
      const b = w.node("b", unit, { when: () => true, default: 1 })
      w.node("never", list, { needs: { a }, input: () => [], depends: a.failed })
      w.node("outcome", list, { needs: { a: a.outcome }, input: () => [], depends: a.failed })
      w.node("default", list, { needs: { b }, input: () => [], depends: b.skipped })
    })
    expect(issues).toEqual(["w/never not-upstream"])
  })

  it("reports schemas that cannot be recorded, once for each task", () => {
    class Custom {
      readonly mark = 1
    }
    const bad = task("bad", {
      input: { deep: Schema.Array(Schema.Struct({ custom: Schema.instanceOf(Custom) })) },
      output: Schema.Any,
      run: () => 1
    })
    const issues = issuesOf(built((w) => {
      w.node("b", bad, { input: { deep: [] } })
      w.node("a", bad, { input: { deep: [] } })
      w.suspend("c", { output: Schema.Symbol })
    }))
    expect(issues.map(({ path }) => path)).toEqual(["w/a", "w/a", "w/c"])
    expect(issues[0]!.message).toContain(`["deep"][item]["custom"]`)
  })

  it("accepts every schema that has a JSON form", () => {
    class Point extends Schema.Class<Point>("Point")({ x: Schema.Number }) {}
    interface Tree {
      readonly children: ReadonlyArray<Tree>
    }
    const Tree: Schema.Codec<Tree> = Schema.Struct({ children: Schema.Array(Schema.suspend(() => Tree)) })
    const input = {
      a: Schema.Date,
      b: Schema.BigInt,
      c: Schema.Option(Point),
      d: Tree,
      e: Schema.HashMap(Schema.String, Schema.Uint8Array),
      f: Schema.Unknown,
      g: Schema.Redacted(Schema.String),
      h: Schema.Duration,
      i: Schema.Record(Schema.String, Schema.NullOr(Schema.Int))
    }
    const all = task("all", { input, run: () => 1 })
    expect(issuesOf(built((w) => w.node("a", all, { needs: {}, input: () => ({}) as never })))).toEqual([])
  })

  it("reports secrets where they could be recorded only in clear", () => {
    class Login extends Schema.Class<Login>("Login")({ password: Schema.Redacted(Schema.String) }) {}
    const login = task("login", { input: Login, run: () => 1 })
    const issues = issuesOf(built((w) => w.node("a", login, { input: () => ({}) as never })))
    expect(issues.map(({ code }) => code)).toEqual(["schema-not-serialisable"])
    expect(issues[0]!.message).toContain("a secret inside")
  })

  it("reports numbers that make no sense, on tasks, nodes, items and workflows", () => {
    const eager = task("eager", { retry: { limit: -1 }, timeout: 0, run: () => 1 })
    const bad = workflow("w", { parallelism: 0, timeout: "soon" as "1 second", retry: { limit: 0.5 } }, (w) => {
      w.node("a", eager)
      w.node("b", unit, {
        retry: { backoff: { duration: "x" as "1 second", factor: 0.5, jitter: 2 } },
        timeout: { total: -1 }
      })
      w.map("c", [1], unit, () => undefined, { concurrency: 1.5, item: { retry: { limit: NaN } } })
      w.sleep("d", "later" as "1 second")
    })
    const found = issuesOf(bad).map(({ code, path }) => `${path} ${code}`)
    expect(found).toEqual([
      "w invalid-limit",
      "w invalid-retry",
      "w invalid-timeout",
      "w/a invalid-retry",
      "w/a invalid-timeout",
      "w/b invalid-retry",
      "w/b invalid-retry",
      "w/b invalid-retry",
      "w/b invalid-timeout",
      "w/c invalid-limit",
      "w/c invalid-retry",
      "w/d invalid-timeout"
    ])
  })

  it("reports mistakes inside nested workflows and handlers under their path", () => {
    const broken = workflow("broken", {}, (w) => w.node("x", unit, { after: [w.outcome("nope")] }))
    const worse = workflow("worse", { parallelism: 0 }, () => {})
    const issues = briefly((w) => {
      w.node("b", broken, { onExit: handler(worse, () => undefined) })
      w.node("a", broken)
    })
    expect(issues).toEqual(["w/a/x unknown-node", "w/b.onExit invalid-limit"])
  })

  it("reports what the builder function returned when it is not a reference", () => {
    expect(briefly(() => 5)).toEqual(["w invalid-result"])
    expect(briefly(() => Promise.resolve())).toEqual(["w invalid-result"])
    expect(briefly((w) => ({ a: w.node("a", unit), b: 1 }))).toEqual(["w invalid-result"])
  })

  it("reports a second exit handler", () => {
    expect(briefly((w) => {
      w.onExit(() => {})
      w.onExit(() => {})
    })).toEqual(["w duplicate-handler"])
  })

  it("refuses more nodes than the limit without unrolling them", () => {
    let lattice = workflow("w0", {}, (w) => void w.node("a", unit))
    for (let level = 1; level < 40; level++) {
      const below = lattice
      lattice = workflow(`w${level}`, {}, (w) => {
        w.node("a", below)
        w.node("b", below)
      })
    }
    expect(issuesOf(lattice).map(({ code }) => code)).toEqual(["too-many-nodes"])
    expect(2 ** 39).toBeGreaterThan(NODES_MAX)
  })

  it("refuses nesting deeper than the limit, however deep", () => {
    let nested = workflow("w0", {}, (w) => void w.node("a", unit))
    for (let level = 1; level < DEPTH_MAX; level++) {
      const below = nested
      nested = workflow(`w${level}`, {}, (w) => void w.node("a", below))
    }
    expect(issuesOf(nested)).toEqual([])
    for (let level = 0; level < 20_000; level++) {
      const below = nested
      nested = workflow("deeper", {}, (w) => void w.node("a", below))
    }
    expect(issuesOf(nested).map(({ code }) => code)).toEqual(["too-deep"])
  })

  it("compiles a chain of 100,000 nodes without recursion", () => {
    const chain = built((w) => {
      let last = w.node("n0", unit)
      for (let index = 1; index < 100_000; index++) last = w.node(`n${index}`, unit, { after: [last] })
    })
    expect(planOf(chain).nodes).toHaveLength(100_000)
  })
})

const upstreamNames = (plan: Plan): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(plan.nodes.map((node) => [node.name, [...names(plan, node.upstream)].sort()]))

const mentioned = (sketch: Sketch): ReadonlyArray<string> => [...sketch.after, ...sketch.asks]

describe("compile() of random graphs", () => {
  it("gives an order in which every node comes after those it waits for, and edges both ways", () => {
    forSeeds(200, (random) => {
      const plan = planOf(workflowOf(random.shuffle(randomSketches(random, false))))
      for (const node of plan.nodes) {
        expect(node.upstream.every((before) => before < node.index)).toBe(true)
        expect(node.upstream.every((before) => plan.nodes[before]!.downstream.includes(node.index))).toBe(true)
        expect(plan.byName.get(node.name)).toBe(node)
        expect(plan.targets.includes(node.index)).toBe(node.downstream.length === 0)
      }
    })
  })

  it("gives the same edges, digest and issues whatever the order of writing", () => {
    forSeeds(200, (random) => {
      const sketches = randomSketches(random, random.chance(0.5))
      const [one, other] = [workflowOf(sketches), workflowOf(random.shuffle(sketches))]
      const issues = issuesOf(one)
      expect(issuesOf(other)).toEqual(issues)
      if (issues.length > 0) return
      expect(upstreamNames(planOf(other))).toEqual(upstreamNames(planOf(one)))
      expect(planOf(other).digest).toBe(planOf(one).digest)
    })
  })

  it("reports cycles exactly when there are some, and each reported cycle is one", () => {
    let cyclic = 0
    forSeeds(300, (random) => {
      const sketches = randomSketches(random, true)
      const issues = issuesOf(workflowOf(sketches))
      expect(issues.length > 0).toBe(hasCycle(sketches))
      const edges = new Map(sketches.map((sketch) => [sketch.name, mentioned(sketch)]))
      for (const { message } of issues) {
        const path = message.split(": ")[1]!.split(" -> ")
        expect(path.at(-1)).toBe(path[0])
        expect(path.slice(1).every((name, index) => edges.get(name)!.includes(path[index]!))).toBe(true)
      }
      if (issues.length > 0) cyclic++
    })
    expect(cyclic).toBeGreaterThan(50)
  })

  it("gives different digests to different graphs", () => {
    const digests = new Map<string, string>()
    forSeeds(300, (random) => {
      const sketches = randomSketches(random, false)
      const text = JSON.stringify(sketches.map(({ after, asks, name }) => [name, [...after].sort(), asks]))
      const { digest } = planOf(workflowOf(sketches))
      expect(digests.get(digest) ?? text).toBe(text)
      digests.set(digest, text)
    })
  })
})

/** Takes away nodes that wait for nothing left until none can be taken: what stays is on, or behind, a cycle. */
const hasCycle = (sketches: ReadonlyArray<Sketch>): boolean => {
  let left = sketches
  for (;;) {
    const open = new Set(left.map(({ name }) => name))
    const next = left.filter((sketch) => mentioned(sketch).some((name) => open.has(name)))
    if (next.length === left.length) return left.length > 0
    left = next
  }
}
