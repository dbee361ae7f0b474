import { describe, expect, it } from "vitest"
import { cellsOf } from "../../src/cli/paint/cells.ts"
import { stretchesOf, total } from "../../src/view/timeline.ts"
import type { Event, Recorded } from "../../src/run/Event.ts"

const at = (seq: number, time: number, event: object): Recorded => ({ run: "r", seq, at: time, event: event as Event })

describe("stretchesOf()", () => {
  it("tells what a node did when, from waiting for permits to its end", () => {
    const events = [
      at(1, 0, { type: "NodeWaiting", path: "a", kind: "task", waiting: "Permit" }),
      at(2, 10, { type: "NodeStarted", path: "a", kind: "task" }),
      at(3, 30, { type: "AttemptFailed", path: "a", attempt: 1, delay: 20, nextAt: 50 }),
      at(4, 50, { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0 }),
      at(5, 80, { type: "NodeFinished", path: "a", ending: { phase: "Succeeded" } })
    ]
    const stretches = stretchesOf(events, 100).get("a")!
    expect(stretches).toEqual([
      { doing: "permit", from: 0, to: 10 },
      { doing: "running", from: 10, to: 30 },
      { doing: "retry", from: 30, to: 50 },
      { doing: "running", from: 50, to: 80 }
    ])
    expect([total(stretches, "running"), total(stretches, "waiting")]).toEqual([50, 0])
  })

  it("lets what is open end now, and counts a hidden node as the one it hides in", () => {
    const events = [
      at(1, 0, { type: "NodeStarted", path: "a", kind: "task" }),
      at(2, 5, { type: "NodeWaiting", path: "a/~", kind: "task", waiting: "Permit" })
    ]
    expect(stretchesOf(events, 9, (path) => path.replace("/~", "")).get("a")).toEqual([
      { doing: "running", from: 0, to: 5 },
      { doing: "permit", from: 5, to: 9 }
    ])
  })
})

describe("stretchesOf() of a run whose process ended", () => {
  const begin = [
    at(1, 0, { type: "RunStarted", owner: 1 }),
    at(2, 1, { type: "NodeStarted", path: "a", kind: "task" }),
    at(3, 1, { type: "NodeWaiting", path: "b", kind: "task", waiting: "Permit" }),
    at(4, 20, { type: "NodeProgress", path: "a", done: 1, total: 2 })
  ]
  const goesOn = [
    at(6, 90, { type: "RunStarted", owner: 2 }),
    at(7, 95, { type: "AttemptStarted", path: "a", attempt: 1, rerun: 1 }),
    at(8, 99, { type: "NodeFinished", path: "a", ending: { phase: "Succeeded" } })
  ]

  it("lets what it had at work last until the last event before another one went on with it", () => {
    expect(stretchesOf([...begin, ...goesOn], 100).get("a")).toEqual([
      { doing: "running", from: 1, to: 20 },
      { doing: "gone", from: 20, to: 95 },
      { doing: "running", from: 95, to: 99 }
    ])
  })

  it("lets it last until the run was left, where the process told that", () => {
    const found = stretchesOf([...begin, at(5, 50, { type: "RunLeft" }), ...goesOn], 100)
    expect(found.get("a")![1]).toEqual({ doing: "gone", from: 50, to: 95 })
    expect(found.get("b")).toEqual([{ doing: "permit", from: 1, to: 100 }])
  })

  it("lets it last until the last event while no process goes on with it", () => {
    expect(stretchesOf(begin, 100, undefined, true).get("a")!.at(-1)).toEqual({ doing: "gone", from: 20, to: 100 })
    expect(stretchesOf(begin, 100).get("a")).toEqual([{ doing: "running", from: 1, to: 100 }])
  })

  it("lets what is on a pool work on, unless it is begun again and nothing was heard of it", () => {
    const placed = [begin[0]!, at(2, 1, { type: "NodeStarted", path: "a", kind: "task", on: "gpu" }), begin[3]!]
    const ends = at(9, 99, { type: "NodeFinished", path: "a", ending: { phase: "Succeeded" } })
    const all = { doing: "running", from: 1, to: 99 }
    expect(stretchesOf([...placed, goesOn[0]!, ends], 100).get("a")).toEqual([all])
    expect(stretchesOf([...placed, at(5, 50, { type: "RunLeft" }), goesOn[0]!, ends], 100).get("a")).toEqual([all])
    expect(stretchesOf(placed, 100, undefined, true).get("a")).toEqual([{ ...all, to: 100 }])
    expect(stretchesOf([...placed, ...goesOn], 100).get("a")).toEqual([
      { doing: "running", from: 1, to: 20 },
      { doing: "gone", from: 20, to: 95 },
      { doing: "running", from: 95, to: 99 }
    ])
    const heard = at(7, 92, { type: "NodeProgress", path: "a", done: 2, total: 2 })
    expect(stretchesOf([...placed, goesOn[0]!, heard, ...goesOn.slice(1)], 100).get("a")).toEqual([
      { doing: "running", from: 1, to: 95 },
      { doing: "running", from: 95, to: 99 }
    ])
  })

  it("takes a retry of an ended run for no death", () => {
    const events = [
      ...begin.slice(0, 1),
      at(2, 5, { type: "RunFinished", ending: { phase: "Failed" } }),
      at(3, 6, { type: "RunRetried", epoch: 2, reset: [] }),
      at(4, 7, { type: "NodeStarted", path: "a", kind: "task" }),
      at(5, 8, { type: "RunStarted", owner: 1 })
    ]
    expect(stretchesOf(events, 9).get("a")).toEqual([{ doing: "running", from: 7, to: 9 }])
  })
})

describe("cellsOf()", () => {
  it("shows in each cell what fills most of it", () => {
    const stretches = [{ doing: "permit", from: 0, to: 14 }, { doing: "running", from: 14, to: 30 }] as const
    expect(cellsOf(stretches, 0, 40, 4)).toEqual(["permit", "running", "running", undefined])
  })
})
