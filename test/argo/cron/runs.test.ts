/** What the runs of a CronWorkflow tell of it. */
import { expect, test } from "vitest"
import { cronOf } from "../../../src/argo/cron/CronWorkflow.ts"
import { labelsOf, type Mark, readRuns, surplus } from "../../../src/argo/cron/CronRuns.ts"
import type { RunRow } from "../../../src/run/State.ts"

const cron = cronOf({
  kind: "CronWorkflow",
  metadata: { name: "job" },
  spec: {},
  cron: { schedules: ["@hourly"], timezone: "UTC", successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 }
})

/** A run that was due at a second, with what had been counted by then. */
const row = (due: number, phase: string, finishedAt: number, counted: Partial<Mark> = {}): RunRow => {
  const runs = { last: undefined, open: [], ended: [], succeeded: counted.succeeded ?? 0, failed: counted.failed ?? 0 }
  return {
    id: `job-${due}`,
    labels: labelsOf(cron, due * 1_000, counted.at ?? due, runs),
    phase,
    finishedAt
  } as unknown as RunRow
}

const ids = (rows: ReadonlyArray<RunRow>): ReadonlyArray<string> => rows.map(({ id }) => id)

test("Counts are those of the newest run and what has ended since they were made, whatever was deleted", () => {
  const rows = [
    row(1, "Succeeded", 5),
    row(10, "Failed", 25, { succeeded: 1 }),
    row(20, "Running", 0, { succeeded: 7, failed: 2 }),
    { id: "by-hand", labels: {}, phase: "Succeeded", finishedAt: 30 } as unknown as RunRow,
    // Submitted again.
    { ...row(20, "Succeeded", 31), id: "job-x1" },
    { ...row(20, "Running", 0), id: "job-x2" }
  ]
  const { failed, last, open, succeeded } = readRuns(rows)
  expect([last?.due, succeeded, failed, ids(open)]).toEqual([20_000, 7, 3, ["job-20"]])
  expect(readRuns([])).toEqual({ last: undefined, open: [], ended: [], succeeded: 0, failed: 0 })
})

test("Beyond the limits are the oldest of those that are counted, and never the newest", () => {
  const rows = [
    row(1, "Succeeded", 5),
    row(10, "Succeeded", 15),
    row(20, "Failed", 22),
    row(30, "Failed", 41),
    row(40, "Error", 42)
  ]
  // The run that failed at 41 is in no count yet.
  expect(ids(surplus(cron, readRuns(rows), undefined, 100))).toEqual(["job-1", "job-20"])
  const old = { success: 50, failure: Infinity, keepLast: Infinity }
  expect(ids(surplus(cron, readRuns(rows), old, 100))).toEqual(["job-10", "job-1", "job-20"])
  const early = row(40, "Error", 40)
  expect(ids(surplus(cron, readRuns([...rows.slice(0, 3), early]), undefined, 100))).toEqual(["job-1", "job-20"])
})
