/** What it costs to move pictures of 10,000 nodes, and how soon a commit is seen: part of `npm run bench:page`. */
import type { Page } from "playwright-core"
import { open, workflow } from "../../mod.ts"
import type { Browser } from "../../test/page/Browser.ts"
import type { Cost, Worked } from "./Cost.ts"

const frames = 60

/** Moves a canvas as a wheel does, once in each frame; `isZoom` to and fro. */
const moved = (page: Page, selector: string, isZoom: boolean): Promise<void> =>
  page.evaluate(`(async () => {
    const canvas = document.querySelector(${JSON.stringify(selector)})
    const { left, top, width, height } = canvas.getBoundingClientRect()
    for (let at = 0; at < ${frames}; at++) {
      const delta = at % 20 < 10 ? 18 : -18
      canvas.dispatchEvent(new WheelEvent("wheel", {
        clientX: left + width / 2, clientY: top + height / 2, cancelable: true,
        ctrlKey: ${isZoom}, deltaX: ${isZoom} ? 0 : delta, deltaY: delta
      }))
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  })()`)

/** Milliseconds of the main thread for each frame while graph and timeline of a run are moved. */
export const movingCosts = async (page: Page, url: string, worked: Worked): Promise<ReadonlyArray<Cost>> => {
  const costs: Array<Cost> = []
  const of = async (what: string, selector: string): Promise<void> => {
    for (const isZoom of [false, true]) {
      const value = await worked(page, () => moved(page, selector, isZoom)) / frames
      costs.push({ what: `${what}: a frame of ${isZoom ? "zooming" : "moving"}`, value, budget: 20, unit: "ms" })
    }
  }
  await page.goto(`${url}/#/runs/wide?view=graph&node=items`)
  await page.locator(".graph-view canvas[aria-busy=false]").first().waitFor()
  await page.keyboard.press("Enter")
  await page.getByRole("img", { name: /^Graph of 10,\d\d\d nodes/ }).waitFor()
  await page.locator(".graph-view canvas[aria-busy=false]").first().waitFor()
  await page.keyboard.press("0")
  await of("graph of 10,000, all", ".graph-view canvas")
  for (let at = 0; at < 20; at++) await page.keyboard.press("+")
  await of("graph of 10,000, near", ".graph-view canvas")
  await page.goto(`${url}/#/runs/wide?view=timeline`)
  await page.getByRole("img", { name: /^Timeline of/ }).waitFor()
  await of("timeline of 10,000", ".timeline-view canvas[aria-label^='Timeline of']")
  return costs
}

const steps = 20
const asks = workflow("asks", {}, (w) => {
  let before = w.suspend("ask-0")
  for (let at = 1; at < steps; at++) before = w.suspend(`ask-${at}`, { after: [before] })
})

/** Milliseconds from a command to the frame that shows what came of it, of twenty the one in the middle. */
export const seenCost = async (browser: Browser): Promise<Cost> => {
  await using pinnace = await open(":memory:", { workflows: [asks] })
  const run = await pinnace.start(asks, undefined, { id: "asks" })
  const server = await browser.serve(pinnace)
  const page = await browser.open(server, "/runs/asks")
  const rows = page.getByRole("treeitem")
  await rows.first().waitFor()
  await page.evaluate(`(() => {
    globalThis.seen = []
    const look = () => {
      const { length } = document.querySelectorAll("[role=treeitem]")
      globalThis.seen[length] ??= Date.now()
      requestAnimationFrame(look)
    }
    look()
  })()`)
  const told: Array<number> = []
  for (let at = 0; at < steps - 1; at++) {
    told.push(Date.now())
    await run.signal(`ask-${at}`)
    await rows.nth(at + 1).waitFor()
  }
  const seen = await page.evaluate<ReadonlyArray<number>>("globalThis.seen")
  await page.context().close()
  const took = told.map((it, at) => seen[at + 2]! - it).sort((a, b) => a - b)
  return { what: "from commit to paint", value: took[Math.floor(took.length / 2)]!, budget: 250, unit: "ms" }
}
