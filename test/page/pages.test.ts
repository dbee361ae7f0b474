/** The pages beside those of one run, in a real browser on a real server: each test has an engine of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { every, open, type Pinnace, schedule } from "../../mod.ts"
import type { ServeOptions } from "../../src/server/mod.ts"
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
    await dialog.getByRole("button", { name: "Stop the backfill" }).click()
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
    await row("etl").getByRole("button", { name: "Start…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("slow").check()
    expect(await dialog.getByLabel("day").inputValue()).toBe("2026-11-29")
    await dialog.getByLabel(/^Id/).fill("etl-1")
    expect(await dialog.locator("code").first().textContent()).toMatch(
      /^pinnace run .*etl.yaml --workflow etl -p day=2026-11-29 -p mode=slow --id etl-1$/
    )
    await dialog.getByRole("button", { name: "Start the run" }).click()
    await page.locator(".run-title").getByText("Succeeded").waitFor()
    expect((await pinnace.list({ labels: { "workflows.argoproj.io/workflow-template": "etl" } })).length).toBe(1)
  })
})
