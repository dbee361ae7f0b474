import { describe, expect, it } from "vitest"
import type { Plan } from "../../src/plan/Plan.ts"
import type { Event, Recorded } from "../../src/run/Event.ts"
import { fold } from "../../src/run/evolve.ts"
import { check } from "../../src/run/invariants.ts"
import { History } from "./history.ts"
import { planOf, randomPlan } from "./plans.ts"
import { forSeeds, seeded } from "./random.ts"

const begin: ReadonlyArray<Event> = [
  { type: "RunCreated", workflow: "w", digest: "d", input: 1, priority: 0, labels: {} },
  { type: "RunStarted", owner: 1 }
]
const start = (path: string, kind: "task" | "workflow" | "map" | "exit" = "task"): Event => ({
  type: "NodeStarted",
  path,
  kind
})
const succeed = (path: string): Event => ({ type: "NodeFinished", path, ending: { phase: "Succeeded" } })
const fail = (path: string): Event => ({
  type: "NodeFinished",
  path,
  ending: { phase: "Failed", reason: "TaskFailed" }
})
const finish: Event = { type: "RunFinished", ending: { phase: "Succeeded" } }
const attemptFailed = (attempt: number): Event => ({
  type: "AttemptFailed",
  path: "a",
  attempt,
  phase: "Failed",
  reason: "TaskFailed",
  error: { tag: "E", message: "no" },
  delay: 0,
  nextAt: 0
})
const attemptStarted = (attempt: number, rerun = 0): Event => ({ type: "AttemptStarted", path: "a", attempt, rerun })

const record = (events: ReadonlyArray<Event>): ReadonlyArray<Recorded> =>
  [...begin, ...events].map((event, index) => ({ run: "r", seq: index + 1, at: index, event }))

const found = (plan: Plan, ...events: ReadonlyArray<Event>): string =>
  check({ events: record(events), plan }).join("\n")

const single = planOf({ a: {} })

