/** What many runs and long logs cost the page and its server: part of `npm run bench:page`. */
import type { Page } from "playwright-core"
import { open, task, workflow } from "../../mod.ts"
import type { Browser } from "../../test/page/Browser.ts"
import type { Cost, Worked } from "./Cost.ts"

const runs = 10_000
const lines = 100_000
const short = workflow("short", {}, (w) => w.node("work", task("work", { run: () => {} })))
const loud = workflow("loud", {}, (w) =>
  w.node(
    "talk",
    task("talk", {
      run: async (_, { log }) => {
        for (let at = 0; at < lines; at++) {
          log(`line ${at} of a log, ${at % 1_000 === 7 ? "odd" : "even"}`)
          if (at % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
      }
    })
  ))

const answered = async (page: Page, path: string): Promise<number> =>
  Math.min(
    ...await page.evaluate<ReadonlyArray<number>, string>(async (path) => {
      const times: Array<number> = []
      for (let at = 0; at < 5; at++) {
        const before = performance.now()
        const headers = {
          authorization: `Bearer ${
            (globalThis as never as { sessionStorage: { getItem: (key: string) => string } }).sessionStorage.getItem(
              "pinnace-token"
            )
          }`
        }
        await (await fetch(`/pinnace/v1${path}`, { headers })).text()
        times.push(performance.now() - before)
      }
      return times
    }, path)
  )

/** Measures them; `worked` counts what the main thread of a page does. */
export const manyCosts = async (browser: Browser, worked: Worked): Promise<ReadonlyArray<Cost>> => {
  await using pinnace = await open(":memory:", { workflows: [short, loud], limits: { logLines: lines } })
  await (await pinnace.start(loud, undefined, { id: "loud" })).outcome()
  for (let at = 0; at < runs; at += 500) {
    const started = await Promise.all(
      Array.from({ length: 500 }, (_, one) => pinnace.start(short, undefined, { id: `run-${at + one}` }))
    )
    await Promise.all(started.map((run) => run.outcome()))
  }
  const server = await browser.serve(pinnace)
  const page = await browser.open(server, "/file")
  const listed = await worked(page, async () => {
    await page.goto(`${server.url}/#/runs`)
    await page.locator("a.run-row").first().waitFor()
  })
  const filtered = await worked(page, async () => {
    await page.getByRole("searchbox").fill("run-77")
    await page.getByText("run-7799").first().waitFor()
  })
  const log = await worked(page, async () => {
    await page.goto(`${server.url}/#/runs/loud?view=logs`)
    await page.getByText("100,000 lines").waitFor()
  })
  const [list, text, histogram, search] = [
    await answered(page, "/runs?limit=200"),
    await answered(page, "/runs?limit=200&text=run-77"),
    await answered(page, "/histogram"),
    await answered(page, "/runs/loud/logs?grep=odd&limit=200")
  ]
  await page.context().close()
  return [
    { what: "10,000 runs: list", value: listed, budget: 300, unit: "ms" },
    { what: "10,000 runs: filter", value: filtered, budget: 300, unit: "ms" },
    { what: "… by the server: list", value: list, budget: 100, unit: "ms" },
    { what: "… by the server: filter", value: text, budget: 100, unit: "ms" },
    { what: "… by the server: bars", value: histogram, budget: 300, unit: "ms" },
    { what: "100,000 lines: open", value: log, budget: 300, unit: "ms" },
    { what: "… by the server: search", value: search, budget: 100, unit: "ms" }
  ]
}
