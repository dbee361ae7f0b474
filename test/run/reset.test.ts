import { describe, expect, it } from "vitest"
import type { Plan } from "../../src/plan/Plan.ts"
import { isMet, isMetByDefault } from "../../src/run/depends.ts"
import { check } from "../../src/run/invariants.ts"
import { baseOf, isHandler } from "../../src/run/path.ts"
import { isFailure } from "../../src/run/Phase.ts"
import { type ResetInput, resetSet } from "../../src/run/reset.ts"
import { History } from "./history.ts"
import { is, planOf, randomPlan } from "./plans.ts"
import { forSeeds, type Random, seeded } from "./random.ts"

/** Runs a plan in which the named nodes fail in every attempt. */
const run = (plan: Plan, failing: ReadonlyArray<string>): History =>
  new History(plan, seeded(1)).execute({ failing: (path) => failing.includes(baseOf(path)) })

const paths = (plan: Plan, history: History, options: Partial<ResetInput> = {}): ReadonlyArray<string> =>
  resetSet({ plan, nodes: history.rows!.nodes, ...options }).reset.map(({ path }) => path)

const healthy = { failing: 0 }

const times = (history: History, path: string): number => history.executed.filter((it) => baseOf(it) === path).length

/** A history that ended, mostly badly, with everything that can disturb it. */
const ended = (random: Random): { readonly plan: Plan; readonly history: History } => {
  const plan = randomPlan(random)
  const stopping = random.chance(0.3) ? 0.03 : 0
  return { plan, history: new History(plan, random).execute({ failing: 0.4, stopping, dying: 0.1 }) }
}

