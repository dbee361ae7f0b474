/** What it costs to lay out a graph, to compare runs, and to plan a retry: part of `npm run bench:page`. */
import process from "node:process"
import type { Page } from "playwright-core"
import { layout } from "../../src/page/graph/layout.ts"
import type { Cost, Worked } from "./Cost.ts"

const count = 10_000

/** Layers of a hundred vertices, each joined with one or two of the layer before, always the same. */
const layered = (): Int32Array => {
  const edges: Array<number> = []
  for (let at = 100; at < count; at++) {
    const from = at - (at % 100) - 100
    edges.push(from + (at * 7) % 100, at)
    if (at % 5 < 2) edges.push(from + (at * 13) % 100, at)
  }
  return Int32Array.from(edges)
}

/** Milliseconds of processor time of this process, of several times the least. */
const layoutCost = (): number => {
  const edges = layered()
  return Math.min(
    ...Array.from({ length: 5 }, () => {
      const before = process.cpuUsage()
      layout(count, edges)
      const { system, user } = process.cpuUsage(before)
      return (system + user) / 1_000
    })
  )
}

/** Measures them on the runs `warm` and `wide` of 10,000 nodes. */
export const plannedCosts = async (page: Page, url: string, worked: Worked): Promise<ReadonlyArray<Cost>> => {
  const compared = await worked(page, async () => {
    await page.goto(`${url}/#/diff/warm/wide`)
    await page.getByRole("heading", { name: "No differences" }).or(page.getByRole("list", { name: "Differences" }))
      .first().waitFor()
  })
  await page.goto(`${url}/#/runs/wide?node=first`)
  await page.getByRole("button", { name: "Fork…" }).waitFor()
  const planned = await worked(page, async () => {
    await page.getByRole("button", { name: "Fork…" }).click()
    await page.getByText(/^10,\d\d\d nodes run again$/).waitFor()
  })
  return [
    { what: "layout of 10,000, in its worker", value: layoutCost(), budget: 200, unit: "ms" },
    { what: "differences of two runs of 10,000", value: compared, budget: 500, unit: "ms" },
    { what: "the plan of what runs again of 10,000", value: planned, budget: 200, unit: "ms" }
  ]
}
