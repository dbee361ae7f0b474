/** Makes the pictures of `docs/page.md`: `npm run screenshots`. It needs /usr/bin/chromium. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Page } from "playwright-core"
import { Browser, type Look } from "../test/page/Browser.ts"
import { gates, pipeline, staged } from "../test/page/scenes.ts"

interface Shot extends Look {
  readonly name: string
  readonly place: string
  readonly act?: (page: Page) => Promise<unknown>
}

const size = { width: 1_200, height: 680 }

const shots: ReadonlyArray<Shot> = [
  { ...size, name: "runs", place: "/runs", act: (page) => page.getByRole("listitem").nth(4).waitFor() },
  { ...size, name: "tree", place: "/runs/report-2026-11-29?node=pages%5B2%5D&tab=attempts" },
  {
    ...size,
    dark: true,
    name: "graph",
    place: "/runs/pipeline-41?view=graph&node=join&tab=values",
    act: (page) => page.keyboard.press("c")
  },
  {
    ...size,
    name: "timeline",
    place: "/runs/pipeline-41?view=timeline",
    act: (page) => page.keyboard.press("c")
  },
  {
    ...size,
    name: "retry",
    place: "/runs/report-2026-11-29",
    act: async (page) => {
      await page.getByRole("treeitem").first().waitFor()
      await page.keyboard.press("r")
      await page.getByText("2 nodes run again").waitFor()
      await page.getByText("What is kept").click()
    }
  },
  { ...size, dark: true, name: "why", place: "/runs/slow-2?node=hold&tab=why" },
  {
    ...size,
    name: "signal",
    place: "/inbox",
    act: async (page) => {
      await page.getByRole("button", { name: "Answer…" }).click()
      await page.getByLabel("note").fill("looks good")
    }
  },
  { ...size, name: "workflow", place: "/workflows/pipeline" },
  { ...size, dark: true, name: "past", place: "/runs/pipeline-41?view=events&at=20" }
]

const folder = fileURLToPath(new URL("../docs/images", import.meta.url))
mkdirSync(folder, { recursive: true })
const browser = await Browser.start()
const pinnace = await staged()
try {
  for (const id of ["pipeline-40", "pipeline-41"]) await (await pinnace.start(pipeline, undefined, { id })).outcome()
  const server = await browser.serve(pinnace)
  for (const { act, name, place, ...look } of shots) {
    const page = await browser.open(server, place, look)
    await page.getByRole("heading").nth(1).or(page.getByRole("heading").first()).first().waitFor()
    await page.getByRole("status", { name: /^(Reading|Asking)/ }).first().waitFor({ state: "detached" })
    await act?.(page)
    // What is drawn by a canvas tells nobody when it is there.
    await page.waitForTimeout(800)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    await page.context().close()
  }
} finally {
  for (const { resolve } of gates.values()) resolve()
  await browser.end()
  await pinnace.close()
}