describe("a manual retry", () => {
  it("runs a retried node again with its whole budget, and what was omitted behind it (scenario i-1)", () => {
    const plan = planOf({ A: { retries: 1 }, B: { after: ["A"] } })
    const history = run(plan, ["A"])
    expect(times(history, "A")).toBe(2)
    expect(history.row("B")?.phase).toBe("Omitted")
    expect(history.retry()).toEqual(["A", "B"])
    history.execute(healthy)
    expect(history.row("A")).toMatchObject({ phase: "Succeeded", attempt: 1, epoch: 2 })
    expect(times(history, "A")).toBe(3)
    expect(history.rows!.run.phase).toBe("Succeeded")
  })

  it("keeps a failure that a dependant took up (scenario i-2)", () => {
    const plan = planOf({ A: { retries: 1 }, B: { depends: is("A", "failed") }, C: { after: ["B"] } })
    const history = run(plan, ["A", "C"])
    const before = [history.row("A"), history.row("B")]
    expect(history.retry()).toEqual(["C"])
    history.execute(healthy)
    expect([history.row("A"), history.row("B")]).toEqual(before)
    expect(times(history, "A")).toBe(2)
    expect(history.rows!.run.phase).toBe("Succeeded")
  })

  it("runs a failed node again although its own exit handler succeeded (scenario i-3)", () => {
    const plan = planOf({ A: { retries: 1, onExit: true }, B: { after: ["A"] } })
    const history = run(plan, ["A"])
    expect(history.row("A.onExit")?.phase).toBe("Succeeded")
    expect(history.retry()).toEqual(["A", "A.onExit", "B"])
    history.execute(healthy)
    expect(times(history, "A.onExit")).toBe(2)
  })

  it("keeps the items of a map that succeeded, and the nodes before it (scenario i-4)", () => {
    const plan = planOf({ U: {}, LL: { after: ["U"], map: true } })
    const history = run(plan, ["LL[1]"])
    expect(history.retry()).toEqual(["LL", "LL[1]"])
    history.execute(healthy)
    expect([times(history, "U"), times(history, "LL[0]"), times(history, "LL[1]")]).toEqual([1, 1, 2])
    expect(history.rows!.run.phase).toBe("Succeeded")
  })

  it("goes on in the last attempt of a retried composite, and leaves no attempt open (scenario i-5)", () => {
    const sub = planOf({ x: {}, y: { after: ["x"] } })
    const plan = planOf({ S: { inner: sub, retries: 1 }, T: { after: ["S"] } }, true)
    const history = run(plan, ["S/y"])
    expect(history.row("S#2/x")?.phase).toBe("Succeeded")
    expect(history.retry()).toEqual([".onExit", "S", "S#2/y", "T"])
    history.execute(healthy)
    expect(times(history, "S/x")).toBe(2)
    expect(history.row("S")).toMatchObject({ phase: "Succeeded", attempt: 1, base: 1 })
    expect(history.row("S/y")?.phase).toBe("Failed")
    expect(times(history, ".onExit")).toBe(2)
    expect(check({ events: history.events, plan })).toEqual([])
  })

  it("counts later attempts of a resumed composite on from the resumed one", () => {
    const sub = planOf({ x: {}, y: { after: ["x"] } })
    const history = run(planOf({ S: { inner: sub, retries: 1 } }), ["S/y"])
    history.retry()
    history.execute({ failing: (path) => baseOf(path) === "S/y" })
    expect(history.row("S#3/x")?.phase).toBe("Succeeded")
    expect(history.row("S")).toMatchObject({ phase: "Failed", attempt: 2, base: 1 })
    expect(history.retry()).toEqual(["S", "S#3/y"])
  })

  it("goes on in the last attempt of a composite also where a retry before it did not come to it", () => {
    const sub = planOf({ x: {}, y: { after: ["x"] } })
    const plan = planOf({ A: {}, S: { after: ["A"], inner: sub, retries: 1 } })
    const history = run(plan, ["S/y"])
    history.retry({ restartSuccessful: true, select: (path) => path === "A" || path.startsWith("S") })
    history.execute({ failing: 0, stopping: 1 })
    expect(history.row("S")).toMatchObject({ phase: "Omitted", attempt: 0, base: 1 })
    expect(history.retry()).toEqual(["A", "S", "S#2/x", "S#2/y"])
    history.execute(healthy)
    expect(history.row("S")).toMatchObject({ phase: "Succeeded", attempt: 1, base: 1 })
    expect(history.rows!.run.phase).toBe("Succeeded")
    expect(check({ events: history.events, plan })).toEqual([])
  })

  it("with changed input computes maps anew that read it, and nothing else that does not (scenario i-6)", () => {
    const plan = planOf({ PP: { map: true, readsInput: true }, Q: { after: ["PP"] }, R: {} })
    const history = run(plan, ["Q"])
    expect(paths(plan, history)).toEqual(["Q"])
    expect(paths(plan, history, { changedInput: true })).toEqual(["PP", "PP[0]", "PP[1]", "Q"])
  })

  it("runs both branches again when one of them left the failure to the whole", () => {
    const plan = planOf({ a: {}, b: { depends: is("a", "failed") }, c: { depends: is("a", "succeeded") } })
    const history = run(plan, ["a"])
    expect(history.row("b")?.phase).toBe("Succeeded")
    expect(history.retry()).toEqual(["a", "b", "c"])
    history.execute(healthy)
    expect(history.rows!.run.phase).toBe("Succeeded")
    expect(history.row("b")?.phase).toBe("Omitted")
  })

  it("runs the failed handler of a kept node again", () => {
    const plan = planOf({ a: { onExit: true }, b: { after: ["a"] } })
    const history = run(plan, ["a.onExit", "b"])
    expect(history.row("a")?.phase).toBe("Succeeded")
    expect(history.retry()).toEqual(["a.onExit", "b"])
    history.execute(healthy)
    expect([times(history, "a"), times(history, "a.onExit")]).toEqual([1, 2])
  })

  it("runs only the run's handler again when nothing else failed", () => {
    const plan = planOf({ a: {} }, true)
    const history = run(plan, [".onExit"])
    expect(history.rows!.run).toMatchObject({ phase: "Failed", reason: "ExitHandlerFailed" })
    expect(history.retry()).toEqual([".onExit"])
  })

  it("goes on after a stop with what was stopped and what never began", () => {
    forSeeds(200, (random) => {
      const plan = randomPlan(random)
      const history = new History(plan, random).execute({ failing: 0, stopping: 0.1 })
      if (history.rows!.run.phase === "Succeeded") return
      history.retry()
      history.execute(healthy)
      expect(history.rows!.run.phase).toBe("Succeeded")
    })
  })

  it("of a task that starts children by itself keeps the children that succeeded", () => {
    const history = new History(planOf({ t: {} }), seeded(1))
    history.record({ type: "NodeStarted", path: "t", kind: "task", input: null })
    for (const [path, phase] of [["t/a", "Succeeded"], ["t/b", "Failed"]] as const) {
      history.record({ type: "NodeStarted", path, kind: "task", input: null })
      history.record({
        type: "NodeFinished",
        path,
        ending: { phase, ...(phase === "Failed" ? { reason: "TaskFailed" } : {}) }
      })
    }
    history.record({ type: "NodeFinished", path: "t", ending: { phase: "Failed", reason: "TaskFailed" } })
    expect(paths(planOf({ t: {} }), history)).toEqual(["t", "t/b"])
  })
})

