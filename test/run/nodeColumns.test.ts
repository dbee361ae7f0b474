import { describe, expect, it } from "vitest"
import { fold } from "../../src/run/evolve.ts"
import { nodeColumns, rowsIn } from "../../src/run/nodeColumns.ts"
import { History } from "./history.ts"
import { planOf, randomPlan } from "./plans.ts"
import { forSeeds, seeded } from "./random.ts"

describe("nodeColumns()", () => {
  it("tells all of the rows of a run, as JSON, whatever became of it", () => {
    forSeeds(100, (random) => {
      const whole = new History(randomPlan(random), random).execute({ failing: 0.4, dying: 0.1 }).events
      const events = whole.slice(0, 1 + random.below(whole.length))
      const rows = [...fold(events, 7).nodes.values()]
      const told = JSON.parse(JSON.stringify(nodeColumns(rows)))
      expect(rowsIn(told, 7)).toEqual(rows.map((row) => ({ ...row })))
    })
  })

  it("says once what all nodes have alike", () => {
    const { events } = new History(planOf({ a: {} }), seeded(1)).execute({ failing: 0 })
    const [row] = [...fold(events, 1).nodes.values()]
    const { path, phase } = nodeColumns([row!, { ...row!, path: "b" }])
    expect([path, phase]).toEqual([[row!.path, "b"], row!.phase])
    expect(rowsIn(nodeColumns([]), 1)).toEqual([])
  })
})
