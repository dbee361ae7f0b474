/** What axe finds: on each page, view and tab that an address can name, in both themes, in each state of the server. */
import process from "node:process"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace } from "../../mod.ts"
import type { Section, TabKey, ViewKey } from "../../src/page/state/places.ts"
import { type PinnaceServer, serve } from "../../src/server/mod.ts"
import { faultsIn } from "./axe.ts"
import { Browser, noBrowser } from "./Browser.ts"
import { totals } from "./runScenes.ts"
import { gates, pipeline, staged } from "./scenes.ts"

/** All of them in both themes are for the long tests. */
const isLong = process.env["PINNACE_TEST_LONG"] !== undefined

const run = "/runs/report-2026-11-29"

const sections: Readonly<Record<Section, string>> = {
  runs: "/runs",
  run,
  inbox: "/inbox",
  workflows: "/workflows",
  workflow: "/workflows/nightly-report",
  locks: "/locks",
  schedules: "/schedules",
  file: "/file",
  diff: "/diff/report-2026-11-29/pipeline-41"
}

const views: Readonly<Record<ViewKey, string>> = {
  tree: `${run}?q=pages`,
  graph: `${run}?view=graph`,
  timeline: `${run}?view=timeline`,
  logs: `${run}?view=logs&line=1`,
  artifacts: "/runs/pipeline-41?view=artifacts",
  values: `${run}?view=values`,
  events: `${run}?view=events&at=9`
}

const tabs: Readonly<Record<TabKey, string>> = {
  summary: `${run}?node=validate`,
  why: "/runs/slow-2?node=hold&tab=why",
  values: "/runs/pipeline-41?node=join&tab=values",
  attempts: `${run}?node=pages%5B2%5D&tab=attempts`,
  logs: `${run}?node=validate&tab=logs`,
  artifacts: "/runs/pipeline-41?node=days&tab=artifacts",
  cache: "/runs/totals-2?node=count&tab=cache",
  definition: `${run}?node=validate&tab=definition`
}

const odd = ["/runs?q=nothing-fits", "/runs?q=phase:wrong", "/runs/none", "/workflows/none", "/nowhere"]

const few = Object.values(sections)
const all = [...few, ...Object.values(views), ...Object.values(tabs), ...odd]

/** What is looked at: each page in each state; what else an address can name where all is there. */
const placesOf = (isPlain: boolean): ReadonlyArray<string> => {
  if (isLong) return isPlain ? all : few
  return isPlain ? few : ["/runs", run, "/locks", "/schedules"]
}

/** What the server does, as far as it is not the stream. */
const states: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  there: async () => {},
  loading: (page) => page.route(/v1\/(?!stream|session)/, () => {}),
  failing: (page) =>
    page.route(
      /v1\/(?!stream|session)/,
      (route) => route.fulfill({ status: 500, contentType: "application/json", body: '{"message":"The disk is full"}' })
    ),
  lost: (page) => page.getByText("The connection to the server is lost").waitFor()
}

describe.skipIf(noBrowser)("what axe finds", () => {
  let browser: Browser
  let pinnace: Pinnace
  let servers: Readonly<Record<"full" | "empty" | "readOnly", PinnaceServer>>

  beforeAll(async () => {
    browser = await Browser.start()
    pinnace = await staged()
    await (await pinnace.start(pipeline, undefined, { id: "pipeline-41" })).outcome()
    for (const id of ["totals-1", "totals-2"]) await (await pinnace.start(totals, { rows: 3 }, { id })).outcome()
    servers = {
      full: await browser.serve(pinnace),
      empty: await browser.serve(await open(":memory:")),
      readOnly: await browser.serve(pinnace, { readOnly: true })
    }
  })
  afterAll(async () => {
    for (const { resolve } of gates.values()) resolve()
    await browser?.end()
    await pinnace?.close()
  })

  const themes = isLong ? [true, false] : [true]
  const cases = themes.flatMap((dark) => [
    ...Object.keys(states).map((state) => ["full", state, dark] as const),
    ...["empty", "readOnly"].map((server) => [server as "empty" | "readOnly", "there", dark] as const)
  ])

  it.each(cases)("with a server that is %s, its answers %s, dark: %s", async (server, state, dark) => {
    const found: Array<string> = []
    const own = state === "lost" ? await serve(pinnace) : servers[server]
    const page = await browser.open(own, "", { dark })
    if (state === "lost") await own.close()
    await states[state]!(page)
    const isPlain = server === "full" && state === "there"
    for (const place of placesOf(isPlain)) {
      await page.goto(`${own.url}/#${place}`)
      if (state === "there") {
        await page.getByRole("status", { name: /^(Reading|Asking|Comparing)/ }).first().waitFor({ state: "detached" })
      }
      await page.locator("h1, .skeleton, .empty, [role=alert]").first().waitFor()
      found.push(...(await faultsIn(page)).map((it) => `${place} ${it}`))
    }
    await page.context().close()
    expect([...new Set(found)]).toEqual([])
  })
})
