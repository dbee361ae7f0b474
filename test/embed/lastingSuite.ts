/**
 * What outlives a process, on any storage: schedules, start policies, undo, versions, runs of runs, graphs of values.
 * Two engines share one address, as two processes do. Rules that no storage can change (which instants there are, the
 * order in which things are undone, crashes at each commit) are tried on virtual time: `test/schedule`, `test/engine`.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  every,
  flow,
  open,
  type OpenOptions,
  schedule,
  Schema,
  signal,
  task,
  type TaskContext,
  workflow
} from "../../mod.ts"
import { opened, twoAt } from "./openers.ts"
import { begun, scheduleSpace } from "../../src/schedule/State.ts"
import { stored } from "../../src/schedule/fires.ts"

const minute = 60_000
const note = task("note", { run: () => {} })
const noted = workflow("lasting-noted", {}, (w) => void w.node("note", note))
const nothing = (): void => {}

/** Waits until something holds, however long that takes. */
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise((resume) => setTimeout(resume, 5))
}

/** A body that goes on when it is told to, or stopped. */
const gate = () => {
  let [isOpen, go, began] = [false, nothing, nothing]
  const begun = new Promise<void>((resume) => began = resume)
  const body = (_: unknown, { signal }: Pick<TaskContext, "signal">): Promise<void> =>
    new Promise((resume) => {
      began()
      if (isOpen) return resume()
      go = resume
      signal.addEventListener("abort", () => resume())
    })
  return { body, begun, open: () => (isOpen = true, go()) }
}

