/** Schedules and CronWorkflows over our API: how they stand, and what can be done about them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { every, open, schedule, task, workflow } from "../../mod.ts"
import { handler } from "../../src/server/mod.ts"

const token = "a-token-of-the-tests"
const report = workflow("report", {}, (w) => w.node("work", task("work", { run: () => {} })))
const hourly = schedule("hourly", every("1 hour"), report)
const kept = schedule("kept", every("1 hour"), report)
const hour = 3_600_000

const folder = mkdtempSync(join(tmpdir(), "pinnace-schedules-"))
writeFileSync(
  join(folder, "backup.yaml"),
  `apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: { name: backup }
spec:
  schedules: ["0 3 * * *"]
  timezone: Europe/Berlin
  concurrencyPolicy: Forbid
  workflowSpec: { entrypoint: main, templates: [{ name: main, suspend: { duration: "0" } }] }
---
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: { name: odd }
spec: { schedules: ["61 3 * * *"], workflowSpec: { entrypoint: main, templates: [{ name: main, suspend: {} }] } }
`
)
const pinnace = await open(":memory:", { schedules: [kept] })
const answer = handler(pinnace, { token, schedules: [hourly], templates: { files: [folder] } })
const looks = handler(pinnace, { token, readOnly: true })
afterAll(async () => {
  await pinnace.close()
  rmSync(folder, { recursive: true, force: true })
})

type Told = Record<string, unknown>

const ask = async (
  method: string,
  path: string,
  body?: object,
  of = answer
): Promise<{ status: number; told: Told }> => {
  const response = await of(
    new Request(`http://127.0.0.1/pinnace/v1/schedules${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...body === undefined ? {} : { body: JSON.stringify(body) }
    })
  )
  return { status: response.status, told: await response.json() as Told }
}
const list = async () => (await ask("GET", "")).told as unknown as ReadonlyArray<Told>
const named = async (name: string) => (await list()).find((it) => it["name"] === name)!

describe("schedules", () => {
  it("are listed with what is due, whoever keeps them, and CronWorkflows with them", async () => {
    const all = await list()
    expect(all.map(({ name }) => name)).toEqual(["hourly", "kept", "backup", "odd"])
    expect(all.map(({ isKept }) => isKept)).toEqual([false, true, false, false])
    expect(all.map(({ next }) => (next as ReadonlyArray<string>).length)).toEqual([5, 5, 5, 0])
    expect(await named("backup")).toMatchObject({ zone: "Europe/Berlin", policy: "Forbid", canPause: false })
    expect(await named("odd")).toMatchObject({ problem: expect.stringContaining("61") })
  })

  it("are triggered and filled, and tell what became of their instants", async () => {
    const { told: { run } } = await ask("POST", "/hourly/trigger", {})
    await (await pinnace.get(run as string))!.outcome()
    const now = Date.now()
    const span = { from: now - 5 * hour, until: now - hour }
    const { told: plan } = await ask("POST", "/hourly/backfill?plan", span)
    expect(plan).toEqual({ instants: 4, started: 0 })
    expect((await list())[0]).toMatchObject({ fires: [{ run, phase: "Succeeded", cause: "trigger" }] })
    const { told: filled } = await ask("POST", "/hourly/backfill", { ...span, parallelism: 2 })
    expect(filled).toMatchObject({ schedule: "hourly", parallelism: 2 })
    const phases = async () => ((await named("hourly"))["fires"] as ReadonlyArray<Told>).map(({ phase }) => phase)
    await expect.poll(phases, { timeout: 600_000 }).toEqual(Array.from({ length: 5 }, () => "Succeeded"))
    const id = filled["id"]
    expect(await ask("POST", "/hourly/backfill/stop", { id, runs: true })).toMatchObject({ status: 200, told: [] })
    expect((await ask("POST", "/hourly/backfill/stop", { id, runs: 1 })).status).toBe(400)
    expect((await ask("POST", "/hourly/backfill", { from: now, until: now - hour })).status).toBe(400)
  })

  it("are paused with a reason, and go on", async () => {
    await ask("POST", "/kept/pause", { message: "the database is moved" })
    expect(await named("kept")).toMatchObject({ paused: "the database is moved" })
    await ask("POST", "/kept/resume", {})
    expect(await named("kept")).not.toHaveProperty("paused")
  })

  it("are left alone by a server that only shows, and by one that does not know them", async () => {
    expect((await ask("POST", "/kept/pause", {}, looks)).status).toBe(405)
    const { status, told } = await ask("POST", "/none/trigger", {})
    expect([status, told["message"]]).toEqual([400, expect.stringContaining('Cannot trigger schedule "none"')])
  })
})
