/** What is typed is not lost, and nothing is done twice: not by a token that runs out, not by answers that are lost. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Page } from "playwright-core"
import { every, open, type Pinnace, schedule, Schema, task, workflow } from "../../mod.ts"
import { Browser, noBrowser, patience } from "./Browser.ts"

const eventually = <A>(read: () => Promise<A>) => expect.poll(read, { timeout: patience })

const asks = workflow("asks", { input: { name: Schema.String } }, (w) => {
  w.node("work", task("work", { input: { name: Schema.String }, run: () => {} }), { input: { name: w.input.name } })
})
const plain = workflow("plain", {}, (w) => w.node("work", task("work", { run: () => {} })))
const hourly = schedule("hourly", every("1 hour"), plain)

describe.skipIf(noBrowser)("The page", () => {
  let browser: Browser
  let pinnace: Pinnace
  beforeAll(async () => {
    browser = await Browser.start()
    pinnace = await open(":memory:", { workflows: [asks, plain], schedules: [hourly] })
    await (await pinnace.start(asks, { name: "a" }, { id: "first" })).outcome()
  })
  afterAll(async () => {
    await browser?.end()
    await pinnace?.close()
  })

  const creating: Readonly<Record<string, readonly [at: string, open: string, does: string, label?: string]>> = {
    start: ["/workflows/asks", "Start…", "Start the run", "name"],
    resubmit: ["/runs/first", "Run again…", "Start the new run"],
    fork: ["/runs/first?node=work", "Fork…", "Start the new run"],
    trigger: ["/schedules", "Run now…", "Start a run"]
  }

  it.each(Object.entries(creating))("%s is done once, also when its answer was lost", async (_, row) => {
    const [at, opens, does, label] = row
    const page = await browser.open(await browser.serve(pinnace), at)
    await page.getByRole("button", { name: opens }).first().click()
    const dialog = page.getByRole("dialog")
    if (label !== undefined) await dialog.getByLabel(label).fill("Ada")
    const before = (await pinnace.list()).length
    let lost = 0
    await page.route(/(runs|resubmit|fork|trigger)$/, async (route) => {
      if (route.request().method() !== "POST") return route.continue()
      await route.fetch()
      lost++
      await route.abort()
    })
    for (const times of [1, 2]) {
      await dialog.getByRole("button", { name: does }).click()
      await eventually(async () => lost).toBe(times)
      await dialog.getByRole("alert").getByText("it is not done twice").waitFor()
    }
    await page.unroute(/(runs|resubmit|fork|trigger)$/)
    await dialog.getByRole("button", { name: does }).click()
    await dialog.waitFor({ state: "detached" })
    expect((await pinnace.list()).length).toBe(before + 1)
    if (opens !== "Start…") return page.context().close()
    // Who opens it again means another one.
    await page.goto(`${page.url().split("#")[0]}#${at}`)
    await page.getByRole("button", { name: opens }).first().click()
    if (label !== undefined) await dialog.getByLabel(label).fill("Ada")
    await dialog.getByRole("button", { name: does }).click()
    await dialog.waitFor({ state: "detached" })
    expect((await pinnace.list()).length).toBe(before + 2)
    await page.context().close()
  })

  const dialogOf = (page: Page, name: string) => page.getByRole("dialog", { name })

  it("asks for another token above what is typed, and goes on with it", async () => {
    const first = await browser.serve(pinnace, { token: "a-token-that-runs-out" })
    const page = await browser.open(first, "/workflows/asks")
    await page.getByRole("button", { name: "Start…" }).click()
    await dialogOf(page, "Start asks").getByLabel("name").fill("typed before")
    await first.close()
    await browser.serve(pinnace, { port: first.port, token: "another-token-of-now" })
    const asking = dialogOf(page, "This page needs the token of its server")
    await asking.waitFor()
    for (let times = 0; times < 3; times++) await page.keyboard.press("Escape")
    await asking.getByLabel("Address or token").fill("a-wrong-token-of-now")
    await page.keyboard.press("Enter")
    await asking.getByRole("alert").getByText("does not take this one").waitFor()
    await asking.getByLabel("Address or token").fill(`${first.url}/#token=another-token-of-now`)
    await page.keyboard.press("Enter")
    await asking.waitFor({ state: "detached" })
    expect(await dialogOf(page, "Start asks").getByLabel("name").inputValue()).toBe("typed before")
    await page.keyboard.type(" and after")
    await page.keyboard.press("Enter")
    await page.locator(".run-title").waitFor()
    const [run] = await pinnace.list({ limit: 1 })
    const values = await (await pinnace.get(run!.id))!.nodes({ values: true })
    expect(values.find(({ path }) => path === "work")?.input).toEqual({ name: "typed before and after" })
    await page.context().close()
  })

  const places: Readonly<Record<string, readonly [path: RegExp, shown: string]>> = {
    "/runs": [/v1\/runs\?/, "first"],
    "/runs/first": [/runs\/first\/opening/, "work"],
    "/runs/first?view=values": [/runs\/first\/events/, "work"],
    "/workflows": [/v1\/workflows/, "plain"],
    "/schedules": [/v1\/schedules/, "hourly"]
  }

  it.each(Object.entries(places))("reads %s again by itself once it can", async (at, [path, shown]) => {
    const page = await browser.open(await browser.serve(pinnace), "/file")
    await page.route(path, (route) => route.abort())
    await page.goto(`${page.url().split("#")[0]}#${at}`)
    await page.getByText("The server cannot be reached").first().waitFor()
    await page.unroute(path)
    await page.locator("main").getByText(shown, { exact: true }).first().waitFor()
    await page.getByText("The server cannot be reached").first().waitFor({ state: "detached" })
    await page.context().close()
  })

  it("does what was asked once the token that was refused for it is replaced", async () => {
    const server = await browser.serve(pinnace)
    const page = await browser.open(server, "/runs/first")
    await page.getByRole("button", { name: "Run again…" }).click()
    const before = (await pinnace.list()).length
    await page.route(
      /resubmit$/,
      (route) => route.fulfill({ status: 401, contentType: "application/json", body: "{}" })
    )
    await dialogOf(page, "Run asks again?").getByRole("button", { name: "Start the new run" }).click()
    const asking = dialogOf(page, "This page needs the token of its server")
    await asking.waitFor()
    await page.unroute(/resubmit$/)
    await asking.getByLabel("Address or token").fill(server.link)
    await page.keyboard.press("Enter")
    await eventually(async () => (await pinnace.list()).length).toBe(before + 1)
    await page.context().close()
  })
})
