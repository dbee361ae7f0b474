/** What concerns one run, in a real browser: each test starts its own runs and depends on no other. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import process from "node:process"
import type { Page } from "playwright-core"
import type { Pinnace } from "../../mod.ts"
import type { PinnaceServer } from "../../src/server/mod.ts"
import { faultsIn } from "./axe.ts"
import { Browser, noBrowser, patience } from "./Browser.ts"
import { crowd, gated, holder, ingest, kinds, letGo, letLongEnd, openGate, stage, totals, ways } from "./runScenes.ts"

/** A busy machine takes its time. */
const eventually = <A>(read: () => Promise<A>) => expect.poll(read, { timeout: patience })

/** What takes long is left to the long tests. */
const isLong = process.env["PINNACE_TEST_LONG"] !== undefined

const day = { day: "2026-11-28", rows: 120, mode: "fast" } as const

describe.skipIf(noBrowser)("the page of a run", () => {
  let browser: Browser
  let pinnace: Pinnace
  let server: PinnaceServer

  beforeAll(async () => {
    browser = await Browser.start()
    pinnace = await stage()
    server = await browser.serve(pinnace)
  })
  afterAll(async () => {
    letGo()
    openGate()
    letLongEnd()
    await browser?.end()
    await pinnace?.close()
  })

  const ended = async (id: string, input: Omit<typeof day, "rows"> & { readonly rows: number }) => {
    await (await pinnace.start(ingest, input, { id })).outcome()
    return id
  }

  it("retries with another input, by a form, after it told what runs again, what is kept, and for how long", async () => {
    await ended("again-0", day)
    const id = await ended("again-1", { ...day, rows: -5 })
    const page = await browser.open(server, `/runs/${id}`)
    await page.getByRole("treeitem").first().waitFor()
    await page.keyboard.press("r")
    const dialog = page.getByRole("dialog")
    await dialog.getByText("2 nodes run again").waitFor()
    await dialog.getByText(/About .* as in the last/).waitFor()
    await dialog.getByText("What is kept").click()
    await dialog.getByRole("list", { name: "What is kept" }).getByText("calendar").waitFor()
    await dialog.getByLabel("With another input").check()
    await dialog.getByRole("spinbutton", { name: "rows" }).fill("7")
    await dialog.getByText("3 nodes run again").waitFor()
    const command = `pinnace retry ${id} --input '{"day":"2026-11-28","rows":7,"mode":"fast"}'`
    expect(await dialog.locator("code").allTextContents()).toContain(command)
    await dialog.getByRole("button", { name: "Run 3 nodes again" }).click()
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    expect(await (await pinnace.get(id))!.result()).toBe(14)
    await page.context().close()
  })

  it("shows what a key asked for before it was known who the server is", async () => {
    const id = await ended("early-1", { ...day, rows: -5 })
    const page = await browser.open(server)
    const { promise: mayTell, resolve: letTell } = Promise.withResolvers<void>()
    let asked = 0
    await page.route("**/session", async (route) => {
      if (asked++ === 0) return await route.abort()
      await mayTell
      await route.continue()
    })
    await page.goto(`${server.url}/#/runs/${id}`)
    await page.reload()
    await page.getByRole("treeitem").first().waitFor()
    await page.keyboard.press("r")
    letTell()
    await page.getByRole("dialog").getByText("2 nodes run again").waitFor()
    await page.context().close()
    expect(browser.complaints.splice(0)).toEqual(["Failed to load resource: net::ERR_FAILED"])
  })

  it("keeps what is typed while what was typed before takes effect", async () => {
    const id = await ended("typed-1", day)
    // The next letter is typed as soon as the filter is in the address, before anything is drawn anew.
    const before = `
      const replace = history.replaceState.bind(history)
      history.replaceState = (...said) => {
        replace(...said)
        if (!location.hash.endsWith("q=lo")) return
        const field = document.activeElement
        field.value += "a"
        field.dispatchEvent(new Event("input", { bubbles: true }))
      }`
    const page = await browser.open(server, `/runs/${id}`, { before })
    await page.getByRole("treeitem").first().waitFor()
    await page.keyboard.press("/")
    await page.keyboard.type("lo")
    await page.waitForURL(/q=loa$/)
    expect(await page.locator("input[data-filter]").inputValue()).toBe("loa")
    await page.context().close()
  })

  it("forks at a node with another input, and shows the new run", async () => {
    const id = await ended("fork-1", day)
    const page = await browser.open(server, `/runs/${id}?node=store`)
    await page.getByRole("button", { name: "Fork…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("1 node runs again").waitFor()
    await dialog.getByLabel("With another input").check()
    await dialog.getByRole("spinbutton", { name: "rows" }).fill("")
    await dialog.getByText("rows is missing").waitFor()
    expect(await dialog.getByRole("button", { name: "Start the new run" }).isDisabled()).toBe(true)
    await dialog.getByRole("spinbutton", { name: "rows" }).fill("8")
    await dialog.getByText("3 nodes run again").waitFor()
    await dialog.getByRole("button", { name: "Start the new run" }).click()
    await dialog.waitFor({ state: "detached" })
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    const made = decodeURIComponent(/runs\/([^?]+)/.exec(page.url())![1]!)
    expect(made).not.toBe(id)
    expect(await (await pinnace.get(made))!.result()).toBe(16)
    await page.context().close()
  })

  it("runs again from the beginning, or with the results that are there", async () => {
    const id = await ended("resubmit-1", day)
    const page = await browser.open(server, `/runs/${id}`)
    await page.getByRole("button", { name: "Run again…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("4 nodes run again").waitFor()
    await dialog.getByLabel("Keep the results").check()
    await dialog.getByText("0 nodes run again").waitFor()
    await eventually(() => dialog.locator("code").allTextContents()).toContain(`pinnace resubmit ${id} --memoized`)
    await page.context().close()
  })

  it("tells what decided how long it took, what if that were quicker, and shows a part of the time", async () => {
    const run = await pinnace.start(ways, undefined, { id: "ways-1" })
    await run.waitFor("short", "ended")
    letLongEnd()
    await run.outcome()
    const page = await browser.open(server, "/runs/ways-1?view=timeline")
    await page.getByRole("img", { name: /^Timeline of/ }).waitFor()
    await page.keyboard.press("c")
    await page.getByText(/^\d nodes? made \d+ % of/).waitFor()
    await page.getByLabel("What if").selectOption("long")
    const said = page.locator("output")
    await said.getByText(/^The run would take about .* less\.$/).waitFor()
    await page.getByLabel("took").selectOption("twice as long")
    await said.getByText(/more\.$/).waitFor()
    const map = (await page.getByRole("img", { name: "of which 0 % to 100 % is shown" }).boundingBox())!
    await page.mouse.move(map.x + map.width * 0.25, map.y + 10)
    await page.mouse.down()
    await page.mouse.move(map.x + map.width * 0.5, map.y + 12)
    await page.mouse.up()
    await page.getByRole("img", { name: "of which 25 % to 50 % is shown" }).waitFor()
    await page.keyboard.press("0")
    await page.getByRole("img", { name: "of which 0 % to 100 % is shown" }).waitFor()
    await page.keyboard.press("2")
    await page.locator(".graph-view canvas[aria-busy=false]").waitFor()
    await eventually(() => page.getByRole("img", { name: /^The whole graph/ }).count()).toBe(0)
    await page.goto(`${server.url}/#/runs/ways-1?view=graph&node=join`)
    await page.getByRole("img", { name: "Graph of 5 nodes" }).waitFor()
    await page.keyboard.press("n")
    await page.getByRole("img", { name: "Graph of 4 nodes" }).waitFor()
    for (let at = 0; at < 3; at++) await page.keyboard.press("n")
    await page.getByRole("img", { name: "Graph of 5 nodes" }).waitFor()
    for (let at = 0; at < 8; at++) await page.keyboard.press("+")
    await page.getByRole("img", { name: /^The whole graph/ }).waitFor()
    await page.context().close()
  })

  it("tells what if there were more permits of what was waited for", async () => {
    await (await pinnace.start(crowd, undefined, { id: "crowd-1" })).outcome()
    const page = await browser.open(server, "/runs/crowd-1?view=timeline")
    await page.getByRole("img", { name: /^Timeline of/ }).waitFor()
    await page.keyboard.press("c")
    await page.getByLabel("took").selectOption("as long as it did")
    await page.locator("output").getByText("as long: others decide").waitFor()
    await page.getByRole("spinbutton", { name: "Permits of page-db" }).fill("3")
    await page.locator("output").getByText(/^The run would take about .* less\.$/).waitFor()
    await page.getByText("permits of page-db instead of 1").waitFor()
    await page.context().close()
  })

  it("tells of a node what it saved, how it is defined, what was thrown, and why it was computed or not", async () => {
    const count = async (id: string, rows: number) => (await pinnace.start(totals, { rows }, { id })).outcome()
    await count("totals-1", 3)
    await count("totals-2", 3)
    await count("totals-3", 4)
    const page = await browser.open(server, "/runs/totals-2?node=count&tab=cache")
    const pane = page.getByRole("complementary")
    await pane.getByText("It reused the result of").waitFor()
    await page.getByRole("treeitem", { name: /count/ }).getByText("from cache").waitFor()
    await pane.getByRole("link", { name: /totals-1/ }).click()
    await page.locator(".run-title").getByText("totals-1").waitFor()
    await page.goto(`${server.url}/#/runs/totals-3?node=count&tab=cache`)
    await pane.getByRole("row", { name: /input/ }).getByText("rows").waitFor()
    await pane.getByText("pinnace cache explain totals-3 count").waitFor()
    await page.goto(`${server.url}/#/runs/totals-3?node=save&tab=attempts`)
    await pane.getByText("What was thrown").click()
    await pane.getByText("Stack").waitFor()
    await page.keyboard.press("]")
    await page.keyboard.press("]")
    await pane.getByRole("heading", { name: "total.json" }).waitFor()
    await pane.getByRole("tab", { name: "Definition" }).click()
    await pane.getByRole("button", { name: "count" }).first().click()
    await page.getByRole("complementary", { name: "Node count" }).waitFor()
    await page.goto(`${server.url}/#/diff/totals-1/totals-3`)
    await page.getByRole("button", { name: /^count/ }).click()
    const output = page.getByRole("region", { name: "Output" })
    expect(await output.getByRole("listitem").allInnerTexts()).toEqual([expect.stringMatching(/total[^]*6[^]*8/)])
    await page.context().close()
  })

  it("says what helps against a wait, with the command, and does it", async () => {
    await (await pinnace.start(holder, undefined, { id: "holder-1" })).waitFor("hold", "Running")
    await (await pinnace.start(holder, undefined, { id: "holder-2" })).waitFor("hold", "waiting")
    const page = await browser.open(server, "/runs/holder-2?node=hold&tab=why")
    const pane = page.getByRole("complementary")
    await pane.getByText("pinnace locks set page-api 2").waitFor()
    expect(await pane.getByRole("link", { name: "Open hold of holder-1" }).getAttribute("href")).toContain("holder-1")
    await pane.getByRole("button", { name: "Raise the limit of page-api…" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Set the limit" }).click()
    await pane.getByText(/it is running|is running/).first().waitFor()
    letGo()
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    await page.context().close()
  })

  it("shows files of each kind as they are meant, and nothing in them runs", async () => {
    await (await pinnace.start(kinds, undefined, { id: "kinds-1" })).outcome()
    const page = await browser.open(server, "/runs/kinds-1?view=artifacts")
    const file = (name: string) => page.getByRole("list", { name: "Artifacts" }).getByText(name).click()
    await file("README.md")
    await page.getByRole("heading", { name: "Report", level: 3 }).waitFor()
    expect(await page.getByRole("checkbox", { name: "done" }).isChecked()).toBe(true)
    await page.getByText('<b onclick="alert(1)">').waitFor()
    expect(await page.locator(".markdown a").evaluateAll((all) => all.map((it) => it.getAttribute("href")))).toEqual([
      "https://example.com",
      "https://example.com/x.png"
    ])
    await file("bundle.zip")
    await page.getByText("2 files, 5.0 KB").waitFor()
    const inner = page.getByRole("region", { name: /\.txt$/ })
    await page.getByRole("button", { name: "data/one.txt" }).click()
    await inner.getByText("one", { exact: true }).waitFor()
    await file("bundle.tgz")
    await page.getByRole("button", { name: "part-2.txt" }).click()
    await inner.getByText("abc", { exact: true }).waitFor()
    await file("rows.ndjson")
    await page.getByText("2 items").waitFor()
    await file("pixel.png")
    await eventually(() =>
      page.getByAltText("pixel.png").evaluate((it) => (it as unknown as { naturalWidth: number }).naturalWidth)
    ).toBe(
      1
    )
    await file("paper.pdf")
    await page.locator('iframe[title="paper.pdf"]').waitFor()
    await page.getByRole("button", { name: "More actions" }).click()
    await page.getByRole("button", { name: "Export…" }).click()
    await page.getByText("pinnace export kinds-1").waitFor()
    const [download] = await Promise.all([
      page.waitForEvent("download", { timeout: patience }),
      page.getByRole("button", { name: "Export the run" }).click()
    ])
    expect(download.suggestedFilename()).toBe("kinds-1.tgz")
    await page.context().close()
  })

  it("says where one is, gives the focus back, and reads out how a run ended", async () => {
    const page = await browser.open(server)
    const run = await pinnace.start(gated, undefined, { id: "gated-1" })
    await run.waitFor("gate", "Running")
    await page.route("**/estimate", (it) => it.fulfill({ json: { left: 240_000, now: Date.now() } }))
    await page.getByRole("link", { name: /gated-1/ }).first().click()
    await page.getByRole("status", { name: "The page" }).getByText("Run gated-1").waitFor()
    await eventually(() => page.evaluate("document.activeElement.id")).toBe("main")
    await page.getByText(/^about \d|^may end/).waitFor()
    const suspend = page.getByRole("button", { name: "Suspend…" })
    const hasFocus = (at: typeof suspend): Promise<boolean> =>
      at.evaluate((it) =>
        it === (globalThis as unknown as { document: { activeElement: unknown } }).document.activeElement
      )
    await suspend.click()
    await page.getByRole("dialog").waitFor()
    await page.keyboard.press("Escape")
    await eventually(() => hasFocus(suspend)).toBe(true)
    const menu = page.getByRole("button", { name: "More actions" })
    await menu.click()
    await page.getByRole("button", { name: "Terminate…" }).click()
    await page.getByRole("dialog").waitFor()
    await page.keyboard.press("Escape")
    await eventually(() => hasFocus(menu)).toBe(true)
    openGate()
    await page.getByRole("status", { name: "The run" }).getByText("Run gated-1 ended: Succeeded").waitFor()
    await page.context().close()
  })

  it.runIf(isLong)("has no fault that axe finds in dialogs, tabs and previews, in both themes", async () => {
    const count = async (id: string, rows: number) => (await pinnace.start(totals, { rows }, { id })).outcome()
    for (const [id, rows] of [["axe-1", 7], ["axe-2", 7], ["axe-3", 8]] as const) await count(id, rows)
    await ended("axe-bad", { ...day, rows: -1 })
    await (await pinnace.start(kinds, undefined, { id: "axe-kinds" })).outcome()
    const press = (name: string) => (page: Page) => page.getByRole("button", { name }).first().click()
    const file = (name: string) => (page: Page) => page.getByText(name).first().click()
    const states: ReadonlyArray<readonly [string, (page: Page) => Promise<unknown>]> = [
      ["/runs/axe-bad", async (page) => {
        await press("Retry…")(page)
        await page.getByLabel("With another input").check()
        await page.getByText("What is kept").click()
      }],
      ["/runs/axe-1?node=save", press("Fork…")],
      ["/runs/axe-1", press("Run again…")],
      ...["axe-2?node=count&tab=cache", "axe-3?node=count&tab=cache", "axe-3?node=save&tab=attempts"].map((it) =>
        [`/runs/${it}`, (page: Page) => page.getByRole("tabpanel").nth(1).waitFor()] as const
      ),
      ["/runs/axe-3?node=save&tab=artifacts", (page) => page.getByRole("heading", { name: "total.json" }).waitFor()],
      ["/runs/axe-3?node=save&tab=definition", (page) => page.getByText("Reads").waitFor()],
      ["/runs/axe-1?view=timeline", (page) => page.keyboard.press("c")],
      ["/diff/axe-1/axe-3", (page) => page.getByRole("button", { name: /^count/ }).click()],
      ...["README.md", "bundle.zip", "rows.ndjson"].map((it) => ["/runs/axe-kinds?view=artifacts", file(it)] as const)
    ]
    const found: Array<string> = []
    for (const dark of [false, true]) {
      for (const [place, act] of states) {
        const page = await browser.open(server, place, { dark })
        await act(page)
        await page.getByRole("status", { name: /^(Reading|Asking)/ }).first().waitFor({ state: "detached" })
        found.push(...(await faultsIn(page)).map((it) => `${place}${dark ? " dark" : ""} ${it}`))
        await page.context().close()
      }
    }
    expect(found).toEqual([])
  })

  it("complains of nothing", () => {
    expect(browser.complaints).toEqual([])
  })
})
