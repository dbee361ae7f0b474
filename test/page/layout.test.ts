/**
 * How pages stand, as facts and not as pictures, so that fonts and versions of browsers do not matter: nothing is wider
 * than the screen, no text is cut where it cannot be read otherwise, what is pressed is large enough and not covered;
 * and what axe finds. For each page, at two widths, in two themes.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { every, open, type Pinnace, schedule } from "../../mod.ts"
import type { PinnaceServer } from "../../src/server/mod.ts"
import { faultsIn } from "./axe.ts"
import { Browser, noBrowser } from "./Browser.ts"
import { gates, pipeline, report, staged } from "./scenes.ts"

/** Where the pages are, with what is there once they are drawn. */
const places: ReadonlyArray<readonly [place: string, drawn: string]> = [
  ["/runs", "a.run-row"],
  ["/runs?q=nothing-fits", ".empty"],
  ["/runs?q=phase:wrong", "[role=alert]"],
  ["/runs/none", ".empty, [role=alert]"],
  ["/runs/slow-2", "[role=treeitem]"],
  ["/runs/report-2026-11-29?node=validate", ".pane-body"],
  ["/runs/pipeline-41?view=values", ".run-title"],
  ["/inbox", ".inbox-item"],
  ["/workflows", ".flow"],
  ["/workflows/pipeline", ".definition-card"],
  ["/workflows/none", ".empty"],
  ["/runs/pipeline-41?view=logs&line=2", ".line-detail"],
  ["/locks", ".lock"],
  ["/schedules", ".card"],
  ["/file", ".card"],
  ["/diff/pipeline-41/report-2026-11-29", ".diff-what"],
  ["/nowhere", ".empty"]
]
const empty: typeof places = [["/runs", ".empty"], ["/inbox", ".empty"], ["/workflows", ".empty"]]
const bare: typeof places = [...empty, ["/locks", ".empty"], ["/schedules", ".empty"], ["/file", ".card"]]

const widths = [390, 1_920]
const isLong = process.env["PINNACE_TEST_LONG"] !== undefined

/** What is wrong with how a page stands: a program for the browser. */
const faults = `(() => {
  const found = []
  const wide = document.documentElement.scrollWidth - innerWidth
  if (wide > 0) found.push("the page is " + wide + " px too wide")
  const called = (it) =>
    "<" + it.tagName.toLowerCase() + ' class="' + (it.getAttribute("class") ?? "") + '">' + it.textContent.trim().slice(0, 40)
  const least = innerWidth < 700 ? 24 : 20
  const inText = "p, dd, li, .empty, .run-bars, .histogram, .skip, .link, label, .toolbar a, .twist"
  const scrolling = ".scroll, .virtual, .tabs, [role=tablist], .plan, .permits, .pane-body, .histogram, .skip"
  for (const it of document.querySelectorAll("button, a[href], input, select, textarea")) {
    const box = it.getBoundingClientRect()
    if (box.width === 0 || box.bottom < 0 || box.top > innerHeight) continue
    if (it.closest(inText) === null && (box.width < least || box.height < least)) {
      found.push(called(it) + " is " + Math.round(box.width) + " × " + Math.round(box.height) + " px")
    }
    const isShort = it.matches("button") && it.textContent.trim().length < 12 && it.querySelector("i") === null
    if (isShort && it.closest("a") === null && box.height > parseFloat(getComputedStyle(it).lineHeight) * 2 + 12) {
      found.push(called(it) + " is broken into lines")
    }
    if (it.closest(scrolling) === null && box.right > innerWidth + 1) found.push(called(it) + " is cut off")
  }
  for (const row of document.querySelectorAll(".virtual-row")) {
    const { bottom, top } = row.getBoundingClientRect()
    for (const part of row.firstElementChild?.children ?? []) {
      const box = part.getBoundingClientRect()
      const isOver = box.height > 0 && (box.top < top - 2 || box.bottom > bottom + 2)
      if (isOver) found.push(called(part) + " stands over its neighbours")
    }
  }
  return [...new Set(found)].slice(0, 10)
})()`

describe.skipIf(noBrowser)("the layout of the pages", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-layout-"))
  let browser: Browser
  let [full, none]: Array<Pinnace> = []
  let servers: Readonly<Record<"filled" | "bare" | "read-only", PinnaceServer>>

  beforeAll(async () => {
    writeFileSync(join(folder, "bad.yaml"), "kind: Workflow\nspec: { entrypoint: a }\n")
    browser = await Browser.start()
    full = await staged()
    await (await full.start(pipeline, undefined, { id: "pipeline-41" })).outcome()
    none = await open(":memory:")
    const long = schedule("a-schedule-with-a-name-that-is-rather-long-for-a-small-screen", every("1 hour"), report)
    const filled = { schedules: [long], templates: { files: [folder] } }
    servers = {
      filled: await browser.serve(full, filled),
      bare: await browser.serve(none),
      "read-only": await browser.serve(full, { ...filled, readOnly: true })
    }
  })
  afterAll(async () => {
    for (const { resolve } of gates.values()) resolve()
    await browser?.end()
    await full?.close()
    await none?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const cases = (["filled", "bare", "read-only"] as const).flatMap((state) =>
    widths.flatMap((width) => [false, true].map((dark) => ({ state, width, dark, theme: dark ? "dark" : "light" })))
  )
  // Colours do not move anything: the dark theme and the server that only shows are for the long tests.
  it.each(cases.filter(({ dark, state }) => isLong || !dark && state !== "read-only"))(
    "$state, $width px, $theme",
    async ({ dark, state, width }) => {
      const server = servers[state]
      const page = await browser.open(server, "", { width, height: width < 700 ? 844 : 1_080, dark })
      const found: Array<string> = []
      for (const [place, drawn] of state === "bare" ? bare : places) {
        await page.goto(`${server.url}/#${place}`)
        await page.locator(drawn).first().waitFor()
        const told = [
          ...await page.evaluate<ReadonlyArray<string>>(faults),
          ...isLong ? await faultsIn(page) : []
        ]
        found.push(...told.map((it) => `${place}: ${it}`))
      }
      await page.context().close()
      expect(found).toEqual([])
    }
  )
})
