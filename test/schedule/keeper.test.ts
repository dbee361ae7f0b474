/** Schedules on virtual time: what keepers make of the rules, in several processes and over crashes. */
import { describe, expect, it } from "vitest"
import { custom, every, type Pinnace, schedule, Schema, task, workflow } from "../../mod.ts"
import type { CommonOptions } from "../../src/schedule/Schedule.ts"
import { type Fire, firesOf, fireSpace, scheduleSpace, type ScheduleState } from "../../src/schedule/State.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { findRun } from "../../src/journal/Disk.ts"
import { TestBed } from "../engine/TestBed.ts"

const minute = 60_000

const note = task("note", { input: Schema.String, output: Schema.String, run: (at) => at })
const report = workflow(
  "report",
  { input: Schema.String },
  (w) => w.node("note", note, { needs: { at: w.input }, input: ({ at }) => at })
)
const input = ({ at }: { readonly at: Date }): string => at.toISOString()
const beat = schedule("beat", every("1 minute"), report, { input })

/** A workflow whose run takes 150 seconds. */
const slow = workflow("slow", {}, (w) => w.suspend("rest", { duration: "150 seconds" }))

/** Lets time pass until an instant at which something happens. */
const pass = async (bed: TestBed, until: number): Promise<void> => {
  await bed.until(() => bed.now >= until).catch(() => bed.elapse(Math.max(0, until - bed.now)))
  await bed.quiet()
}

const ids = (bed: TestBed): ReadonlyArray<string> => [...bed.disk.runs.values()].map(({ id }) => id).sort()

/** Minutes since 1970 at which runs of a schedule were due. */
const started = (bed: TestBed, name: string): ReadonlyArray<number> =>
  fires(bed, name).filter(({ outcome }) => outcome === "started").map(({ due }) => due / minute)

const fires = (bed: TestBed, name: string): ReadonlyArray<Fire> =>
  bed.disk.cells.list(fireSpace, firesOf(name)).map(({ data }) => JSON.parse(data))

/** What became of instants, by the minute. */
const told = (bed: TestBed, name: string): ReadonlyArray<string> =>
  fires(bed, name).map(({ due, from, outcome, why }) => {
    const when = from === undefined ? "" : `${from / minute}-`
    return `${when}${due / minute} ${outcome}${why === undefined ? "" : `: ${why}`}`
  })

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

  it("S1 S9: starts each instant once, in any number of processes that crash at any commit", async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const bed = new TestBed(seed)
      const random = makeRandom(seed)
      bed.disk.fault = () => random() < 0.03 ? { when: random() < 0.5 ? "before" : "after", what: "kill" } : undefined
      const open = () =>
        bed.open({ schedules: [schedule("beat", every("1 minute"), report, { input, overlap: "allow" })] })
      let processes = [open(), open(), open()]
      for (let at = 17; at <= 40; at++) {
        await pass(bed, at * minute)
        processes = processes.map((it) => bed.isDead(it) ? open() : it)
      }
      bed.disk.fault = undefined
      open()
      await pass(bed, 42 * minute)
      const dues = [...bed.disk.runs.values()].map(({ labels }) => labels["pinnace/due"])
      expect(new Set(dues).size).toBe(dues.length)
      expect(started(bed, "beat").slice(0, 25)).toEqual(Array.from({ length: 25 }, (_, at) => 17 + at))
      expect(ids(bed)).toEqual(fires(bed, "beat").map(({ run }) => run))
    }
  })

  it("S3: a clock that is set back fires nothing again, one that is set forward is late", async () => {
    const bed = new TestBed()
    bed.open({ schedules: [beat] })
    await pass(bed, 20 * minute)
    bed.setClock(-10 * minute)
    await pass(bed, 19 * minute)
    expect(started(bed, "beat")).toEqual([17, 18, 19, 20])
    await pass(bed, 21 * minute)
    bed.setClock(30 * minute)
    await pass(bed, 52 * minute)
    expect(told(bed, "beat").slice(4, 6)).toEqual([
      "21 started",
      expect.stringMatching(/^22-49 missed: late by .*, and only the latest is made up for$/)
    ])
  })
})

