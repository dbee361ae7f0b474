/** Schedules on the command line, in this process. */
import { existsSync } from "node:fs"
import { afterAll, describe, expect, it } from "vitest"
import { cron, open, schedule, Schema, task, workflow } from "../../mod.ts"
import { Here } from "./Here.ts"

const here = new Here()
afterAll(() => here[Symbol.dispose]())

const job = task("job", { input: Schema.String, run: (at) => at })
const report = workflow("report", { input: Schema.String }, (w) => w.node("job", job, { input: w.input }))
const nightly = schedule("nightly", cron("30 2 * * *", { zone: "Europe/Berlin" }), report, {
  input: ({ at }) => at.toISOString()
})

const file = here.file(
  "flow.ts",
  `import { cron, schedule, Schema, task, workflow } from ${
    JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
  }
const job = task("job", { input: Schema.String, run: (at) => at })
const report = workflow("report", { input: Schema.String }, (w) => w.node("job", job, { input: w.input }))
export const nightly = schedule("nightly", cron("30 2 * * *", { zone: "Europe/Berlin" }), report, {
  input: ({ at }) => at.toISOString()
})
`
)

describe("schedule", () => {
  it("shows schedules, pauses and resumes them, and tells what became of their instants", async () => {
    const app = await open(here.db, { schedules: [nightly] })
    await app.schedule(nightly).pause("deploy")
    await app.close()
    expect((await here.run("schedule", "ls")).out).toMatch(
      /nightly +report +0 +paused: deploy +30 2 \* \* \* \*? ?Europe\/Berlin/
    )
    expect((await here.run("schedule", "resume", "nightly")).out).toBe("nightly goes on\n")
    expect((await here.run("schedule", "pause", "nightly", "-m", "again")).code).toBe(0)
    expect((await here.run("schedule", "ls", "--file", file)).out).toMatch(/nightly +report +in .* paused: again/)
    const around = ["schedule", "next", "nightly", "--file", file, "-n", "2", "--from", "2027-03-28T00:00Z"]
    expect((await here.run(...around)).out).toBe("2027-03-28T01:00:00.000Z\n2027-03-29T00:30:00.000Z\n")
    const jump = ["schedule", "next", "nightly", "--file", file, "--around", "2027-03-28"]
    expect((await here.run(...jump)).out.split("\n").map((line) => line.trimEnd())).toEqual([
      "2027-03-26T01:30:00.000Z   2027-03-26 02:30 +01:00",
      "2027-03-27T01:30:00.000Z   2027-03-27 02:30 +01:00",
      "2027-03-28T01:00:00.000Z   2027-03-28 03:00 +02:00   clocks went forward by 1h",
      "2027-03-29T00:30:00.000Z   2027-03-29 02:30 +02:00",
      ""
    ])
    const [, fall] = JSON.parse((await here.run(...jump.slice(0, -1), "2027-10-31", "-n", "1", "-o", "json")).out)
    expect(fall).toEqual({ at: "2027-10-31T00:30:00.000Z", local: "2027-10-31 02:30 +02:00" })
  })

  it("is looked at before anything has kept it: that needs the module and no state file, and makes none", async () => {
    const bare = new Here()
    try {
      const next = ["schedule", "next", "nightly", "--file", file, "-n", "1", "--from", "2027-03-28T00:00Z"]
      expect(await bare.run(...next)).toMatchObject({ code: 0, out: "2027-03-28T01:00:00.000Z\n" })
      expect((await bare.run("schedule", "ls", "--file", file)).out).toMatch(/nightly +report +in .* on/)
      expect(await bare.run("schedule", "fires", "nightly", "--file", file)).toMatchObject({ code: 64 })
      expect((await bare.run("schedule", "ls")).err).toContain("there is no state file")
      expect(existsSync(bare.db)).toBe(false)
    } finally {
      bare[Symbol.dispose]()
    }
  })

  it("triggers a run for one instant, once", async () => {
    const args = ["schedule", "trigger", "nightly", "--file", file, "--at", "2026-01-02T01:30Z"]
    const first = await here.run(...args)
    expect([first.code, first.out]).toEqual([
      0,
      "● nightly-20260102T013000Z began\n✔ nightly-20260102T013000Z Succeeded\n"
    ])
    const second = await here.run(...args)
    expect(second.code).not.toBe(0)
    expect(second.err).toContain("its run of that instant is nightly-20260102T013000Z")
    expect((await here.run("schedule", "trigger", "nightly")).err).toContain("trigger needs --file FILE")
  })

  it("fills a span of the past", async () => {
    const span = ["backfill", "nightly", "--file", file, "--from", "2026-01-01", "--to", "2026-01-04"]
    expect((await here.run(...span, "--dry-run")).out).toBe("3 instants: 2 without a run, 1 with one\n")
    expect((await here.run(...span, "--parallel", "2")).out.split("\n")).toEqual([
      "bf-1: 3 instants: 2 without a run, 1 with one",
      "Start nothing more: pinnace backfill nightly bf-1 --stop",
      "● nightly-20260101T013000Z began",
      "● nightly-20260103T013000Z began",
      "bf-1 is done: 2 succeeded, 0 failed",
      ""
    ])
    const stop = ["backfill", "nightly", "bf-1", "--stop"]
    expect((await here.run(...stop, "--runs")).out).toBe("bf-1 starts nothing more; all its runs have ended\n")
    expect((await here.run(...stop)).out).toBe("bf-1 starts nothing more; what runs goes on\n")
    expect((await here.run(...span, "--runs")).err).toContain("--runs goes with --stop")
    const { out } = await here.run("schedule", "fires", "nightly", "--started", "-n", "3")
    expect(out.split("\n").map((line) => line.split(/ +/)[2])).toEqual([
      "nightly-20260103T013000Z",
      "nightly-20260102T013000Z",
      "nightly-20260101T013000Z",
      undefined
    ])
    expect((await here.run("schedule", "rm", "nightly")).code).toBe(0)
    expect((await here.run("schedule", "rm", "nightly")).code).not.toBe(0)
  })
})
