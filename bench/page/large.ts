/** What a run of 100,000 nodes costs the page: part of `npm run bench:page`. */
import { open, Schema, task, workflow } from "../../mod.ts"
import type { Browser } from "../../test/page/Browser.ts"
import type { Cost, Worked } from "./Cost.ts"

const [lists, items] = [10, 10_000]
const item = task("item", { input: { at: Schema.Number }, output: Schema.Number, run: ({ at }) => at })
const large = workflow("large", {}, (w) => {
  for (let list = 0; list < lists; list++) {
    w.map(`list-${list}`, Array.from({ length: items }, (_, at) => at), item, (at) => ({ at }))
  }
})

/** Measures it: that it can be used, not that it is as quick as a tenth of it. */
export const largeCosts = async (browser: Browser, worked: Worked): Promise<ReadonlyArray<Cost>> => {
  await using pinnace = await open(":memory:", { workflows: [large] })
  await (await pinnace.start(large, undefined, { id: "large" })).outcome()
  const server = await browser.serve(pinnace)
  const page = await browser.open(server, "/file")
  const costs: Array<Cost> = []
  const of = async (what: string, budget: number, act: () => Promise<unknown>): Promise<void> => {
    costs.push({ what: `100,000 nodes: ${what}`, value: await worked(page, act), budget, unit: "ms" })
  }
  const go = (query: string) => page.goto(`${server.url}/#/runs/large${query}`)
  await of("tree", 3_000, async () => {
    await go("")
    await page.getByRole("treeitem").first().waitFor()
  })
  await of("open all", 500, async () => {
    await page.getByRole("button", { name: "Open all" }).click()
    await page.getByText("[20]", { exact: true }).first().waitFor()
  })
  await of("a key", 50, () => page.keyboard.press("j"))
  await of("filter", 500, async () => {
    await page.getByRole("searchbox").fill("[777]")
    await page.getByText("The filter hides").waitFor()
  })
  await of("grouped graph", 500, async () => {
    await go("?view=graph")
    await page.locator(".graph-view canvas[aria-busy=false]").first().waitFor()
  })
  await of("timeline", 1_500, async () => {
    await go("?view=timeline")
    await page.getByRole("img", { name: /^Timeline of/ }).waitFor()
  })
  const session = await page.context().newCDPSession(page)
  await session.send("HeapProfiler.collectGarbage")
  const { usedSize } = await session.send("Runtime.getHeapUsage")
  await page.context().close()
  return [...costs, { what: "100,000 nodes: heap", value: usedSize / 1_000_000, budget: 200, unit: "MB" }]
}