describe("Late instants", () => {
  const after = async (catchUp: NonNullable<CommonOptions["catchUp"]>): Promise<ReadonlyArray<string>> => {
    const bed = new TestBed()
    const one = schedule("beat", every("1 minute"), slow, { catchUp, overlap: "allow" })
    const first = bed.open({ schedules: [one] })
    await pass(bed, 18 * minute)
    bed.crash(first)
    bed.elapse(10 * minute + 30_000)
    bed.open({ schedules: [one] })
    await bed.quiet()
    return told(bed, "beat").slice(2)
  }

  it("S2: each is decided once, in order, with a reason", async () => {
    expect(await after("none")).toEqual([
      '19-27 missed: late by 9m30s, and catchUp is "none"',
      "28 started"
    ])
    expect(await after({ runs: "latest" })).toEqual([
      "19-26 missed: late by 9m30s, and only the latest is made up for",
      "27 started",
      "28 started"
    ])
    expect(await after({ runs: "all", within: "5 minutes", limit: 2 })).toEqual([
      "19-25 missed: late by 9m30s, and only 2 are made up for",
      "26 started",
      "27 started",
      "28 started"
    ])
    expect((await after({ runs: "all", within: "3 minutes" }))[0]).toBe(
      "19-25 missed: late by 9m30s, more than catchUp.within (3m)"
    )
  })
})

describe("S7 Overlap", () => {
  const until25 = async (overlap: NonNullable<CommonOptions["overlap"]>) => {
    const bed = new TestBed()
    const pinnace = bed.open({ schedules: [schedule("slow", every("1 minute"), slow, { overlap })] })
    await pass(bed, 25 * minute)
    const open = [...bed.disk.runs.values()].filter(({ phase }) => phase === "Running").length
    return { bed, pinnace, open, started: started(bed, "slow"), told: told(bed, "slow") }
  }

  it("skip leaves instants out while a run is open", async () => {
    const { told } = await until25("skip")
    expect(told).toEqual([
      "17 started",
      "18 skipped: run slow-19700101T001700Z has not ended (overlap: skip)",
      "19 skipped: run slow-19700101T001700Z has not ended (overlap: skip)",
      "20 started",
      "21 skipped: run slow-19700101T002000Z has not ended (overlap: skip)",
      "22 skipped: run slow-19700101T002000Z has not ended (overlap: skip)",
      "23 started",
      "24 skipped: run slow-19700101T002300Z has not ended (overlap: skip)",
      "25 skipped: run slow-19700101T002300Z has not ended (overlap: skip)"
    ])
  })

  it("queueOne lets one wait, queueAll all of them, each for the one before", async () => {
    const one = await until25("queueOne")
    expect(one.open).toBe(1)
    expect(one.told.slice(0, 5)).toEqual([
      "17 started",
      "18 started",
      "19 skipped: another one waits for its turn already (overlap: queueOne)",
      "20 started",
      "21 skipped: another one waits for its turn already (overlap: queueOne)"
    ])
    const all = await until25("queueAll")
    expect(all.open).toBe(1)
    expect(all.told.slice(0, 6)).toEqual([
      "17 started",
      "18 started",
      "19 started",
      "20 started",
      "21 queued",
      "22 queued"
    ])
  })

  it("replace stops the open run, and begins when that has ended", async () => {
    const { bed, open, started } = await until25("replace")
    expect(started).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25])
    expect(open).toBe(1)
    const reasons = [...bed.disk.runs.values()].map(({ reason }) => reason)
    expect(reasons.slice(0, 8)).toEqual(new Array(8).fill("Stopped"))
  })

  it("allow starts one beside the other", async () => {
    const { open, started } = await until25("allow")
    expect(started).toHaveLength(9)
    expect(open).toBe(3)
  })

  it("a run that waits for its turn is started by whoever lives when the one before has ended", async () => {
    const bed = new TestBed(3)
    const one = schedule("slow", every("1 minute"), slow, { overlap: "queueOne" })
    const first = bed.open({ schedules: [one] })
    bed.open({ schedules: [one] })
    await pass(bed, 18 * minute)
    expect(told(bed, "slow")).toEqual(["17 started", "18 queued"])
    bed.crash(first)
    await pass(bed, 20 * minute)
    expect(started(bed, "slow")).toEqual([17, 18])
  })
})

