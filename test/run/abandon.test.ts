import { describe, expect, it } from "vitest"
import { closeAll, leftovers } from "../../src/run/abandon.ts"
import { liesBeneath } from "../../src/run/beneath.ts"
import { fold } from "../../src/run/evolve.ts"
import { check } from "../../src/run/invariants.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { History } from "./history.ts"
import { planOf, randomPlan } from "./plans.ts"
import { forSeeds, seeded } from "./random.ts"

describe("closeAll()", () => {
  it("closes a run cut off after any event, children before parents", () => {
    forSeeds(300, (random) => {
      const whole = new History(randomPlan(random), random).execute({ failing: 0.4, dying: 0.1 }).events
      const events = whole.slice(0, 1 + random.below(whole.length))
      const { nodes, run } = fold(events, 7)
      const closing = closeAll(run, nodes, "Stopped", "the definition is gone")
      const more = closing.map((event, index) => ({ run: "r", seq: events.length + 1 + index, at: 9999, event }))
      expect(check({ events: [...events, ...more] })).toEqual([])
      const closed = fold([...events, ...more], 7)
      expect([closed.run, ...closed.nodes.values()].every((row) => isTerminal(row.phase))).toBe(true)
    })
  })

  it("answers nothing for a run that has ended", () => {
    const { rows } = new History(planOf({ a: {} }), seeded(1)).execute({ failing: 0 })
    expect(closeAll(rows!.run, rows!.nodes, "Stopped", "m")).toEqual([])
  })

  it("fails what had begun, with the reason's phase, and omits what had not", () => {
    const history = new History(planOf({ a: {}, b: { after: ["a"] } }), seeded(1)).execute({ failing: 1 })
    history.retry()
    history.record({ type: "NodeStarted", path: "a", kind: "task" })
    const { nodes, run } = history.rows!
    const phases = closeAll(run, nodes, "Crashed", "m").map((event) => "ending" in event ? event.ending.phase : "")
    expect(phases).toEqual(["Error", "Omitted", "Error"])
  })
})

describe("leftovers()", () => {
  it("ends only nodes that a retry reset and nothing began again", () => {
    const history = new History(planOf({ mm: { map: true } }), seeded(1)).execute({ failing: 1 })
    expect(leftovers(history.rows!.nodes)).toEqual([])
    history.retry()
    history.record({ type: "NodeStarted", path: "mm", kind: "map" })
    history.record({ type: "NodeStarted", path: "mm[0]", kind: "task" })
    expect(leftovers(history.rows!.nodes)).toMatchObject([{ path: "mm[1]", ending: { phase: "Omitted" } }])
  })
})

it("A node lies beneath another in each of its attempts and among its items, and no namesake does", () => {
  const paths = ["main", "main/a", "main#2/a", "main[3]", "main.onExit", "mainland/a", "other"]
  expect(paths.filter((path) => liesBeneath(path, "main"))).toEqual(["main/a", "main#2/a", "main[3]"])
  expect(paths.every((path) => liesBeneath(path, ""))).toBe(true)
})