describe("check()", () => {
  it("finds nothing wrong with legal runs, disturbed in every way", () => {
    forSeeds(1_000, (random) => {
      const plan = randomPlan(random)
      const history = new History(plan, random).execute({ failing: 0.4, stopping: 0.02, dying: 0.2 })
      expect(check({ events: history.events, rows: history.rows, plan })).toEqual([])
    })
  })

  it("N1: finds nodes that end twice, never end, or change after the end", () => {
    expect(found(single, start("a"), succeed("a"), succeed("a"), finish)).toContain(
      "N1: a has NodeFinished (seq 5) after it ended"
    )
    expect(found(single, start("a"), finish)).toContain("N1: a is Running although the run ended")
    expect(found(single, start("a"), succeed("a"), finish, start("b"))).toContain(
      "N1: NodeStarted (seq 6) comes after the run ended"
    )
    expect(found(single, succeed("a"), finish)).toContain("N1: a has NodeFinished (seq 3) before it started")
  })

  it("N1: finds a composite that ends before what is beneath it", () => {
    const plan = planOf({ s: { inner: single } })
    const early = found(plan, start("s", "workflow"), start("s/a"), succeed("s"), succeed("s/a"), finish)
    expect(early).toContain("N1: s ended (seq 5) with 1 nodes open beneath it")
  })

  it("N1: finds a failure whose reason belongs to another phase", () => {
    const wrong: Event = { type: "NodeFinished", path: "a", ending: { phase: "Failed", reason: "Defect" } }
    expect(found(single, start("a"), wrong, finish)).toContain("N1: a ended Failed, but Defect means Error")
  })

  it("N2: finds a composite, a map or a run whose phase does not follow from what is in it", () => {
    const plan = planOf({ s: { inner: single } })
    expect(found(plan, start("s", "workflow"), start("s/a"), fail("s/a"), succeed("s"), finish))
      .toContain("N2: s ended Succeeded, its nodes say Failed (a failed)")
    const map = planOf({ m: { map: true } })
    expect(found(map, start("m", "map"), start("m[0]"), fail("m[0]"), succeed("m"), finish)).toContain(
      "N2: m ended Succeeded"
    )
    expect(found(single, start("a"), fail("a"), finish)).toContain("N2: the run ended Succeeded, its nodes say Failed")
    const handled = planOf({ a: {} }, true)
    expect(found(handled, start("a"), succeed("a"), start(".onExit", "exit"), fail(".onExit"), finish))
      .toContain("N2: the run succeeded although its exit handler ended Failed")
  })

  it("N3: finds a node that starts before what it depends on has ended", () => {
    const plan = planOf({ a: {}, b: { after: ["a"] } })
    expect(found(plan, start("a"), start("b"), succeed("a"), succeed("b"), finish))
      .toContain("N3: b started (seq 4) while a is Running")
    const nested = planOf({ s: { inner: plan } })
    expect(found(nested, start("s", "workflow"), start("s/b"))).toContain(
      "N3: s/b started (seq 4) while s/a is not yet begun"
    )
  })

  it("N4: finds two live attempts, gaps in their numbers, and a re-run without a takeover", () => {
    const plan = planOf({ a: { retries: 9 } })
    expect(found(plan, start("a"), attemptStarted(2))).toContain(
      "N4: attempt 2 of a (seq 4) begins while attempt 1 is live"
    )
    expect(found(plan, start("a"), attemptFailed(1), attemptStarted(3))).toContain(
      "N4: attempt 3 of a (seq 5) follows failed attempt 1"
    )
    expect(found(plan, start("a"), attemptStarted(1, 1))).toContain(
      "N4: attempt 1 of a (seq 4) is begun again although"
    )
    expect(found(plan, start("a"), start("a"))).toContain("N4: a started again (seq 4)")
    expect(found(plan, start("a"), attemptFailed(1), succeed("a"))).toContain(
      "N4: a succeeded (seq 5) without a live attempt"
    )
    expect(found(plan, start("a"), { type: "RunStarted", owner: 2 }, attemptStarted(1, 1))).toBe("")
    expect(found(plan, start("a"), attemptStarted(1), attemptFailed(1), attemptStarted(2))).toBe("")
  })

  it("N5: finds more attempts than the policy allows", () => {
    const plan = planOf({ a: { retries: 1 } })
    const events = [start("a"), attemptFailed(1), attemptStarted(2), attemptFailed(2), attemptStarted(3)]
    expect(found(plan, ...events)).toContain("N5: attempt 3 of a (seq 7) exceeds the limit of 1 retries")
  })

  it("N6: finds an exit handler that is missing, early, or run twice", () => {
    const plan = planOf({ a: { onExit: true } }, true)
    const ended = [start("a"), succeed("a")]
    expect(found(plan, ...ended, finish)).toContain(
      "N6: the run ended without .onExit\nN6: the run ended without a.onExit"
    )
    expect(found(plan, start("a"), start("a.onExit", "exit"))).toContain("N6: a.onExit started (seq 4) while a is open")
    expect(found(plan, start("a"), start(".onExit", "exit"))).toContain("N6: .onExit started (seq 4) while a is open")
    const once = [start("a.onExit", "exit"), succeed("a.onExit")]
    expect(found(plan, ...ended, ...once, ...once)).toContain("N6: a.onExit runs a second time in epoch 1")
    const terminate: Event = { type: "RunStopping", mode: "terminate" }
    expect(found(plan, ...ended, terminate, finish)).not.toContain("N6")
  })

  it("U1 U2 U3 U6 U8: finds what is undone too often, too early, out of order, without cause, or not at all", () => {
    const plan = planOf({ a: {}, b: {} })
    const work = (path: string): Event => ({ type: "NodeStarted", path, kind: "task", undo: true })
    const undo = (path: string): Event => ({ type: "NodeStarted", path: `${path}.compensate`, kind: "compensate" })
    const undone = (path: string) => [undo(path), succeed(`${path}.compensate`)]
    const failed: Event = { type: "RunFinished", ending: { phase: "Failed", reason: "Stopped" } }
    const [a, b] = [[work("a"), succeed("a")], [work("b"), succeed("b")]]
    const broken = (...events: ReadonlyArray<Event>) => found(plan, ...events).split("\n").filter((it) => it[0] === "U")
    expect(broken(...a, ...b, ...undone("b"), ...undone("a"), failed)).toEqual([])
    expect(broken(...a, failed)).toEqual(["U1: a was not undone"])
    expect(broken(...a, ...undone("a"), ...undone("a"), failed)).toEqual(["U1: a is undone a second time (seq 7)"])
    expect(broken(...a, work("b"), undo("a"))).toEqual(["U2: a is undone (seq 6) while b is open"])
    expect(broken(...a, ...b, ...undone("a"), ...undone("b"), failed)).toEqual([
      "U3: b is undone (seq 9), a (seq 7)"
    ])
    expect(broken(...a, ...b, undo("b"), undo("a"))).toEqual(["U3: a is undone (seq 8), b (seq 7)"])
    const done = (path: string) => [work(path), succeed(path)]
    const [p, q] = [start("p", "workflow"), start("q", "workflow")]
    // Each of two nested workflows that fail at once undoes itself, whatever goes on beside it.
    expect(broken(p, q, ...done("p/a"), ...done("q/b"), undo("p/a"), undo("q/b"))).toEqual([])
    expect(broken(p, q, ...done("p/a"), ...done("p/b"), undo("p/a"), undo("p/b"))).toEqual([
      "U3: p/b is undone (seq 10), p/a (seq 9)"
    ])
    expect(broken(...a, ...undone("a"), finish)).toEqual(["U6: a is undone although nothing failed"])
    const retried: Event = { type: "RunRetried", epoch: 2, reset: ["a.compensate"] }
    expect(broken(...a, ...undone("a"), failed, retried, finish)).toEqual(["U8: a was undone, and a retry keeps it"])
    const terminated: Event = { type: "RunFinished", ending: { phase: "Failed", reason: "Terminated" } }
    expect(broken(...a, terminated)).toEqual([])
    expect(broken(...a, { type: "RunStopping", mode: "terminate" }, failed)).toEqual([])
  })

  it("finds rows that are not the fold of the events, and holes in the numbering", () => {
    const { events, rows } = new History(single, seeded(1)).execute({ failing: 0 })
    const { nodes, run } = fold(events, 7)
    nodes.set("a", { ...nodes.get("a")!, phase: "Failed" })
    expect(check({ events, rows: { run, nodes } })).toMatchObject([expect.stringContaining("Fold: the row of a is")])
    expect(check({ events, rows: { run: { ...rows!.run, owner: 5 }, nodes: rows!.nodes } })).toEqual([])
    expect(check({ events: events.filter(({ seq }) => seq !== 2) })).toContain("Fold: event 2 is numbered 3")
  })
})