describe("S6 Nothing old is fired", () => {
  it("by another timing", async () => {
    const bed = new TestBed()
    bed.crash(bed.open({ schedules: [beat] }))
    bed.elapse(10 * minute)
    bed.open({ schedules: [schedule("beat", every("30 seconds"), report, { input })] })
    await pass(bed, 27 * minute)
    expect(started(bed, "beat")).toEqual([27])
  })

  it("by a pause and its end, unless what was due meanwhile is asked for", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ schedules: [beat] })
    const handle = pinnace.schedule(beat)
    await pass(bed, 17 * minute)
    await bed.settle(handle.pause("deploy"))
    await pass(bed, 19 * minute)
    expect(await bed.settle(handle.status())).toMatchObject({ paused: "deploy", isKept: true, workflow: "report" })
    await bed.settle(handle.resume())
    await pass(bed, 20 * minute)
    expect(told(bed, "beat")).toEqual([
      "17 started",
      "18 skipped: paused: deploy",
      "19 skipped: paused: deploy",
      "20 started"
    ])
    await bed.settle(handle.pause())
    await pass(bed, 22 * minute)
    await bed.settle(handle.resume({ catchUp: true }))
    await pass(bed, 23 * minute)
    expect(started(bed, "beat")).toEqual([17, 20, 21, 22, 23])
    const causes = await bed.settle(handle.fires({ outcome: "started", limit: 3 }))
    expect(causes.map(({ cause }) => cause)).toEqual(["time", "backfill", "backfill"])
  })

  it("by removal; whoever keeps it begins anew from then on", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ schedules: [beat] })
    await pass(bed, 18 * minute)
    await bed.settle(pinnace.schedule("beat").remove())
    expect(fires(bed, "beat")).toEqual([])
    await pass(bed, 20 * minute)
    expect(started(bed, "beat")).toEqual([20])
  })
})

it("It pauses after three runs in a row have failed, and one that succeeds begins the count anew", async () => {
  const bed = new TestBed()
  let isBad = true
  const job = task("job", {
    run: () => {
      if (isBad) throw new Error("no")
    }
  })
  const one = workflow("one", {}, (w) => w.node("job", job))
  const failing = schedule("failing", every("1 minute"), one, { pauseAfterFailures: 3 })
  const handle = bed.open({ schedules: [failing] }).schedule(failing)
  await pass(bed, 18 * minute)
  isBad = false
  await pass(bed, 19 * minute)
  isBad = true
  await pass(bed, 23 * minute)
  expect((await bed.settle(handle.status())).paused).toBe("3 runs in a row have not succeeded")
  expect(started(bed, "failing")).toEqual([17, 18, 19, 20, 21, 22])
})

it("S8: runs begin later by a jitter that is the same in every process and never reaches the next instant", async () => {
  const at = async (seed: number): Promise<ReadonlyArray<number>> => {
    const bed = new TestBed(seed)
    bed.open({ schedules: [schedule("shaken", every("1 minute"), report, { input, jitter: "10 minutes" })] })
    await pass(bed, 22 * minute)
    return [...bed.disk.runs.values()].map(({ createdAt, labels }) => createdAt - Date.parse(labels["pinnace/due"]!))
  }
  const [one, other] = [await at(1), await at(2)]
  const many = Math.min(one.length, other.length)
  expect(one.slice(0, many)).toEqual(other.slice(0, many))
  expect(Math.max(...one)).toBeLessThan(minute)
  expect(new Set(one).size).toBeGreaterThan(3)
})

it("No more ended runs are kept than it says", async () => {
  const bed = new TestBed()
  bed.open({ schedules: [schedule("few", every("1 minute"), report, { input, keep: { succeeded: 2 } })] })
  await pass(bed, 30 * minute)
  const phases = [...bed.disk.runs.values()].map(({ phase }) => phase)
  expect(phases.filter((phase) => phase === "Succeeded").length).toBeLessThanOrEqual(3)
})

describe("Runs for instants by hand", () => {
  it("trigger starts one, once for one instant", async () => {
    const bed = new TestBed()
    const handle = bed.open({ schedules: [beat] }).schedule("beat")
    await pass(bed, 17 * minute)
    const at = Date.parse("2001-02-03T04:05:06Z")
    expect(await bed.settle(handle.trigger(at))).toBe("beat-20010203T040506Z")
    const { message } = await bed.rejection(handle.trigger(at))
    expect(message).toBe('Cannot trigger schedule "beat": its run of that instant is beat-20010203T040506Z.')
    expect(stateOf(bed, "beat").cursor).toBe(17 * minute)
  })

  it("S10: a backfill fills what started no run, two at a time, over a crash, and stops", async () => {
    const bed = new TestBed()
    const one = schedule("slow", every("1 minute"), slow, { overlap: "allow" })
    const first = bed.open({ schedules: [one] })
    await pass(bed, 17 * minute)
    const view = await bed.settle(first.schedule(one).backfill({ from: 10 * minute, parallelism: 2 }))
    expect(view).toMatchObject({ id: "bf-1", state: "running", rerun: "missing" })
    await bed.quiet()
    expect(started(bed, "slow")).toEqual([10, 11, 17])
    bed.crash(first)
    const second = bed.open({ schedules: [one] })
    await bed.until(() => started(bed, "slow").includes(16))
    expect(started(bed, "slow").slice(0, 8)).toEqual([10, 11, 12, 13, 14, 15, 16, 17])
    const handle = second.schedule(one)
    await bed.until(() => JSON.parse(bed.disk.cells.get("backfill", "bf-1")!.data).paused === "done")
    const [done] = await bed.settle(handle.backfills())
    expect(done).toMatchObject({ state: "done", succeeded: 7, failed: 0, open: [] })
    const all = await bed.settle(handle.backfill({ from: 10 * minute, until: 13 * minute, rerun: "all" }))
    await bed.quiet()
    await bed.settle(handle.stopBackfill(all.id))
    await pass(bed, bed.now + 10 * minute)
    expect(ids(bed).filter((id) => id.includes("+2"))).toEqual(["slow-19700101T001000Z+2"])
  })
})

