/** Tabs of one browser: one stream for all of them, with a worker that they share and without. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { open } from "../../mod.ts"
import { Browser, noBrowser, patience } from "./Browser.ts"
import { deploy } from "./scenes.ts"

/** A busy machine takes its time. */
const eventually = <A>(read: () => A) => expect.poll(read, { timeout: patience })

describe.skipIf(noBrowser)("the tabs of a browser", () => {
  let browser: Browser
  beforeAll(async () => void (browser = await Browser.start()))
  afterAll(() => browser?.end())

  it.each([
    ["share a worker", ""],
    ["elect one of them where there is none", "delete globalThis.SharedWorker"]
  ])("%s: one stream and one token for all; when the first one goes, the others stay live", async (_, before) => {
    let streams = 0
    const pinnace = await open(":memory:", { workflows: [deploy] })
    const onAnswer = ({ path, status }: { readonly path: string; readonly status: number }): void => {
      if (path.endsWith("/stream") && status === 200) streams++
    }
    const server = await browser.serve(pinnace, { onAnswer })
    const first = await browser.open(server, "/runs", { before })
    const context = first.context()
    onTestFinished(async () => {
      await context.close()
      await pinnace.close()
    })
    // More than six: a browser has no more connections to one server.
    const others = await Promise.all(Array.from({ length: 7 }, async () => {
      const page = await context.newPage()
      await page.goto(`${server.url}/#/runs/asks`)
      return page
    }))
    for (const page of others) await page.getByText("There is no run asks").waitFor()
    const run = await pinnace.start(deploy, undefined, { id: "asks" })
    await run.waitFor("approve", "waiting")
    for (const page of others) await page.getByRole("treeitem").first().waitFor()
    expect(streams).toBe(1)
    await first.close({ runBeforeUnload: false })
    if (before !== "") await eventually(() => streams).toBe(2)
    await run.signal("approve", { ok: true, note: "" } as never)
    for (const page of others) await page.locator(".run-title").getByText("Succeeded").waitFor()
    expect(streams).toBe(before === "" ? 1 : 2)
  })
})
