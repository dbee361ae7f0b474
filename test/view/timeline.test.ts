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

describe("cellsOf()", () => {
  it("shows in each cell what fills most of it", () => {
    const stretches = [{ doing: "permit", from: 0, to: 14 }, { doing: "running", from: 14, to: 30 }] as const
    expect(cellsOf(stretches, 0, 40, 4)).toEqual(["permit", "running", "running", undefined])
  })
})