describe("A backfill that is stopped with its runs", () => {
  const place = { overlap: "allow" } as const
  const one = schedule("slow", every("1 minute"), slow, place)

  it("S10: stops those that are open and starts none, asked again by another process after a crash", async () => {
    const bed = new TestBed()
    const first = bed.open({ schedules: [one] })
    await pass(bed, 17 * minute)
    const handle = first.schedule(one)
    const { id } = await bed.settle(handle.backfill({ from: 10 * minute, until: 17 * minute, parallelism: 2 }))
    await bed.quiet()
    expect(await bed.settle(handle.stopBackfill(id))).toEqual([])
    bed.crash(first)
    const second = bed.open({ schedules: [one] })
    const again = second.schedule(one)
    const stopped = await bed.settle(again.stopBackfill(id, { runs: true }))
    expect(stopped).toEqual(["slow-19700101T001000Z", "slow-19700101T001100Z"])
    await bed.quiet()
    for (const run of stopped) expect(findRun(bed.disk, run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
    expect(await bed.settle(again.stopBackfill(id, { runs: true }))).toEqual([])
    expect(started(bed, "slow")).toEqual([10, 11, 17])
    expect(findRun(bed.disk, "slow-19700101T001700Z")!.phase).toBe("Running")
  })

  it("S10: has no open run of its own after any order of crashes, stops and starts", async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const bed = new TestBed(seed)
      const random = makeRandom(seed)
      const upTo = (most: number) => Math.floor(random() * (most + 1))
      let pinnace = bed.open({ schedules: [one] })
      await pass(bed, 5 * minute)
      const { id } = await bed.settle(
        pinnace.schedule(one).backfill({ from: 0, until: 4 * minute, parallelism: 1 + upTo(3) })
      )
      bed.steps(upTo(60))
      void pinnace.schedule(one).stopBackfill(id, { runs: true }).catch(() => undefined)
      bed.steps(upTo(60))
      bed.crash(pinnace)
      pinnace = bed.open({ schedules: [one] })
      await bed.settle(pinnace.schedule(one).stopBackfill(id, { runs: true }))
      await bed.quiet()
      const open = [...bed.disk.runs.values()].filter(({ id, phase }) =>
        id < "slow-19700101T0004" && phase === "Running"
      )
      expect(open.map((it) => it.id), `seed ${seed}`).toEqual([])
    }
  })
})

it("1,000 fires are kept of each schedule", async () => {
  const bed = new TestBed()
  const often = schedule("often", every("1 second"), report, { input, keep: { succeeded: 1 } })
  const handle: ReturnType<Pinnace["schedule"]> = bed.open({ schedules: [often] }).schedule(often)
  await bed.settle(handle.pause("rest"))
  await pass(bed, bed.now + 1_250_000)
  expect(fires(bed, "often").length).toBeLessThanOrEqual(1_101)
  expect(stateOf(bed, "often").fires).toBe(fires(bed, "often").length)
})