/** The tests, on storage at an address that each of them is given. */
export const lastingSuite = (address: () => string): void => {
  const two = (options?: OpenOptions) => twoAt(address(), options)

  describe("Schedules", () => {
    /** A schedule that was kept until half an hour ago. */
    const since = async (
      at: string,
      name: string,
      paused: string | null = null,
      workflow = noted.name
    ): Promise<void> => {
      const pinnace = await open(at)
      const cursor = Date.now() - 30 * minute
      const state = { ...begun(workflow, `every ${minute} ms`, cursor), paused, pausedAfter: cursor }
      const cell = { kind: "cell", space: scheduleSpace, key: name, was: null, data: JSON.stringify(state) } as const
      await Effect.runPromise(stored(pinnace.engine, [cell]))
      await pinnace.close()
    }

    it("S1 S9 S10: of each instant one run is started by two processes, in the commit that says so", async () => {
      const tick = schedule("lasting-tick", every("1 minute"), noted, { overlap: "allow" })
      const [one, other] = await two({ schedules: [tick] })
      const span = { from: 0, until: 12 * minute, parallelism: 4 }
      const { id } = await one.schedule(tick).backfill(span)
      const views = await Promise.all([one, other].map((it) => it.schedule(tick).backfillEnd(id)))
      expect(views.map(({ state }) => state)).toEqual(["done", "done"])
      const fires = await other.schedule(tick).fires({ until: 12 * minute, limit: Infinity })
      expect(fires.map(({ due, outcome }) => [Number(due) / minute, outcome]).reverse()).toEqual(
        Array.from({ length: 12 }, (_, at) => [at, "started"])
      )
      const runs = await one.list({ labels: { "pinnace/schedule": tick.name }, limit: Infinity })
      const filled = runs.filter(({ labels }) => Date.parse(labels["pinnace/due"]!) < 12 * minute)
      expect(filled.map(({ id }) => id).sort()).toEqual(fires.map(({ run }) => run).sort())
    })

    it("S2 S3: late instants are decided once, in their order, with a reason", async () => {
      const at = address()
      await since(at, "lasting-late")
      const late = schedule("lasting-late", every("1 minute"), noted, {
        overlap: "allow",
        catchUp: { runs: "all", within: "10 minutes", limit: 5 }
      })
      const pinnaces = [await opened(at, { schedules: [late] }), await opened(at, { schedules: [late] })]
      const handle = pinnaces[0]!.schedule(late)
      const caught = () => handle.fires({ outcome: "started", limit: Infinity })
      await until(async () => (await caught()).length >= 5)
      const all = (await handle.fires({ limit: Infinity })).toReversed()
      expect(all[0]).toMatchObject({ outcome: "missed", why: expect.stringContaining("late by") })
      const instants = all.slice(1).map(({ due }) => Number(due))
      expect(instants).toEqual(instants.map((_, index) => instants[0]! + index * minute))
      expect(Number(all[0]!.due)).toBe(instants[0]! - minute)
    })

    it("S6: a pause starts nothing, nor does its end, unless it is to be made up for", async () => {
      const at = address()
      await since(at, "lasting-paused", "deploy")
      const paused = schedule("lasting-paused", every("1 minute"), noted, { overlap: "allow" })
      const pinnace = await opened(at, { schedules: [paused] })
      const handle = pinnace.schedule(paused)
      await until(async () => (await handle.fires()).length > 0)
      expect((await handle.fires({ outcome: "started" })).length).toBe(0)
      expect((await handle.fires()).at(-1)).toMatchObject({ outcome: "skipped", why: "paused: deploy" })
      await handle.resume({ catchUp: true })
      const [fill] = await handle.backfills()
      await handle.stopBackfill(fill!.id)
      expect((await handle.status()).paused).toBeUndefined()
      expect(Number(fill!.from)).toBeLessThan(Date.now() - 29 * minute)
    })

    it("S7: an instant is skipped while a run is open, with the run as its reason", async () => {
      const at = address()
      const door = workflow("lasting-door", {}, (w) => void w.suspend("door"))
      await since(at, "lasting-open", null, door.name)
      const tick = schedule("lasting-open", every("1 minute"), door, { catchUp: { runs: "all", limit: 3 } })
      const handle = (await opened(at, { schedules: [tick] })).schedule(tick)
      await until(async () => (await handle.fires({ outcome: "skipped" })).length >= 2)
      const [first, ...others] = (await handle.fires()).toReversed().filter(({ outcome }) => outcome !== "missed")
      expect(first!.outcome).toBe("started")
      for (const { why } of others) expect(why).toBe(`run ${first!.run} has not ended (overlap: skip)`)
      expect((await handle.status()).open).toEqual([first!.run])
    })
  })

  describe("Start policies", () => {
    const door = { body: (w: { suspend: (name: string) => unknown }) => void w.suspend("door") }
    const key = (it: string): string => it

    it("S12 P8: one run of a key is open, whichever process starts it", async () => {
      const one = workflow("lasting-single", { input: Schema.String, start: { singleton: { key } } }, door.body)
      const [first, second] = await two({ workflows: [one] })
      const runs = await Promise.all(
        [first, second, first, second].map((it) => it.start(one, "acme"))
      )
      expect(new Set(runs.map(({ id }) => id)).size).toBe(1)
      expect((await second.start(one, "other")).id).not.toBe(runs[0]!.id)
      await runs[0]!.stop()
      await runs[0]!.ending()
      expect((await second.start(one, "acme")).id).not.toBe(runs[0]!.id)
    })

    it("S11 P9: the last input of a debounced start wins, and all callers see one run", async () => {
      const last = task("last", { input: Schema.Number, output: Schema.Number, run: (n) => n })
      const debounce = { key: () => "all", wait: "200 millis", atMost: "1 hour" } as const
      const saved = workflow(
        "lasting-saved",
        { input: Schema.Number, start: { debounce } },
        (w) => w.node("last", last, { input: w.input })
      )
      const [first, second] = await two({ workflows: [saved] })
      const runs = [await first.start(saved, 1), await second.start(saved, 2), await first.start(saved, 3)]
      const newest = runs.at(-1)!
      // A machine that stands still lets the run begin in between: then it is another one.
      const same = runs.filter(({ id }) => id === newest.id)
      expect(same.length).toBeGreaterThan(0)
      expect(await newest.result()).toBe(3)
    })
  })

  describe("Compensation", () => {
    const trip = (log: Array<string>, undo: (name: string, context: TaskContext) => unknown = nothing) => {
      const book = (name: string) =>
        task(name, {
          output: Schema.String,
          compensate: ({ output }, context) => {
            log.push(`undo ${output}`)
            return undo(name, context) as void
          },
          run: () => (log.push(name), name)
        })
      return { hotel: book("hotel"), flight: book("flight") }
    }
    const fail = task("pay", { run: () => Promise.reject(new Error("no money")) })

    it("U1 U3 U7: a failed run undoes what was done, the last first, before its exit handler", async () => {
      const log: Array<string> = []
      const { flight, hotel } = trip(log)
      const one = workflow("lasting-trip", {}, (w) => {
        const booked = w.node("hotel", hotel)
        w.node("pay", fail, { after: [w.node("flight", flight, { after: [booked] })] })
        w.onExit(({ compensated }) => void log.push(`exit ${compensated?.done} of ${compensated?.of}`))
      })
      const pinnace = await opened(address())
      const run = await pinnace.start(one)
      expect((await run.ending()).phase).toBe("Error")
      expect(log).toEqual(["hotel", "flight", "undo flight", "undo hotel", "exit 2 of 2"])
    })

    it("U2 U6: a nested workflow that fails undoes itself; a run that succeeds undoes nothing", async () => {
      const log: Array<string> = []
      const { flight, hotel } = trip(log)
      const inner = workflow("lasting-inner", {}, (w) => {
        w.node("pay", fail, { after: [w.node("flight", flight)] })
      })
      const outer = workflow("lasting-outer", {}, (w) => {
        w.node("hotel", hotel)
        w.node("inner", inner, { continueOn: { failed: true, error: true } })
      })
      const pinnace = await opened(address())
      const run = await pinnace.start(outer)
      expect((await run.ending()).phase).toBe("Succeeded")
      expect(log.filter((it) => it.startsWith("undo"))).toEqual(["undo flight"])
    })

    it("U4: what its process leaves undone is undone by the next one, what was undone is not again", async () => {
      const log: Array<string> = []
      const held = gate()
      const { flight, hotel } = trip(
        log,
        (name, context) => name === "hotel" && log.length < 5 ? held.body(0, context) : undefined
      )
      const one = workflow("lasting-left", {}, (w) => {
        const booked = w.node("hotel", hotel)
        w.node("pay", fail, { after: [w.node("flight", flight, { after: [booked] })] })
      })
      const at = address()
      const first = await open(at, { workflows: [one] })
      const { id } = await first.start(one)
      await held.begun
      await first.close()
      const second = await opened(at, { workflows: [one] })
      await (await second.get(id))!.ending()
      expect(log).toEqual(["hotel", "flight", "undo flight", "undo hotel", "undo hotel"])
    })

    it("U5: a terminate that compensates undoes what was done, by whichever process, without the exit handler", async () => {
      const log: Array<string> = []
      const held = gate()
      const { flight, hotel } = trip(log, (name, context) => name === "hotel" ? held.body(0, context) : undefined)
      const one = workflow("lasting-cut", {}, (w) => {
        const booked = w.node("flight", flight, { after: [w.node("hotel", hotel)] })
        w.suspend("rest", { after: [booked] })
        w.onExit(() => void log.push("exit"))
      })
      const [first, second] = await two({ workflows: [one] })
      const { id } = await first.start(one)
      await (await first.get(id))!.waitFor("rest", "waiting")
      const { message } = await (await second.get(id))!.terminate({ compensate: true, message: "enough" })
      expect(message).toBe(`Run ${id} is terminating; what it did is undone first`)
      await held.begun
      held.open()
      const ending = await (await second.get(id))!.ending()
      expect(ending).toMatchObject({
        phase: "Failed",
        reason: "Terminated",
        message: expect.stringContaining("enough")
      })
      expect(log).toEqual(["hotel", "flight", "undo flight", "undo hotel"])
    })

    it("U1 U6: what a run did that has ended is undone where that is asked, by another process, and once", async () => {
      const log: Array<string> = []
      const { flight, hotel } = trip(log)
      const one = workflow("lasting-later", {}, (w) => {
        w.node("flight", flight, { after: [w.node("hotel", hotel)] })
        w.onExit(() => void log.push("exit"))
      })
      const [first, second] = await two({ workflows: [one] })
      const { id } = await first.start(one)
      await (await first.get(id))!.result()
      log.length = 0
      const run = (await second.get(id))!
      expect(await run.compensate()).toEqual({ undo: ["flight", "hotel"] })
      expect(await run.ending()).toMatchObject({ phase: "Failed", reason: "Terminated" })
      expect(log).toEqual(["undo flight", "undo hotel"])
      await expect(run.compensate()).rejects.toMatchObject({ _tag: "Refused" })
    })

    it("U5 U8: a terminate ends an undo, a retry does again what was undone", async () => {
      const log: Array<string> = []
      const held = gate()
      const { flight, hotel } = trip(log, (name, context) => name === "hotel" ? held.body(0, context) : undefined)
      let fails = true
      const pay = task("pay", { run: () => fails ? Promise.reject(new Error("no money")) : undefined })
      const one = workflow("lasting-again", {}, (w) => {
        const booked = w.node("hotel", hotel)
        w.node("pay", pay, { after: [w.node("flight", flight, { after: [booked] })] })
      })
      const pinnace = await opened(address())
      const run = await pinnace.start(one)
      await held.begun
      await run.terminate()
      expect(await run.ending()).toMatchObject({ phase: "Failed", reason: "Terminated" })
      fails = false
      await run.retry()
      expect((await run.ending()).phase).toBe("Succeeded")
      // Whether the hotel was undone is not known: it is booked again.
      expect(log.slice(4)).toEqual(["hotel", "flight"])
    })

    it("does nothing in a workflow that opts out", async () => {
      const log: Array<string> = []
      const { flight, hotel } = trip(log)
      const one = workflow("lasting-out", { compensate: false }, (w) => {
        w.node("pay", fail, { after: [w.node("hotel", hotel)] })
      })
      const outer = workflow("lasting-around", {}, (w) => {
        const done = w.node(
          "out",
          workflow("lasting-kept", { compensate: false }, (w) => void w.node("flight", flight))
        )
        w.node("pay", fail, { after: [done] })
      })
      const pinnace = await opened(address())
      for (const it of [one, outer]) await (await pinnace.start(it)).ending()
      expect(log).toEqual(["hotel", "flight"])
    })
  })

  describe("Versions", () => {
    const order = (version: string, names: ReadonlyArray<string>) =>
      workflow("lasting-order", { version }, (w) => {
        let last = w.suspend("door")
        for (const name of names) last = w.node(name, note, { after: [last] }) as never
      })

    it("V2 V7: each process goes on with runs of its version, and leaves the others", async () => {
      const at = address()
      const [one, other] = [order("1", ["a"]), order("2", ["a", "b"])]
      const [first, second] = [await opened(at, { workflows: [one] }), await opened(at, { workflows: [other] })]
      const runs = [await first.start(one), await second.start(other)]
      for (const run of runs) await run.signal("door", undefined as never)
      for (const run of runs) expect((await run.ending()).phase).toBe("Succeeded")
      const names = await Promise.all(runs.map(async (run) => (await run.nodes()).map(({ path }) => path)))
      expect(names).toEqual([["door", "a"], ["door", "a", "b"]])
    })

    it("V4: a run that is held goes on with the version that it is migrated to", async () => {
      const at = address()
      const first = await open(at)
      const { id } = await first.start(order("1", ["a"]))
      await first.close()
      const newer = order("2", ["a", "b"])
      const second = await open(at)
      const run = (await second.get(id))!
      expect(await run.migrate(newer, { dryRun: true })).toMatchObject({
        from: "lasting-order@1",
        to: "lasting-order@2"
      })
      await run.migrate(newer)
      await second.close()
      const third = await opened(at, { workflows: [newer] })
      const later = (await third.get(id))!
      expect((await later.status()).workflow).toBe("lasting-order@2")
      await later.signal("door", undefined as never)
      expect((await later.ending()).phase).toBe("Succeeded")
      expect((await later.nodes()).map(({ path }) => path)).toEqual(["door", "a", "b"])
    })

    it("V3 V7: three versions that rename are rolled over open runs; each is read back with the names it began with", async () => {
      const at = address()
      const named = (version: string, name: string, renamedFrom: ReadonlyArray<string>) =>
        workflow("lasting-named", { version, output: Schema.Number }, (w) => {
          const inner = workflow("lasting-inner", {}, (w) => void w.suspend("door"))
          const first = w.node(name, inner, { renamedFrom })
          return w.node("last", task("last", { output: Schema.Number, run: () => 1 }), { after: [first] })
        })
      const versions = [named("1", "a", []), named("2", "b", ["a"]), named("3", "c", ["b", "a"])]
      const ids: Array<string> = []
      for (const [index, newest] of versions.entries()) {
        const pinnace = await open(at, { workflows: versions.slice(0, index + 1) })
        const run = await pinnace.start(newest)
        await run.waitFor(`${"abc"[index]}/door`, "waiting")
        ids.push(run.id)
        await pinnace.close()
      }
      // The former versions are gone: their runs are brought to the newest one.
      const pinnace = await opened(at, { workflows: [versions[2]!] })
      for (const [index, id] of ids.entries()) {
        const run = (await pinnace.get(id))!
        const name = "abc"[index]!
        if (index < 2) {
          const { lost, renamed } = await run.migrate(versions[2]!)
          expect([lost, renamed]).toEqual([[], [{ from: name, to: "c" }]])
        }
        await run.approve(`${name}/door`)
        expect(await run.result()).toBe(1)
        expect((await run.status()).workflow).toBe("lasting-named@3")
        expect((await run.nodes()).map(({ path }) => path)).toEqual([name, `${name}/door`, "last"])
        expect((await run.status()).held).toBeUndefined()
      }
    })

    it("V4: what a migration loses is refused until it is accepted, and is gone in the next process, too", async () => {
      const at = address()
      const first = await open(at, { workflows: [order("1", ["a", "b"])] })
      const { id } = await first.start(order("1", ["a", "b"]))
      await (await first.get(id))!.waitFor("door", "waiting")
      await first.close()
      const newer = workflow("lasting-order", { version: "2" }, (w) => {
        w.node("b", note, { after: [w.suspend("gate")] })
      })
      const second = await opened(at)
      const run = (await second.get(id))!
      expect(await run.migrate(newer)).toMatchObject({ lost: [{ path: "door" }], refused: expect.any(String) })
      expect((await run.status()).workflow).toBe("lasting-order@1")
      expect((await run.migrate(newer, { acceptLost: true, leave: true })).refused).toBeUndefined()
      const third = await opened(at, { workflows: [newer] })
      const later = (await third.get(id))!
      await later.waitFor("gate", "waiting")
      await later.approve("gate")
      expect((await later.ending()).phase).toBe("Succeeded")
      expect(Object.fromEntries((await later.nodes()).map(({ path, phase }) => [path, phase]))).toEqual({
        door: "Omitted",
        gate: "Succeeded",
        b: "Succeeded"
      })
    })
  })

  it("X1 X3 X4: a flow starts a run, goes on in a new one and reads there what came early", async () => {
    const item = signal("item", Schema.Number)
    const numbers = { input: Schema.Number, output: Schema.Number }
    const child = flow("lasting-child", numbers, (n, f) => f.step("n", () => n * 2))
    const chain = flow("lasting-chain", numbers, async (n, f) => {
      const doubled = await (await f.startRun("child", child, n)).result()
      if (n < 3) f.continueAs(doubled)
      return await f.receive(item) + doubled
    })
    const pinnace = await opened(address(), { workflows: [chain, child] })
    const run = await pinnace.start(chain, 1, { id: "lasting-1" })
    await run.signal(item, 100)
    expect(await run.result()).toBe(108)
    const rows = (await pinnace.list({ workflow: chain.name })).toReversed()
    expect(rows.map(({ id, reason }) => [id, reason])).toEqual([
      ["lasting-1", "Continued"],
      ["lasting-1~2", "Continued"],
      ["lasting-1~3", undefined]
    ])
  })

  it("F6: a process that finds the steps of a flow in the record writes nothing for any of them", async () => {
    const door = signal("door", Schema.Number)
    const written = async (many: number): Promise<number> => {
      const at = address()
      const id = `lasting-long-${many}`
      const ran: Array<number> = []
      const long = flow(id, { output: Schema.Number }, async (_, f) => {
        for (let n = 0; n < many; n++) await f.step(`s${n}`, () => void ran.push(n))
        return await f.receive(door)
      })
      const first = await open(at, { workflows: [long] })
      const run = await first.start(long, undefined, { id })
      await run.waitFor("door", "waiting")
      await first.close()
      const second = await opened(at, { workflows: [long] })
      const again = (await second.get(id))!
      await again.signal(door, 1)
      expect(await again.result()).toBe(1)
      expect(ran.length).toBe(many)
      let events = 0
      for await (const _ of again.events()) events++
      return events - 2 * many
    }
    expect(await written(100)).toBe(await written(10))
  })

  it("G1 F1: an expanded graph and the steps of a flow are what they were, in the next process", async () => {
    const held = gate()
    const log: Array<string> = []
    const names = task("names", { output: Schema.Array(Schema.String), run: () => ["a", "b"] })
    const make = task("make", { input: Schema.String, run: (name) => void log.push(name) })
    const wait = task("wait", { run: (input: void, context) => held.body(input, context) })
    const story = flow("lasting-story", {}, async (_, f) => {
      await f.step("once", () => void log.push("once"))
      await f.call("wait", wait)
    })
    const one = workflow("lasting-expand", {}, (w) => {
      const made = w.expand("made", w.node("names", names), (found, g) => {
        for (const name of found) g.node(name, make, { input: name })
      })
      w.node("story", story, { after: [made] })
    })
    const at = address()
    const first = await open(at, { workflows: [one] })
    const { id } = await first.start(one)
    await held.begun
    await first.close()
    held.open()
    const second = await opened(at, { workflows: [one] })
    expect((await (await second.get(id))!.ending()).phase).toBe("Succeeded")
    expect(log.toSorted()).toEqual(["a", "b", "once"])
  })
}
