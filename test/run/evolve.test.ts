import { describe, expect, it } from "vitest"
import type { NodeEvent, Recorded, RunEvent } from "../../src/run/Event.ts"
import { fold } from "../../src/run/evolve.ts"
import { evolveNode, resetNode } from "../../src/run/evolveNode.ts"
import { createRun, evolveRun } from "../../src/run/evolveRun.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import type { NodeRow, RunRow } from "../../src/run/State.ts"
import { History } from "./history.ts"
import { randomPlan } from "./plans.ts"
import { forSeeds, type Random } from "./random.ts"

const created = {
  type: "RunCreated",
  workflow: "w",
  digest: "d",
  input: 1,
  priority: 3,
  labels: { team: "a" },
  origin: { run: "before", how: "fork" }
} as const

const runAfter = (...events: ReadonlyArray<RunEvent>): RunRow =>
  events.reduce((row, event, index) => evolveRun(row, event, index + 2, 100 + index), createRun(1, "r", created, 50))

const nodeAfter = (...events: ReadonlyArray<NodeEvent>): NodeRow =>
  events.reduce<NodeRow | undefined>(
    (row, event, index) => evolveNode(row, event, index + 1, 10 + index, 1, 1),
    undefined
  )!

const started = { type: "NodeStarted", path: "a", kind: "task", input: null } as const
const error = { tag: "E", message: "no" }
const failed = {
  type: "AttemptFailed",
  path: "a",
  attempt: 1,
  phase: "Failed",
  reason: "TaskFailed",
  error,
  delay: 5,
  nextAt: 20
} as const
const done = { type: "NodeFinished", path: "a", ending: { phase: "Succeeded" } } as const

const disturbed = (random: Random): History => {
  const history = new History(randomPlan(random), random).execute({ failing: 0.4, stopping: 0.02, dying: 0.1 })
  if (history.rows!.run.phase === "Succeeded" || random.chance(0.3)) return history
  history.retry()
  return history.execute({ failing: 0.2, stopping: 0.02, dying: 0.1 })
}

/** The rows as an engine keeps them: every event applied to the row it is about. */
const incremental = (events: ReadonlyArray<Recorded>, key: number) => {
  let run: RunRow | undefined
  const nodes = new Map<string, NodeRow>()
  for (const { at, event, run: id, seq } of events) {
    if ("path" in event) nodes.set(event.path, evolveNode(nodes.get(event.path), event, seq, at, key, run!.epoch))
    else if (event.type === "RunCreated") run = createRun(key, id, event, at)
    else run = evolveRun(run!, event, seq, at)
    if (event.type !== "RunRetried") continue
    for (const path of event.reset) nodes.set(path, resetNode(nodes.get(path)!, event.epoch))
  }
  return { run: run!, nodes }
}

describe("evolveRun()", () => {
  it("keeps what the run was created with, and no owner", () => {
    expect(runAfter()).toMatchObject({ key: 1, id: "r", phase: "Pending", epoch: 1, priority: 3, origin: "before" })
    expect(runAfter()).toMatchObject({ owner: null, createdAt: 50, startedAt: 0, inputSeq: 1 })
  })

  it("starts once, however often the run changes hands", () => {
    const start = { type: "RunStarted", owner: 1 } as const
    expect(runAfter(start, start)).toMatchObject({ phase: "Running", startedAt: 100, owner: null })
  })

  it("holds and releases a run without ending it", () => {
    expect(runAfter({ type: "RunHeld", message: "gone" }).held).toBe("gone")
    expect(runAfter({ type: "RunHeld", message: "gone" }, { type: "RunStarted", owner: 1 }).held).toBeNull()
  })

  it("lets an ending go before a pause, and never softens a terminate", () => {
    const stop = { type: "RunStopping", mode: "stop" } as const
    const terminate = { type: "RunStopping", mode: "terminate" } as const
    expect(runAfter({ type: "RunSuspended" })).toMatchObject({ suspended: true })
    expect(runAfter({ type: "RunSuspended" }, { type: "RunResumed" })).toMatchObject({ suspended: false })
    expect(runAfter({ type: "RunSuspended" }, stop)).toMatchObject({ suspended: false, stopping: "stop" })
    expect(runAfter(stop, { type: "RunSuspended" }).suspended).toBe(false)
    expect(runAfter(stop, terminate, stop).stopping).toBe("terminate")
  })

  it("clears every flag at the end, and changes no more until a retry", () => {
    const finish = { type: "RunFinished", ending: { phase: "Failed", reason: "Stopped", message: "m" } } as const
    const ended = runAfter({ type: "RunStopping", mode: "stop" }, finish)
    expect(ended).toMatchObject({ phase: "Failed", reason: "Stopped", message: "m", stopping: null, resultSeq: 3 })
    expect(ended).toMatchObject({ finishedAt: 101, suspended: false })
    for (const late of [{ type: "RunSuspended" }, { type: "RunStarted", owner: 2 }, finish] as const) {
      expect(evolveRun(ended, late, 9, 900)).toBe(ended)
    }
  })

  it("opens a new epoch on retry, with the changed input when there is one", () => {
    const finish = { type: "RunFinished", ending: { phase: "Failed", reason: "ChildFailed" } } as const
    const retry = { type: "RunRetried", epoch: 2, reset: [] } as const
    const open = {
      phase: "Running",
      epoch: 2,
      reason: null,
      message: null,
      finishedAt: 0,
      startedAt: 101,
      resultSeq: 0
    }
    expect(runAfter(finish, retry)).toMatchObject({ ...open, inputSeq: 1 })
    expect(runAfter(finish, { ...retry, input: 2 })).toMatchObject({ ...open, inputSeq: 3 })
  })
})