it("A timing of the author's own that throws, or an input, ends nothing: it is asked again, or the instant is missed", async () => {
  const bed = new TestBed()
  let throws = true
  const odd = custom("odd", (after) => {
    if (throws) throw new Error("no")
    return new Date(after.getTime() + 1)
  })
  const oddly = schedule("oddly", odd, report, { input, overlap: "allow" })
  const wrong = schedule("wrong", every("1 minute"), report, {
    input: () => {
      throw new Error("no input")
    }
  })
  bed.open({ schedules: [oddly, wrong] })
  await pass(bed, 18 * minute)
  throws = false
  await pass(bed, 20 * minute)
  const due = fires(bed, "oddly").filter(({ outcome }) => outcome === "started").map((it) => it.due % 1_000)
  expect(due.length).toBeGreaterThan(1)
  expect(new Set(due)).toEqual(new Set([0]))
  expect(told(bed, "wrong").slice(0, 2)).toEqual([
    "17 missed: its input cannot be made: no input",
    "18 missed: its input cannot be made: no input"
  ])
})

it("A process that closes while it is asked for a run says so", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ schedules: [beat] })
  const run = pinnace.schedule(beat).trigger(0)
  const closed = pinnace.close()
  const outcome = await bed.settle(run.then((id) => id, (error: Error) => error.name))
  expect(["beat-19700101T000000Z", "EngineClosed", "InvalidValue"]).toContain(outcome)
  await bed.settle(closed)
})

it("A schedule that nobody knows, and a backfill that is not one of its own, are refused by name", async () => {
  const bed = new TestBed()
  const other = schedule("other", every("1 hour"), report, { input })
  const pinnace = bed.open({ schedules: [beat, other] })
  await bed.quiet()
  const { id } = await bed.settle(pinnace.schedule(other).backfill({ from: 0 }))
  const [nobody, beats] = [pinnace.schedule("nobody"), pinnace.schedule(beat)]
  const refusals = [
    [
      () => nobody.pause(),
      'pause schedule "nobody": the state file has none of this name, and this process does not keep it'
    ],
    [() => nobody.resume(), 'resume schedule "nobody": the state file has none of this name, and this process'],
    [() => nobody.trigger(), 'trigger schedule "nobody": this process does not keep it. Open the file with it'],
    [() => nobody.status(), 'read schedule "nobody": the state file has none of this name'],
    [() => beats.stopBackfill("bf-9"), 'stop a backfill of schedule "beat": it has no backfill "bf-9"'],
    [() => beats.stopBackfill(id), 'stop a backfill of schedule "beat": it has no backfill "bf-1"']
  ] as const
  for (const [asked, says] of refusals) expect((await bed.rejection(asked())).message).toContain(`Cannot ${says}`)
})

describe("What is shown of runs", () => {
  it("is open until they end, also where nobody has looked since", async () => {
    const bed = new TestBed()
    const slowly = schedule("slow", every("1 hour"), slow)
    const handle = bed.open({ schedules: [slowly] }).schedule(slowly)
    await pass(bed, 60 * minute)
    expect((await bed.settle(handle.status())).open).toEqual(["slow-19700101T010000Z"])
    await pass(bed, 65 * minute)
    expect((await bed.settle(handle.status())).open).toEqual([])
    expect(stateOf(bed, "slow").open).toEqual(["slow-19700101T010000Z"])
  })

  it("goes with runs that are deleted, of a backfill as well; none of them starts again", async () => {
    const bed = new TestBed()
    const one = schedule("slow", every("1 minute"), slow, { overlap: "allow" })
    const first = bed.open({ schedules: [one] })
    await bed.quiet()
    const { id } = await bed.settle(first.schedule(one).backfill({ from: 10 * minute, until: 12 * minute }))
    await pass(bed, 18 * minute)
    bed.crash(first)
    for (const [key, { id: run }] of bed.disk.runs) {
      if (run === "slow-19700101T001000Z") bed.disk.runs.delete(key)
    }
    const handle = bed.open().schedule("slow")
    const [view] = await bed.settle(handle.backfills())
    expect(view).toMatchObject({ id, state: "running", open: [] })
    const again = bed.open({ schedules: [one] }).schedule(one)
    const done = await bed.settle(again.backfillEnd(id))
    expect(done).toMatchObject({ state: "done", failed: 0 })
    expect(ids(bed)).not.toContain("slow-19700101T001000Z")
    const more = await bed.settle(again.backfill({ from: 10 * minute, until: 12 * minute, rerun: "failed" }))
    expect(await bed.settle(again.backfillEnd(more.id))).toMatchObject({ succeeded: 0, failed: 0 })
  })
})

