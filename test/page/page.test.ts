/** The page in a real browser, on a real server with a real engine. */
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { Pinnace } from "../../mod.ts"
import { type PinnaceServer, serve } from "../../src/server/mod.ts"
import { Cli } from "../cli/Cli.ts"
import { Browser, noBrowser, patience } from "./Browser.ts"
import { breakIt, deploy, gates, mend, pipeline, report, slow, staged } from "./scenes.ts"

/** A busy machine takes its time. */
const eventually = <A>(read: () => Promise<A>) => expect.poll(read, { timeout: patience })

/** What takes long is left to the long tests. */
const isLong = process.env["PINNACE_TEST_LONG"] !== undefined

describe.skipIf(noBrowser)("the page", () => {
  let browser: Browser
  let pinnace: Pinnace
  let server: PinnaceServer

  beforeAll(async () => {
    browser = await Browser.start()
    pinnace = await staged()
    await (await pinnace.start(pipeline, undefined, { id: "pipeline-41" })).outcome()
    server = await browser.serve(pinnace)
  })
  afterAll(async () => {
    for (const { resolve } of gates.values()) resolve()
    await browser?.end()
    await pinnace?.close()
  })

  it("lists runs, filters them, and says when nothing fits; the token is gone from the address", async () => {
    await using few = await staged()
    const page = await browser.open(await browser.serve(few))
    const runs = page.getByRole("list", { name: "Runs" }).getByRole("listitem")
    await runs.nth(3).waitFor()
    expect(await runs.count()).toBe(4)
    expect(page.url()).not.toContain("token")
    await page.keyboard.press("/")
    await page.keyboard.type("phase:Failed")
    await eventually(() => runs.count()).toBe(1)
    expect(page.url()).toContain("q=phase")
    await page.getByRole("searchbox").fill("phase:wrong")
    await page.getByRole("alert").waitFor()
    expect(await page.getByRole("alert").textContent()).toContain("use Pending, Running")
    await page.getByRole("searchbox").fill("nothing-like-it")
    await page.getByRole("button", { name: "Clear the filter" }).click()
    await eventually(() => runs.count()).toBe(4)
    await page.context().close()
  })

  it("shows a run as a tree, a node with its error, attempts, values and log, all by keyboard", async () => {
    const page = await browser.open(server, "/runs/report-2026-11-29")
    await page.getByRole("treeitem").first().waitFor()
    await page.keyboard.press("f")
    await page.getByRole("complementary", { name: "Node validate" }).waitFor()
    expect(await page.getByRole("tabpanel", { name: "Summary" }).textContent()).toContain("in a moment")
    await page.keyboard.press("]")
    await page.keyboard.press("]")
    await page.keyboard.press("]")
    await page.getByText("checking 1,200 rows").waitFor()
    await page.keyboard.press("Escape")
    await eventually(() => page.getByRole("complementary").count()).toBe(0)
    await page.keyboard.press("Escape")
    await page.getByRole("heading", { name: "Runs" }).waitFor()
    await page.context().close()
  })

  it("says why a run waits, and who holds what it waits for", async () => {
    const page = await browser.open(server, "/runs/slow-2?node=hold&tab=why")
    await page.getByRole("tabpanel", { name: "Why" }).getByText("slow-1").first().waitFor()
    await page.context().close()
  })

  it("previews a retry with the command that does the same, and the run goes on before one's eyes", async () => {
    onTestFinished(breakIt)
    await (await pinnace.start(report, undefined, { id: "report-retried" })).outcome()
    const page = await browser.open(server, "/runs/report-retried")
    await page.getByRole("treeitem").first().waitFor()
    await page.keyboard.press("r")
    const dialog = page.getByRole("dialog")
    await dialog.getByText("2 nodes run again").waitFor()
    expect(await dialog.locator("code").allTextContents()).toContain("pinnace retry report-retried")
    mend()
    await dialog.getByRole("button", { name: "Run 2 nodes again" }).click()
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    await page.context().close()
  })

  it("suspends, resumes and stops a run", async () => {
    await (await pinnace.start(slow, undefined, { id: "slow-3" })).waitFor("hold", "waiting")
    const page = await browser.open(server, "/runs/slow-3")
    const act = async (name: string, submit: string) => {
      await page.getByRole("button", { name: `${name}…` }).click()
      await page.getByRole("dialog").getByRole("button", { name: submit }).click()
      await page.getByRole("dialog").waitFor({ state: "detached" })
    }
    await act("Suspend", "Suspend the run")
    await page.locator(".run-title").getByText("Suspended").waitFor()
    await act("Resume", "Resume the run")
    await page.getByRole("button", { name: "Stop…" }).waitFor()
    await act("Stop", "Stop the run")
    await page.locator(".run-title").getByText("Stopped").waitFor()
    await page.context().close()
  })

  it("asks for the value of a waiting node by its schema, also in the inbox, and says what is wrong", async () => {
    await (await pinnace.start(deploy, undefined, { id: "deploy-8" })).waitFor("approve", "waiting")
    const page = await browser.open(server, "/inbox")
    const item = page.getByRole("listitem").filter({ hasText: "deploy-8" })
    await item.getByText("it waits for a signal").waitFor()
    await item.getByRole("button", { name: "Answer…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("note").fill("fine")
    await dialog.getByLabel("ok").check()
    expect(await dialog.locator("code").allTextContents()).toContain(
      `pinnace signal deploy-8 approve '{"ok":true,"note":"fine"}'`
    )
    await dialog.getByRole("button", { name: "Send the value" }).click()
    await item.waitFor({ state: "detached" })
    await page.context().close()
  })

  it("starts a workflow by a form, compares runs, and finds things by a few letters", async () => {
    const page = await browser.open(server, "/workflows")
    await page.getByRole("listitem", { name: "pipeline" }).getByRole("button", { name: "Start…" }).click()
    await page.getByRole("dialog").getByLabel(/^Id/).fill("pipeline-42")
    await page.getByRole("button", { name: "Start the run" }).click()
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    await page.keyboard.press("d")
    await page.getByRole("dialog").getByRole("button", { name: /pipeline-41/ }).click()
    await page.getByRole("heading", { name: "Differences" }).waitFor()
    await page.keyboard.press("Control+k")
    await page.getByRole("combobox").fill("slow-2")
    await page.getByRole("option", { name: /slow-2/ }).click()
    await page.locator(".run-title").getByText("slow-2").waitFor()
    await page.context().close()
  })

  it("draws graph and timeline, searches lines, shows values and artifacts, and goes back in time", async () => {
    const page = await browser.open(server, "/runs/pipeline-41?view=graph")
    await page.getByRole("img", { name: "Graph of 13 nodes" }).waitFor()
    await page.keyboard.press("3")
    await page.getByRole("img", { name: /^Timeline of/ }).waitFor()
    await page.keyboard.press("c")
    await page.getByText(/nodes made \d+ % of/).waitFor()
    await page.keyboard.press("4")
    await page.getByText("18 lines").waitFor()
    await page.getByRole("searchbox").fill("is d.ne")
    await page.getByText("9 of 18 lines").waitFor()
    await page.getByText("join is done after").click()
    await page.getByRole("region", { name: "The chosen line" }).getByRole("button", { name: "Only join" }).click()
    await page.getByText("1 of 18 lines").waitFor()
    await page.getByRole("button", { name: "Only join" }).click()
    await page.getByText("9 of 18 lines").waitFor()
    await page.keyboard.press("j")
    await page.getByRole("region", { name: "The chosen line" }).getByRole("button", { name: "Close the line" }).click()
    await page.getByRole("tab", { name: "Artifacts" }).click()
    await page.getByText("days.csv").click()
    await page.getByText('said "yes"').first().waitFor()
    await page.getByText("chart.html").click()
    await page.frameLocator("iframe").getByText("script ran").waitFor()
    await page.getByRole("tab", { name: "Values" }).click()
    await page.getByText('{"items":60}').waitFor()
    await page.getByRole("tab", { name: "Events" }).click()
    await page.getByRole("button", { name: /NodeStarted\s*customers/ }).click()
    await page.locator(".run-title").getByText("Running").waitFor()
    await page.keyboard.press("1")
    await eventually(() => page.getByRole("treeitem").count()).toBe(2)
    await page.keyboard.press("End")
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    await page.context().close()
  })

  it("says that the connection is lost, keeps what it shows, and comes back", async () => {
    const lost = await serve(pinnace, { token: "a-token-that-stays-the-same" })
    const page = await browser.open(lost, "/runs/pipeline-41")
    await page.getByRole("treeitem").first().waitFor()
    await lost.close()
    await page.getByText("The connection to the server is lost").waitFor()
    expect(await page.getByRole("treeitem").count()).toBeGreaterThan(3)
    await browser.serve(pinnace, { token: "a-token-that-stays-the-same", port: lost.port })
    await page.getByText("The connection to the server is lost").waitFor({ state: "detached" })
    await page.context().close()
  })

  it("says that there is no such run, and asks for the token where it has none", async () => {
    const page = await browser.open(server, "/runs/none")
    await page.getByText("There is no run none").waitFor()
    await page.context().close()
    const stranger = await browser.open({ link: server.url, url: server.url })
    await stranger.getByLabel("Address or token").fill(server.link)
    await stranger.getByRole("button", { name: "Open" }).click()
    await stranger.getByRole("heading", { name: "Runs" }).waitFor()
    await stranger.context().close()
  })

  it.runIf(isLong)("finishes the run of `pinnace demo --ui`: it is answered, fails, and is retried", async () => {
    const cli = new Cli()
    try {
      const demo = cli.start(["demo", "--ui"])
      await demo.seen("retry it. Ctrl-C")
      const link = /^http\S+$/m.exec(demo.out)![0]
      // It begins with the page, so that nothing of it is missed, however long the browser takes.
      const page = await browser.open({ link, url: link.slice(0, link.indexOf("/#")) })
      await page.getByRole("link", { name: "tour-1" }).click()
      await page.getByRole("treeitem", { name: /approve/ }).click()
      await page.getByRole("button", { name: "Answer…" }).click()
      await page.getByLabel("approved").check()
      await page.getByLabel("note").fill("good prices")
      await page.getByRole("button", { name: "Send the value" }).click()
      await page.locator(".run-title").getByText("Failed").waitFor()
      await page.keyboard.press("Escape")
      await page.getByRole("button", { name: "Retry…" }).first().click()
      await page.getByRole("button", { name: "Run 1 node again" }).click()
      await page.locator(".run-title").getByText("Succeeded").waitFor()
      // A permit was waited for: that it is on the page for some seconds only is no matter.
      await page.getByRole("tab", { name: "Events" }).click()
      await page.getByRole("button", { name: /NodeWaiting\s*prices/ }).first().waitFor()
      await page.context().close()
      demo.child.kill("SIGINT")
      expect((await demo.done).code).toBe(130)
    } finally {
      cli.remove()
    }
  })

  it("complains of nothing", () => {
    const expected = /40[01349]|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING/
    expect(browser.complaints.filter((it) => !expected.test(it))).toEqual([])
  })
})
