/**
 * What the page costs: `npm run bench:page`. Its size, and what the browser's main thread works for a run of 10,000
 * nodes, by the browser's own count of processor time, so that a busy machine tells the same as a quiet one.
 *
 * Ends with 1 when something costs more than three times its budget.
 */
import process from "node:process"
import { brotliDecompressSync, gzipSync } from "node:zlib"
import type { CDPSession, Page } from "playwright-core"
import { open, Schema, task, workflow } from "../../mod.ts"
import type { Cost } from "./Cost.ts"
import { largeCosts } from "./large.ts"
import { manyCosts } from "./many.ts"
import { movingCosts, seenCost } from "./moving.ts"
import { plannedCosts } from "./planned.ts"
import { Browser, browserAt } from "../../test/page/Browser.ts"

const count = 10_000
const item = task("item", { input: { at: Schema.Number }, output: Schema.Number, run: ({ at }) => at })
const wide = workflow("wide", {}, (w) => {
  const first = w.node("first", task("first", { run: () => {} }))
  const items = w.map("items", Array.from({ length: count }, (_, at) => at), item, (at) => ({ at }), { after: [first] })
  w.node("last", task("last", { run: () => {} }), { after: [items] })
})

const metrics = async (session: CDPSession): Promise<Readonly<Record<string, number>>> => {
  const { metrics } = await session.send("Performance.getMetrics")
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}

/** Milliseconds that the main thread worked while something was done. */
const worked = async (session: CDPSession, act: () => Promise<unknown>): Promise<number> => {
  const before = await metrics(session)
  await act()
  return ((await metrics(session))["TaskDuration"]! - before["TaskDuration"]!) * 1_000
}

const workedOn = async (page: Page, act: () => Promise<unknown>): Promise<number> => {
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  return worked(session, act)
}

const sizeOf = async (): Promise<number> => {
  const { files } = await import("#page")
  const sizes = Object.values(files).map(({ bytes }) =>
    gzipSync(brotliDecompressSync(Buffer.from(bytes, "base64"))).length
  )
  return sizes.reduce((sum, it) => sum + it, 0) / 1_000
}

const treeOf = (page: Page): Promise<void> => page.getByRole("treeitem").first().waitFor()

const measured = async (browser: Browser): Promise<ReadonlyArray<Cost>> => {
  await using pinnace = await open(":memory:", { workflows: [wide] })
  for (const id of ["warm", "wide"]) await (await pinnace.start(wide, undefined, { id })).outcome()
  const server = await browser.serve(pinnace)
  const page = await browser.open(server)
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  const place = (it: string) => page.goto(`${server.url}/#/runs/wide${it}`)
  const tree = await worked(session, async () => {
    await place("")
    await treeOf(page)
  })
  const opened = await worked(session, async () => {
    await page.getByRole("button", { name: "Open all" }).click()
    await page.getByText("[20]", { exact: true }).waitFor()
  })
  const filtered = await worked(session, async () => {
    await page.getByRole("searchbox").fill("[777]")
    await page.getByText("The filter hides").waitFor()
  })
  const graph = await worked(session, async () => {
    await place("?view=graph")
    await page.getByRole("img").first().waitFor()
  })
  const timeline = await worked(session, async () => {
    await place("?view=timeline")
    await page.getByRole("img", { name: /Timeline/ }).waitFor()
  })
  const past = await worked(session, async () => {
    await place("?at=9000")
    await page.getByText("event 9,000").waitFor()
  })
  await session.send("HeapProfiler.collectGarbage")
  const { JSHeapUsedSize, Nodes } = await metrics(session)
  const moving = await movingCosts(page, server.url, workedOn)
  const planned = await plannedCosts(page, server.url, workedOn)
  await page.context().close()
  return [
    { what: "size of all files, gzip", value: await sizeOf(), budget: 120, unit: "KB" },
    { what: "tree of 10,000 nodes", value: tree, budget: 500, unit: "ms" },
    { what: "open all", value: opened, budget: 100, unit: "ms" },
    { what: "filter", value: filtered, budget: 100, unit: "ms" },
    { what: "graph", value: graph, budget: 1_000, unit: "ms" },
    { what: "timeline", value: timeline, budget: 500, unit: "ms" },
    { what: "the past", value: past, budget: 500, unit: "ms" },
    { what: "heap", value: JSHeapUsedSize! / 1_000_000, budget: 60, unit: "MB" },
    { what: "nodes of the document", value: Nodes!, budget: 3_000, unit: "" },
    ...moving,
    ...planned
  ]
}

if (browserAt === undefined) {
  process.stdout.write("There is no /usr/bin/chromium: install it, or name another one in PINNACE_TEST_BROWSER\n")
} else {
  const browser = await Browser.start()
  const all = async () => [
    ...await measured(browser),
    await seenCost(browser),
    ...await manyCosts(browser, workedOn),
    ...await largeCosts(browser, workedOn)
  ]
  const costs = await all().finally(() => browser.end())
  for (const { budget, unit, value, what } of costs) {
    const mark = value > budget * 3 ? "TOO MUCH" : value > budget ? "over" : "ok"
    process.stdout.write(`${what.padEnd(40)} ${value.toFixed(0).padStart(6)} of ${budget} ${unit}  ${mark}\n`)
  }
  if (costs.some(({ budget, value }) => value > budget * 3)) process.exitCode = 1
}