describe("The end of a backfill", () => {
  const one = schedule("slow", every("1 minute"), slow, { overlap: "allow" })
  const span = { from: 10 * minute, until: 13 * minute }

  it("is waited for while it is worked on, whoever works on it", async () => {
    const bed = new TestBed()
    const [first, second] = [bed.open({ schedules: [one] }), bed.open({ schedules: [one] })]
    await bed.quiet()
    const { id } = await bed.settle(first.schedule(one).backfill(span))
    const heard: Array<string> = []
    const ends = [first, second].map((it) => it.schedule(one).backfillEnd(id, ({ run }) => heard.push(run!)))
    for (const view of await bed.settle(Promise.all(ends))) expect(view).toMatchObject({ state: "done", succeeded: 3 })
    expect(heard.toSorted()).toEqual(["slow-19700101T001000Z", "slow-19700101T001100Z", "slow-19700101T001200Z"])
    expect((await bed.settle(first.schedule(one).backfillEnd(id))).state).toBe("done")
  })

  it("is not heard where the function that is told of instants throws; the backfill goes on", async () => {
    const bed = new TestBed()
    const handle = bed.open({ schedules: [one] }).schedule(one)
    await bed.quiet()
    const { id } = await bed.settle(handle.backfill(span))
    const throwing = handle.backfillEnd(id, () => {
      throw new Error("no")
    })
    expect((await bed.rejection(throwing)).message).toBe("no")
    expect(await bed.settle(handle.backfillEnd(id))).toMatchObject({ state: "done", succeeded: 3 })
  })

  it("comes when it is stopped by another process, and when the engine is closed, as an error", async () => {
    const bed = new TestBed()
    const [first, second] = [bed.open({ schedules: [one] }), bed.open()]
    await bed.quiet()
    const { id } = await bed.settle(first.schedule(one).backfill(span))
    const end = first.schedule(one).backfillEnd(id)
    await bed.settle(second.schedule("slow").stopBackfill(id))
    expect(await bed.settle(end)).toMatchObject({ state: "stopped", succeeded: 0 })
    const next = await bed.settle(first.schedule(one).backfill(span))
    const failure = bed.rejection(first.schedule(one).backfillEnd(next.id))
    await bed.settle(first.close())
    expect((await failure).name).toBe("EngineClosed")
  })
})

it("A pause that ends fills what was due since it began, and nothing before", async () => {
  const bed = new TestBed()
  const dense = schedule("slow", every("1 minute"), slow)
  const pinnace = bed.open({ schedules: [dense] })
  await pass(bed, 19 * minute)
  await bed.settle(pinnace.schedule(dense).pause("deploy"))
  await pass(bed, 21 * minute)
  await bed.settle(pinnace.schedule(dense).pause("still"))
  await pass(bed, 22 * minute)
  await bed.settle(pinnace.schedule(dense).resume({ catchUp: true }))
  await bed.until(() => started(bed, "slow").includes(22))
  // 18 was skipped because a run was open, not because of the pause.
  expect(started(bed, "slow").filter((it) => it < 23)).toEqual([17, 20, 21, 22])
})

it("A schedule that gives no input to a workflow that has one is refused where it is written", () => {
  const report = workflow("report", { input: { to: Schema.String } }, (w) => void w.suspend("rest"))
  const free = workflow("free", { input: Schema.optional(Schema.String) as never }, (w) => void w.suspend("rest"))
  for (const options of [undefined, { overlap: "skip" }]) {
    expect(() => schedule("nightly", every("1 day"), report, options as never)).toThrow(
      'Cannot use schedule "nightly": it gives no input to workflow "report". Add { input }.'
    )
  }
  expect(schedule("nightly", every("1 day"), report, { input: () => ({ to: "x" }) }).name).toBe("nightly")
  expect(schedule("free", every("1 day"), free as never).name).toBe("free")
})

it("S2: what came during a pause that nobody saw is skipped with its reason, also where it ends without the timing", async () => {
  const bed = new TestBed()
  const first = bed.open({ schedules: [beat] })
  await pass(bed, bed.now + 3 * minute)
  await bed.settle(first.schedule("beat").pause("deploy"))
  bed.crash(first)
  const runs = ids(bed)
  bed.elapse(60 * minute)
  const other = bed.open()
  await bed.settle(other.schedule("beat").resume())
  bed.elapse(10 * minute)
  const second = bed.open({ schedules: [beat] })
  await bed.quiet()
  const fires = await bed.settle(second.schedule(beat).fires())
  expect(fires.filter(({ why }) => why === "paused: deploy").map(({ many }) => many)).toEqual([60])
  expect(fires.filter(({ outcome }) => outcome === "missed").map(({ many }) => many)).toEqual([7])
  // The latest of those that are late, and the one that is not.
  expect(ids(bed).length).toBe(runs.length + 2)
})