describe("resetSet() with a choice of nodes", () => {
  const inner = planOf({ x: {}, y: {} })
  const plan = planOf({ a: {}, S: { inner }, d: { after: ["S"] } })
  const history = run(plan, ["a", "S/x", "S/y"])

  it("restricts which failures run again, to single nodes or whole composites", () => {
    expect(paths(plan, history, { select: (path) => path === "a" })).toEqual(["a"])
    expect(paths(plan, history, { select: (path) => path === "S/x" })).toEqual(["S", "S/x", "d"])
    expect(paths(plan, history, { select: (path) => path === "S" })).toEqual(["S", "S/x", "S/y", "d"])
    expect(paths(plan, history, { select: () => false })).toEqual([])
  })

  it("restarts chosen nodes that succeeded with all that follows them, and every failure too", () => {
    const chain = planOf({ a: {}, b: { after: ["a"] }, c: { after: ["b"] }, d: {} })
    const select = (path: string) => path === "b"
    expect(paths(chain, run(chain, ["d"]), { select, restartSuccessful: true })).toEqual(["b", "c", "d"])
    const nested = planOf({ S: { inner: planOf({ x: {}, y: { after: ["x"] } }) }, T: { after: ["S"] } })
    const chosen = { select: (path: string) => path === "S/y", restartSuccessful: true }
    expect(paths(nested, run(nested, []), chosen)).toEqual(["S", "S/y", "T"])
    expect(paths(nested, run(nested, []), { restartSuccessful: true })).toEqual(["S", "S/x", "S/y", "T"])
  })

  it("says why each node runs again and how many keep their result", () => {
    const some = planOf({ k: {}, a: {}, b: { after: ["a"] } }, true)
    expect(resetSet({ plan: some, nodes: run(some, ["a"]).rows!.nodes })).toEqual({
      reset: [
        { path: ".onExit", why: "handlers of the run run once for each epoch" },
        { path: "a", why: "it ended Failed" },
        { path: "b", why: "it comes after a" }
      ],
      keep: 1
    })
  })
})

describe("resetSet() on random histories", () => {
  it("gives the same set whatever the order of the rows, and changes none of them", () => {
    forSeeds(300, (random) => {
      const { history, plan } = ended(random)
      const rows = [...history.rows!.nodes].map(([path, row]) => [path, Object.freeze(row)] as const)
      const options = { changedInput: random.chance(0.3), restartSuccessful: false }
      const expected = resetSet({ plan, nodes: new Map(rows), ...options })
      for (let round = 0; round < 4; round++) {
        expect(resetSet({ plan, nodes: new Map(random.shuffle(rows)), ...options })).toEqual(expected)
      }
    })
  })

  it("is closed: what depends on a reset node and what contains it is reset too", () => {
    forSeeds(500, (random) => {
      const { history, plan } = ended(random)
      const { nodes } = history.rows!
      const reset = new Set(paths(plan, history))
      for (const node of plan.nodes.filter(({ name }) => reset.has(name))) {
        for (const index of node.downstream) {
          const { name } = plan.nodes[index]!
          expect(reset.has(name)).toBe(nodes.has(name))
        }
      }
      for (const path of reset) {
        expect(nodes.has(path), path).toBe(true)
        const container = baseOf(path).replace(/(\/[^/]*|\[[^[]*\])$/, "")
        if (!isHandler(path) && container !== baseOf(path)) expect([...reset].map(baseOf)).toContain(container)
      }
    })
  })

  it("never touches a node of the top graph that succeeded and follows no reset node", () => {
    forSeeds(500, (random) => {
      const { history, plan } = ended(random)
      const reset = new Set(paths(plan, history))
      const follows = (index: number): boolean =>
        plan.nodes[index]!.upstream.some((above) => reset.has(plan.nodes[above]!.name))
      for (const { index, name } of plan.nodes) {
        if (history.row(name)?.phase === "Succeeded" && reset.has(name)) expect(follows(index)).toBe(true)
      }
    })
  })

  it("leaves kept rows as they were, loses no attempt, and keeps every invariant in every epoch", () => {
    forSeeds(500, (random) => {
      const { history, plan } = ended(random)
      for (let epoch = 2; epoch < 5 && history.rows!.run.phase !== "Succeeded"; epoch++) {
        const before = new Map(history.rows!.nodes)
        const reset = new Set(history.retry())
        history.execute({ failing: 0.3, stopping: 0.01, dying: 0.1 })
        for (const [path, row] of before) if (!reset.has(path)) expect(history.row(path)).toEqual(row)
        expect(check({ events: history.events, rows: history.rows, plan })).toEqual([])
      }
    })
  })

  it("leads to success within a few retries once every task is healthy", () => {
    forSeeds(500, (random) => {
      const { history, plan } = ended(random)
      recover(plan, history)
    })
  })

  it("leaves no node behind, however often retries were stopped: conditions agree with the outcomes they ask about", () => {
    forSeeds(800, (random) => {
      const { history, plan } = ended(random)
      for (let round = 0; round < 3 && isFailure(history.rows!.run.phase); round++) {
        history.retry()
        history.execute({ failing: 0.3, stopping: 0.1 })
      }
      recover(plan, history)
      for (const node of plan.nodes) {
        const status = (index: number) => history.status(plan, "", index)
        const met = node.depends === undefined
          ? isMetByDefault(node.upstream.map(status))
          : isMet(node.depends, (name) => status(plan.byName.get(name)!.index))
        expect(`${node.name} ${history.row(node.name)?.phase === "Omitted"}`).toBe(`${node.name} ${!met}`)
      }
    })
  })
})

/** Retries with healthy tasks until the run succeeds. */
const recover = (plan: Plan, history: History): void => {
  let retries = 0
  while (isFailure(history.rows!.run.phase)) {
    expect(++retries).toBeLessThanOrEqual(plan.nodes.length + 1)
    history.retry()
    history.execute(healthy)
  }
}
