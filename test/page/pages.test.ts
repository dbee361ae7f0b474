/** The pages beside those of one run, in a real browser on a real server: each test has an engine of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import {
  every,
  open,
  type Pinnace,
  schedule,
  Schema,
  semaphore,
  type StoredLimit,
  storedLimit,
  task,
  workflow
} from "../../mod.ts"
import { load } from "../../src/argo/mod.ts"
import { copyState } from "../../src/cli/running/stateFile.ts"
import { Board, type ServeOptions } from "../../src/server/mod.ts"
import { Browser, noBrowser, patience } from "./Browser.ts"
import { deploy, report } from "./scenes.ts"

/** A busy machine takes its time. */
const eventually = <A>(read: () => Promise<A>) => expect.poll(read, { timeout: patience })

const cron = `apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: { name: backup }
spec:
  schedules: ["0 3 * * *"]
  timezone: Europe/Berlin
  workflowSpec: { entrypoint: main, templates: [{ name: main, suspend: { duration: "0" } }] }
`

const template = `apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: { name: etl, annotations: { workflows.argoproj.io/description: Loads a day } }
spec:
  entrypoint: main
  arguments: { parameters: [{ name: day, value: "2026-11-29" }, { name: mode, value: fast, enum: [fast, slow] }] }
  templates: [{ name: main, suspend: { duration: "0" } }]
`

const asking = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: asking }
spec:
  entrypoint: main
  templates:
  - name: main
    suspend: {}
    outputs: { parameters: [{ name: answer, valueFrom: { supplied: {} } }] }
`

const etl = (span: string): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: etl }
spec:
  entrypoint: main
  templates:
  - name: main
    suspend:
      duration: "${span}"
`

/** A folder with manifests, until the test has ended. */
const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-page-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

