/** Schedules on virtual time: what keepers make of the rules, in several processes and over crashes. */
import { describe, expect, it } from "vitest"
import { every, schedule, Schema, task, workflow } from "../../mod.ts"
import { scheduleSpace, type ScheduleState } from "../../src/schedule/State.ts"
import { TestBed } from "../engine/TestBed.ts"

const minute = 60_000

const note = task("note", { input: Schema.String, output: Schema.String, run: (at) => at })
const report = workflow(
  "report",
  { input: Schema.String },
  (w) => w.node("note", note, { needs: { at: w.input }, input: ({ at }) => at })
)
const beat = schedule("beat", every("1 minute"), report, { input: ({ at }) => at.toISOString() })

/** Lets time pass until an instant at which something happens. */
const pass = async (bed: TestBed, until: number): Promise<void> => {
  await bed.until(() => bed.now >= until).catch(() => bed.elapse(Math.max(0, until - bed.now)))
  await bed.quiet()
}

const ids = (bed: TestBed): ReadonlyArray<string> => [...bed.disk.runs.values()].map(({ id }) => id).sort()

const stateOf = (bed: TestBed, name: string): ScheduleState => JSON.parse(bed.disk.cells.get(scheduleSpace, name)!.data)

describe("A schedule of every minute", () => {
  it("starts a run on each minute, with the input of that instant", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ schedules: [beat] })
    await pass(bed, 19 * minute)
    expect(ids(bed)).toEqual(["beat-19700101T001700Z", "beat-19700101T001800Z", "beat-19700101T001900Z"])
    const [first] = ids(bed)
    expect(await bed.settle((await pinnace.get(first!))!.result())).toBe("1970-01-01T00:17:00.000Z")
    expect(bed.disk.runs.values().next().value?.labels).toEqual({
      "pinnace/schedule": "beat",
      "pinnace/due": "1970-01-01T00:17:00.000Z"
    })
    expect(stateOf(bed, "beat")).toMatchObject({ cursor: 19 * minute, previous: 19 * minute, paused: null })
    await bed.settle(pinnace.close())
    await pass(bed, 25 * minute)
    expect(ids(bed)).toHaveLength(3)
  })
})