describe("evolveNode()", () => {
  it("begins the first attempt together with the node", () => {
    expect(nodeAfter(started)).toMatchObject({ phase: "Running", attempt: 1, startedAt: 10, inputSeq: 1, kind: "task" })
  })

  it("counts attempts and re-runs, and waits between attempts", () => {
    expect(nodeAfter(started, failed)).toMatchObject({ phase: "Running", attempt: 1, waiting: "Retry", until: 20 })
    const second = nodeAfter(started, failed, { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0 })
    expect(second).toMatchObject({ attempt: 2, reruns: 0, waiting: null, until: 0, startedAt: 10 })
    const again = nodeAfter(started, { type: "AttemptStarted", path: "a", attempt: 1, rerun: 1 })
    expect(again).toMatchObject({ attempt: 1, reruns: 1 })
  })

  it("knows how many attempts there may be from where the latest one begins", () => {
    const begun = nodeAfter({ ...started, attempts: 4 }, failed)
    expect(begun).toMatchObject({ attempt: 1, attempts: 4 })
    const next = { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0 } as const
    expect(evolveNode(begun, { ...next, attempts: 6 }, 9, 90, 1, 1).attempts).toBe(6)
    expect(evolveNode(begun, next, 9, 90, 1, 1).attempts).toBe(0)
    expect(resetNode(begun, 2).attempts).toBe(0)
  })

  it("remembers waits, signals and progress until they are over", () => {
    const waiting = { type: "NodeWaiting", path: "a", waiting: "Timer", until: 99 } as const
    expect(nodeAfter(started, waiting)).toMatchObject({ waiting: "Timer", until: 99 })
    const signal = { type: "NodeSignalled", path: "a", value: 1 } as const
    expect(nodeAfter(started, waiting, signal)).toMatchObject({ waiting: null, until: 0, signalSeq: 3 })
    const progress = { type: "NodeProgress", path: "a", done: 3, total: 10 } as const
    expect(nodeAfter(started, progress).progress).toEqual({ done: 3, total: 10 })
    expect(nodeAfter(started, progress, { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0 }).progress)
      .toBeNull()
  })

  it("ends once; whatever comes later changes nothing", () => {
    const ended = nodeAfter(started, failed, done)
    expect(ended).toMatchObject({
      phase: "Succeeded",
      reason: null,
      message: null,
      waiting: null,
      until: 0,
      resultSeq: 3
    })
    for (const late of [started, failed, done]) expect(evolveNode(ended, late, 9, 900, 1, 1)).toBe(ended)
  })

  it("ends a node that never began with the kind the event gives", () => {
    const row = nodeAfter({ ...done, kind: "map", ending: { phase: "Omitted", reason: "Depends" } })
    expect(row).toMatchObject({ kind: "map", phase: "Omitted", attempt: 0, startedAt: 0, finishedAt: 10 })
  })

  it("changes no field of the row it is given", () => {
    const row = Object.freeze(nodeAfter(started))
    for (const event of [started, failed, done]) evolveNode(row, event, 2, 2, 1, 1)
    expect(row).toEqual(nodeAfter(started))
  })
})

describe("resetNode()", () => {
  it("forgets results and attempts, but goes on in the subtree of the last attempt", () => {
    const row = nodeAfter(started, failed, { type: "AttemptStarted", path: "a", attempt: 2, rerun: 1 }, done)
    const reset = resetNode(row, 2)
    expect(reset).toMatchObject({
      phase: "Pending",
      epoch: 2,
      attempt: 0,
      attempts: 0,
      reruns: 0,
      base: 1,
      resultSeq: 0,
      kind: "task"
    })
    const once = evolveNode(reset, started, 9, 9, 1, 2)
    expect(once).toMatchObject({ attempt: 1, base: 1, epoch: 2 })
    expect(resetNode(once, 3).base).toBe(1)
    expect(resetNode(resetNode(once, 3), 4).base).toBe(1)
  })
})

describe("fold()", () => {
  it("gives exactly the rows that applying events one by one gives", () => {
    forSeeds(300, (random) => {
      const { events, rows } = disturbed(random)
      expect(fold(events, 7)).toEqual(incremental(events, 7))
      expect(fold(events, 7)).toEqual(rows)
    })
  })

  it("changes a terminal row by a manual retry only", () => {
    forSeeds(200, (random) => {
      const { events } = disturbed(random)
      const ended = new Map<string, NodeRow>()
      events.forEach(({ event }, index) => {
        if (event.type === "RunRetried") { for (const path of event.reset) ended.delete(path) }
        for (const row of fold(events.slice(0, index + 1), 7).nodes.values()) {
          expect(ended.get(row.path) ?? row).toEqual(row)
          if (isTerminal(row.phase)) ended.set(row.path, row)
        }
      })
    })
  })

  it("refuses events that do not begin with the run's creation", () => {
    const { events } = new History(randomPlan(noChance), noChance).execute({ failing: 0 })
    expect(() => fold(events.slice(1), 7)).toThrow("the first one is RunStarted instead of RunCreated")
    expect(() => fold([], 7)).toThrow("without events")
  })
})

const noChance: Random = {
  next: () => 0,
  below: () => 0,
  chance: () => false,
  pick: (choices) => choices[0]!,
  shuffle: (list) => [...list]
}
