/** By keyboard alone: what can be pressed can be reached, and shows where one is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Page } from "playwright-core"
import type { Pinnace } from "../../mod.ts"
import type { PinnaceServer } from "../../src/server/mod.ts"
import { Browser, noBrowser } from "./Browser.ts"
import { gates, pipeline, staged } from "./scenes.ts"

const run = "/runs/report-2026-11-29"

const places: ReadonlyArray<readonly [string, keys?: string]> = [
  ["/runs"],
  [`${run}?node=validate`],
  ["/runs/pipeline-41?view=graph&node=join&tab=values"],
  ["/runs/pipeline-41?view=timeline", "c"],
  [`${run}?view=logs&line=1`],
  ["/runs/pipeline-41?view=artifacts"],
  ["/runs/pipeline-41?view=values"],
  [`${run}?view=events&at=9`],
  ["/runs/slow-2?node=hold&tab=why"],
  ["/inbox"],
  ["/workflows"],
  ["/workflows/pipeline"],
  ["/locks"],
  ["/schedules"],
  ["/file"],
  ["/diff/report-2026-11-29/pipeline-41"],
  [run, "r"],
  ["/runs/slow-1", "s"],
  ["/runs/deploy-7", "a"],
  ["/runs", "Control+k"],
  ["/runs", "?"]
]

/** What can be pressed or typed into, as far as it is seen; of a tree or a list of choices, one part for all. */
const findStops = `(() => {
  const within = document.querySelector("dialog[open]") ?? document
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']"
  globalThis.stops = [...within.querySelectorAll(all)].filter((it) => {
    if (it.disabled || it.closest("[role=treeitem] [tabindex='-1'], [role=option], [role=listbox] *") !== null) return false
    if (it.matches("input[type=radio]:not(:checked)")) return false
    return it.checkVisibility({ checkVisibilityCSS: true }) && it.getClientRects().length > 0
  })
})()`

/** Where the focus is among these: its place, and whether it is seen. */
const lookAt = `(() => {
  const it = document.activeElement
  const { boxShadow, outlineStyle, outlineWidth } = getComputedStyle(it)
  const around = getComputedStyle(it.parentElement ?? it)
  const isSeen = outlineStyle !== "none" && outlineWidth !== "0px" || boxShadow !== "none" ||
    around.outlineStyle !== "none" || around.boxShadow !== "none"
  return { at: globalThis.stops.indexOf(it), isSeen, name: it.outerHTML.slice(0, 120) }
})()`

interface Stop {
  readonly at: number
  readonly isSeen: boolean
  readonly name: string
}

/** The stops that are still there: a list of which a part is drawn lets go of others on the way. */
const findThere = "stops.flatMap((it, at) => it.isConnected ? [at] : [])"

/** Walks by Tab until every stop was come to, or the walk has gone round some times. */
const walked = async (
  page: Page
): Promise<{ readonly missed: ReadonlyArray<string>; readonly unseen: ReadonlyArray<string> }> => {
  await page.evaluate(findStops)
  const names = await page.evaluate<ReadonlyArray<string>>("stops.map((it) => it.outerHTML.slice(0, 120))")
  expect(names.length).toBeGreaterThan(0)
  const [reached, unseen] = [new Set<number>(), new Set<string>()]
  let left: ReadonlyArray<number> = [0]
  for (let round = 0; round < 3 && left.length > 0; round++) {
    for (let at = 0; at < names.length * 2 + 10 && reached.size < names.length; at++) {
      await page.keyboard.press("Tab")
      const stop = await page.evaluate<Stop>(lookAt)
      if (stop.at < 0) continue
      reached.add(stop.at)
      if (!stop.isSeen) unseen.add(stop.name)
    }
    left = (await page.evaluate<ReadonlyArray<number>>(findThere)).filter((at) => !reached.has(at))
  }
  return { missed: left.map((at) => names[at]!), unseen: [...unseen] }
}

describe.skipIf(noBrowser)("by keyboard alone", () => {
  let [browser, pinnace, server] = [] as unknown as [Browser, Pinnace, PinnaceServer]
  beforeAll(async () => {
    browser = await Browser.start()
    pinnace = await staged()
    await (await pinnace.start(pipeline, undefined, { id: "pipeline-41" })).outcome()
    server = await browser.serve(pinnace)
  })
  afterAll(async () => {
    for (const { resolve } of gates.values()) resolve()
    await browser.end()
    await pinnace.close()
  })

  it("Tab comes to whatever can be pressed, on each page and in each dialog, and it is seen where one is", async () => {
    const page = await browser.open(server)
    const faults: Array<unknown> = []
    for (const [place, keys] of places) {
      await page.goto("about:blank")
      await page.goto(`${server.url}/#${place}`)
      await page.getByRole("heading").first().waitFor()
      await page.getByRole("status", { name: /^(Reading|Asking)/ }).first().waitFor({ state: "detached" })
      if (keys !== undefined) {
        await page.getByRole("button").first().waitFor()
        await page.keyboard.press(keys)
        if (keys !== "c") await page.locator("dialog[open]").waitFor()
      }
      await page.getByRole("status", { name: /^(Reading|Asking)/ }).first().waitFor({ state: "detached" })
      const { missed, unseen } = await walked(page)
      if (missed.length + unseen.length > 0) faults.push({ place, keys, missed, unseen })
    }
    expect(faults).toEqual([])
    expect(browser.complaints).toEqual([])
    await page.context().close()
  })

  it("arrows lead through the tree from where Tab came to it, and the focus goes along", async () => {
    const page = await browser.open(server, run)
    const focused = (name: string) => page.locator(`[role=treeitem]:focus .name[title="${name}"]`).waitFor()
    await page.getByRole("treeitem").first().focus()
    await page.keyboard.press("Enter")
    await page.getByRole("complementary", { name: "Node pages" }).waitFor()
    await focused("pages")
    for (
      const [key, name] of [["ArrowDown", "pages[0]"], ["j", "pages[1]"], ["ArrowLeft", "pages"], ["f", "validate"]]
    ) {
      await page.keyboard.press(key!)
      await focused(name!)
    }
    await page.context().close()
  })
})