describe.skipIf(noBrowser)("the other pages", () => {
  let browser: Browser

  beforeAll(async () => void (browser = await Browser.start()))
  afterAll(() => browser?.end())

  /** A page of a server of an engine; all of them end with the test. */
  const opened = async (pinnace: Pinnace, place: string, options: ServeOptions = {}) => {
    const server = await browser.serve(pinnace, options)
    const page = await browser.open(server, place)
    onTestFinished(async () => {
      await page.context().close()
      await pinnace.close()
    })
    return page
  }

  it("the board: what is wrong with what was saved last is over every page until it is mended", async () => {
    const board = new Board()
    const page = await opened(await open(":memory:"), "/runs", { board })
    const notice = page.getByText("The last save cannot be run: #3 stays")
    expect(await notice.count()).toBe(0)
    board.show("The last save cannot be run: #3 stays", ["flow.ts:3:1: <b>odd</b>"])
    await notice.waitFor()
    await page.getByText("flow.ts:3:1: <b>odd</b>").waitFor()
    await page.goto(`${page.url().replace(/#.*/, "")}#/schedules`)
    await notice.waitFor()
    board.clear()
    await notice.waitFor({ state: "detached" })
  })

  it("a version is a page of its own, with ways to the others and from its runs", async () => {
    const version = (version: string) =>
      workflow("order", { version }, (w) => void w.node("step", task("step", { run: () => 1 })))
    const pinnace = await open(":memory:", { workflows: [version("1"), version("2")] })
    await pinnace.run(version("2"), undefined, { id: "o-1" })
    const page = await opened(pinnace, "/runs/o-1")
    await page.getByRole("link", { name: "order@2" }).click()
    await page.getByRole("heading", { name: "order@2" }).waitFor()
    expect(page.url()).toContain("#/workflows/order%402")
    await page.getByRole("link", { name: "o-1", exact: true }).waitFor()
    await page.getByRole("link", { name: "order@1" }).click()
    await page.getByRole("heading", { name: "order@1" }).waitFor()
    await page.goto(page.url().replace(/#.*/, "#/workflows/order"))
    await page.getByRole("link", { name: "order@2" }).waitFor()
  })

  it("schedules: shows what is due and what became of it; pauses, resumes, fills and runs one", async () => {
    const hourly = schedule("hourly", every("1 hour"), deploy)
    const pinnace = await open(":memory:")
    const folder = folderWith({ "backup.yaml": cron })
    const page = await opened(pinnace, "/schedules", { schedules: [hourly], templates: { files: [folder] } })
    const card = (name: string) => page.getByRole("article", { name })
    await card("backup").getByText("Europe/Berlin").first().waitFor()
    expect(await card("hourly").locator(".instants li").count()).toBe(5)
    const dialog = page.getByRole("dialog")
    await card("hourly").getByRole("button", { name: "Pause…" }).click()
    await dialog.getByLabel(/^Why/).fill("moving")
    expect(await dialog.locator("code").allTextContents()).toEqual(["pinnace schedule pause hourly --message moving"])
    await dialog.getByRole("button", { name: "Pause the schedule" }).click()
    await card("hourly").getByText("Paused: moving").waitFor()
    await card("hourly").getByRole("button", { name: "Resume…" }).click()
    await dialog.getByRole("button", { name: "Resume the schedule" }).click()
    await card("hourly").getByText("On", { exact: true }).waitFor()
    await card("hourly").getByRole("button", { name: "Backfill…" }).click()
    await dialog.getByText(/^\d+ instants: \d+ without a run get one\.$/).waitFor()
    await dialog.getByLabel("Runs at once").fill("2")
    await dialog.getByRole("button", { name: "Start the backfill" }).click()
    await card("hourly").getByText(/0 succeeded, 0 failed, 2 running/).waitFor()
    await card("hourly").getByRole("button", { name: "Stop…" }).click()
    await dialog.getByLabel("Also stop 2 runs that it has begun").check()
    expect(await dialog.locator("code").allTextContents()).toEqual(["pinnace backfill hourly bf-1 --stop --runs"])
    await dialog.getByRole("button", { name: "Stop the backfill" }).click()
    await eventually(async () => (await pinnace.list({ phases: ["Running"] })).length).toBe(0)
    await card("hourly").getByText(/2 running/).waitFor({ state: "detached" })
    await card("hourly").getByRole("button", { name: "Run now…" }).click()
    await dialog.getByRole("button", { name: "Start a run" }).click()
    await page.locator(".run-title").getByText(/^hourly-/).waitFor()
  })

  it("schedules: says what to do where there are none, and hides actions where nothing can be changed", async () => {
    const page = await opened(await open(":memory:"), "/schedules")
    await page.getByRole("heading", { name: "No schedules" }).waitFor()
    const pinnace = await open(":memory:", { schedules: [schedule("kept", every("1 hour"), report)] })
    const looks = await opened(pinnace, "/schedules", { readOnly: true })
    await looks.getByRole("article", { name: "kept" }).waitFor()
    await looks.getByText("This server only shows runs").waitFor()
    await eventually(() => looks.getByRole("button", { name: "Pause…" }).count()).toBe(0)
  })

  it("workflows: tells how their runs went, starts one of a manifest by its parameters, and shows a bad file", async () => {
    const pinnace = await open(":memory:", { workflows: [report] })
    await (await pinnace.start(report, undefined, { id: "r-1" })).outcome()
    const files = [folderWith({ "etl.yaml": template, "bad.yaml": "kind: Workflow\nspec: { entrypoint: a }\n" })]
    const page = await opened(pinnace, "/workflows", { templates: { files } })
    const row = (name: string) => page.getByRole("listitem", { name })
    await row("nightly-report").getByRole("link", { name: "r-1, Failed" }).waitFor()
    expect(await row("nightly-report").locator("dd").first().textContent()).toBe("0 %")
    await page.getByText("bad.yaml", { exact: true }).waitFor()
    await row("etl").getByText("Has not run yet").waitFor()
    await row("etl").getByRole("link", { name: "etl" }).click()
    await page.getByRole("region", { name: "Takes" }).getByText("fast | slow").waitFor()
    await page.getByRole("region", { name: "Its text" }).getByText("kind: WorkflowTemplate").waitFor()
    await page.getByRole("button", { name: "Start…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("slow").check()
    expect(await dialog.getByLabel("day").inputValue()).toBe("2026-11-29")
    await dialog.getByLabel(/^Id/).fill("etl-1")
    expect(await dialog.locator("code").first().textContent()).toMatch(
      /^pinnace run .*etl.yaml --workflow etl -p day=2026-11-29 -p mode=slow --id etl-1$/
    )
    await dialog.getByRole("button", { name: "Start the run" }).click()
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    const [run] = await pinnace.list({ labels: { "workflows.argoproj.io/workflow-template": "etl" } })
    await page.locator(".facts").getByRole("link", { name: run!.workflow }).click()
    await page.getByRole("region", { name: "Versions" }).getByText("1 run").waitFor()
    await page.getByRole("region", { name: "Last runs" }).getByRole("link", { name: "etl-1" }).waitFor()
    await page.goto(page.url().replace(/#.*/, "#/workflows/nightly-report"))
    await page.getByRole("img", { name: "Graph of 3 nodes that are planned" }).waitFor()
    await page.goto(page.url().replace(/#.*/, "#/workflows/none"))
    await page.getByRole("heading", { name: "There is no workflow none" }).waitFor()
  })

  it("locks: changes a limit that the state file keeps, and takes permits away once one knows what that means", async () => {
    const gate = Promise.withResolvers<void>()
    onTestFinished(() => gate.resolve())
    const limited = (name: string, limit: number | StoredLimit) =>
      workflow(
        name,
        {},
        (w) =>
          w.node(
            "hold",
            task("hold", { permits: [semaphore(`of-${name}`, { limit }).take()], run: () => gate.promise })
          )
      )
    const [stored, coded] = [limited("stored", storedLimit(1)), limited("coded", 1)]
    const pinnace = await open(":memory:", { workflows: [stored, coded] })
    for (const [id, it] of [["a", stored], ["b", stored], ["c", coded]] as const) {
      await (await pinnace.start(it, undefined, { id })).waitFor("hold", id === "b" ? "waiting" : "Running")
    }
    const page = await opened(pinnace, "/locks")
    const card = (name: string) => page.locator(".lock").filter({ has: page.getByRole("heading", { name }) })
    await card("of-coded").getByText("limit from its code").waitFor()
    expect(await card("of-coded").getByRole("button", { name: "Set limit…" }).count()).toBe(0)
    await card("of-stored").getByRole("button", { name: "Set limit…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("How many at once").fill("2")
    expect(await dialog.locator("code").allTextContents()).toEqual(["pinnace locks set of-stored 2"])
    await dialog.getByRole("button", { name: "Set the limit" }).click()
    await card("of-stored").locator(".lock-sum").getByText("2 of 2 held").waitFor()
    await card("of-stored").getByRole("button", { name: "Take away the permits of hold" }).first().click()
    await dialog.getByText("not", { exact: true }).waitFor()
    const take = dialog.getByRole("button", { name: "Take them away" })
    expect(await take.isDisabled()).toBe(true)
    await dialog.getByLabel(/^Type/).fill("hold")
    await take.click()
    await card("of-stored").locator(".lock-sum").getByText("1 of 2 held").waitFor()
  })

  it("inbox: asks for what a node below another one waits for by its schema, and for outputs of a manifest", async () => {
    const inner = workflow("inner", {}, (w) => w.suspend("ask", { output: Schema.Struct({ yes: Schema.Boolean }) }))
    const outer = workflow("outer", {}, (w) => w.node("part", inner, {}))
    const pinnace = await open(":memory:", { workflows: [outer] })
    await (await pinnace.start(outer, undefined, { id: "typed" })).waitFor("part/ask", "waiting")
    await pinnace.start(load(asking), { parameters: {} }, { id: "manifest" })
    const page = await opened(pinnace, "/inbox")
    const item = (run: string) => page.getByRole("listitem").filter({ hasText: run })
    const dialog = page.getByRole("dialog")
    await item("typed").getByRole("button", { name: "Answer…" }).click()
    await dialog.getByLabel("yes").check()
    await dialog.getByRole("button", { name: "Send the value" }).click()
    await item("typed").waitFor({ state: "detached" })
    await item("manifest").getByRole("button", { name: "Answer…" }).click()
    await dialog.getByLabel("answer").fill("blue")
    expect(await dialog.locator(".command code").textContent()).toMatch(/^pinnace signal manifest \S+ -p answer=blue$/)
    await dialog.getByRole("button", { name: "Send the value" }).click()
    await page.getByRole("heading", { name: "Nothing waits" }).waitFor()
    const { phase } = await (await pinnace.get("manifest"))!.ending()
    expect(phase).toBe("Succeeded")
  })

  it("differences: tells how the definition of a manifest differs from that of a run before", async () => {
    const pinnace = await open(":memory:")
    for (const [id, text] of [["was", etl("1s")], ["is", etl("1ms")]] as const) {
      await pinnace.start(load(text), { parameters: {} }, { id })
    }
    const page = await opened(pinnace, "/diff/was/is")
    await page.getByText("The definition differs: 1 line added, 1 removed").click()
    const region = page.getByRole("region", { name: "How the definition differs" })
    expect(await region.locator(".change-left, .change-right").allInnerTexts()).toEqual([
      expect.stringContaining('duration: "1s"'),
      expect.stringContaining('duration: "1ms"')
    ])
  })

  it("differences: lays the times of two runs on one another", async () => {
    const pinnace = await open(":memory:", { workflows: [report] })
    for (const id of ["was", "is"]) await (await pinnace.start(report, undefined, { id })).outcome()
    const page = await opened(pinnace, "/diff/was/is?view=timeline")
    const rows = page.getByRole("list", { name: "When nodes worked" }).getByRole("listitem")
    await rows.first().waitFor()
    expect(await rows.first().textContent()).toMatch(/was: \w+ after .* begun at .*is: \w+ after .* begun at/)
    await page.getByRole("tab", { name: "What differs" }).click()
    await page.getByText("No differences").or(page.getByRole("list", { name: "Differences" })).waitFor()
    expect(page.url()).not.toContain("view=")
  })

  it("file: tells what is found, by the clock of the server, and gives a copy that can be opened", async () => {
    const folder = folderWith({})
    const pinnace = await open(join(folder, "a.db"), { workflows: [report] })
    await (await pinnace.start(report, undefined, { id: "kept" })).outcome()
    const found = (deep: boolean) => [
      { what: "Runs", value: "1 Failed", problem: "" },
      ...deep ? [{ what: "Integrity", value: "broken", problem: "Restore a copy" }] : []
    ]
    const file = {
      name: "a.db",
      check: (deep: boolean) => Promise.resolve(found(deep)),
      copy: (to: string) => copyState(join(folder, "a.db"), to)
    }
    const page = await opened(pinnace, "/file", { file })
    await page.getByText("1 Failed").waitFor()
    await page.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/).waitFor()
    await page.getByRole("button", { name: "Check all of it" }).click()
    await page.getByText("Restore a copy").waitFor()
    const [download] = await Promise.all([
      page.waitForEvent("download", { timeout: patience }),
      page.getByRole("button", { name: "Download a copy" }).click()
    ])
    await download.saveAs(join(folder, "copy.db"))
    await using copy = await open(join(folder, "copy.db"), { readOnly: true })
    expect((await copy.list()).map(({ id }) => id)).toEqual(["kept"])
    await page.getByRole("button", { name: "Delete what nothing needs…" }).click()
    await page.getByRole("dialog").getByText("Nothing is to be deleted").waitFor()
  })

  it("runs: tells when they began, narrows the filter to that time, and acts on all that the filter shows", async () => {
    const pinnace = await open(":memory:", { workflows: [report, deploy] })
    for (const id of ["bad-1", "bad-2"]) await (await pinnace.start(report, undefined, { id })).outcome()
    await (await pinnace.start(deploy, undefined, { id: "asks" })).waitFor("approve", "waiting")
    const page = await opened(pinnace, "/runs?q=bad")
    const rows = page.getByRole("list", { name: "Runs" }).getByRole("listitem")
    await eventually(() => rows.count()).toBe(2)
    await page.getByRole("button", { name: "Act on all…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("0 of 2 runs").waitFor()
    await dialog.getByLabel(/^Delete/).check()
    expect(await dialog.locator("code").allTextContents()).toEqual(["pinnace delete bad-2 bad-1"])
    await dialog.getByRole("button", { name: "Delete 2 runs" }).click()
    await page.getByRole("heading", { name: "No run fits the filter" }).waitFor()
    await page.getByRole("button", { name: "Clear the filter" }).click()
    await eventually(() => rows.count()).toBe(1)
  })
})
