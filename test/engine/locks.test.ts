/**
 * What locks got wrong elsewhere, on virtual time: who holds, who is next, and what every kind of end leaves behind.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it, test } from "vitest"
import {
  mutex,
  open,
  type Pinnace,
  type RunHandle,
  Schema,
  semaphore,
  storedLimit,
  task,
  type Workflow,
  workflow
} from "../../mod.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { phases, TestBed } from "./TestBed.ts"

const lock = mutex("lock")

/** Bodies that note in order when they begin and end, and how many were at work at once. */
class Log {
  readonly lines: Array<string> = []
  most = 0
  open = 0

  /** An attempt that works for so long; `name` says whose it is. */
  work(name: string, millis: number): Effect.Effect<void> {
    return Effect.acquireUseRelease(
      Effect.sync(() => {
        this.lines.push(`${name} begins`)
        this.most = Math.max(this.most, ++this.open)
      }),
      () => Effect.andThen(Effect.sleep(millis), Effect.sync(() => this.lines.push(`${name} ends`))),
      () => Effect.sync(() => this.open--)
    )
  }

  /** Dead bodies run no finalizer. */
  died(): void {
    this.open = 0
  }

  begun(name: string): boolean {
    return this.lines.includes(`${name} begins`)
  }
}

/** One node that works under the lock for so long. */
const locked = (log: Log, millis = 10_000) => {
  const work = task("work", { permits: [lock.take()], run: (_, { run }) => log.work(run, millis) })
  return workflow("locked", {}, (w) => void w.node("work", work))
}

const waits = (run: RunHandle<unknown>) => async () => (await run.nodes()).some(({ waiting }) => waiting === "Permit")

const startWaiting = async (
  bed: TestBed,
  pinnace: Pinnace,
  definition: Workflow<void, unknown, unknown>,
  id: string,
  priority = 0
) => {
  const run = await bed.settle(pinnace.start(definition, undefined, { id, priority }))
  await bed.until(waits(run))
  return run
}

const free = [{ name: "lock", held: 0, holders: [], queue: [] }]

test("LK-01 holders survive a restart: who held goes on, who waited begins after its end", async () => {
  const bed = new TestBed()
  const log = new Log()
  const definition = locked(log)
  const before = bed.open({ workflows: [definition] })
  await bed.settle(before.start(definition, undefined, { id: "a" }))
  await bed.until(() => log.begun("a"))
  await startWaiting(bed, before, definition, "b")
  bed.crash(before)
  log.died()
  const after = bed.open({ workflows: [definition] })
  for (const id of ["a", "b"]) expect((await bed.ended((await after.get(id))!)).phase).toBe("Succeeded")
  expect(log.lines).toEqual(["a begins", "a begins", "a ends", "b begins", "b ends"])
  expect(log.most).toBe(1)
  expect(await after.locks()).toMatchObject(free)
})

test("of a run that no process executes, no request is about to be granted", async () => {
  const bed = new TestBed()
  const log = new Log()
  const definition = locked(log)
  const before = bed.open({ workflows: [definition] })
  await bed.settle(before.start(definition, undefined, { id: "a" }))
  await bed.until(() => log.begun("a"))
  bed.crash(before)
  const [seen] = await bed.open({ workflows: [] }).locks()
  expect(seen!.queue).toMatchObject([{ run: "a", reason: "no process executes its run" }])
})

class Bad extends Schema.TaggedError<Bad>()("Bad", {}) {}

interface Holding {
  readonly bed: TestBed
  readonly run: RunHandle<unknown>
  readonly pinnace: Pinnace
}

/** A way to end: what the node that holds the lock does and is given, and what is done to it once it works. */
interface Way {
  readonly body: () => Effect.Effect<unknown, Bad>
  readonly options?: Partial<Parameters<typeof task>[1]>
  readonly timeout?: "1 second"
  readonly act?: (holding: Holding) => unknown
  /** The phase of the holder's run; none when it is gone. */
  readonly phase: string | undefined
}

const second = Effect.sleep("1 second")
const never = () => Effect.never

const ways: Readonly<Record<string, Way>> = {
  "it succeeds": { body: () => second, phase: "Succeeded" },
  "it fails": { body: () => Effect.andThen(second, Effect.fail(new Bad())), phase: "Failed" },
  "it throws": { body: () => Effect.andThen(second, Effect.die(new Error("no"))), phase: "Error" },
  "its attempt takes too long": { body: never, options: { timeout: "1 second" }, phase: "Failed" },
  "its run takes too long": { body: never, timeout: "1 second", phase: "Failed" },
  "its last attempt fails": {
    body: () => Effect.fail(new Bad()),
    options: { retry: { limit: 2, backoff: "1 second" }, hold: "node" },
    phase: "Failed"
  },
  "its output does not fit": { body: () => Effect.as(second, "text"), options: { output: Schema.Int }, phase: "Error" },
  "it is stopped": { body: never, act: ({ run }) => run.stop(), phase: "Failed" },
  "it is terminated": { body: never, act: ({ run }) => run.terminate(), phase: "Failed" },
  "it is deleted": { body: never, act: ({ run }) => run.delete({ force: true }), phase: undefined },
  "its process dies and it may not run twice": {
    body: never,
    options: { onCrash: "fail" },
    act: ({ bed, pinnace }) => bed.crash(pinnace),
    phase: "Error"
  },
  "its exit handler has failed": {
    body: () => second,
    options: { hold: "exit", onExit: () => Promise.reject(new Error("handler")) },
    phase: "Succeeded"
  },
  "it is taken away by hand": {
    body: () => Effect.sleep("1 minute"),
    act: ({ pinnace, run }) => pinnace.breakPermit(run.id, "work"),
    phase: "Succeeded"
  }
}

describe("LK-02 every kind of end frees the lock", () => {
  it.each(Object.keys(ways))("%s: who waits begins at once, and nothing is held after it", async (name) => {
    const { act, body, options, phase, timeout } = ways[name]!
    const bed = new TestBed()
    const log = new Log()
    let begun = 0
    const run = () => Effect.andThen(Effect.sync(() => begun++), body())
    const work = task("work", { errors: [Bad], permits: [lock.take()], ...options, run } as never)
    const ending = workflow(
      "ending",
      timeout === undefined ? {} : { timeout },
      (w) => void w.node("work", work as never)
    )
    const waiting = locked(log, 5)
    const workflows = [ending, waiting] as const
    const [pinnace, other] = [bed.open({ workflows }), bed.open({ workflows })]
    const holder = await bed.settle(pinnace.start(ending as never, undefined as never, { id: "holder" } as never))
    await bed.until(() => begun > 0)
    const waiter = await startWaiting(bed, other, waiting, "waiter")
    void Promise.resolve(act?.({ bed, run: holder, pinnace })).catch(() => {})
    await bed.ended(waiter)
    expect(log.lines).toEqual(["waiter begins", "waiter ends"])
    if (phase === undefined) await bed.until(async () => await other.get("holder") === undefined)
    else expect((await bed.ended((await other.get("holder"))!)).phase).toBe(phase)
    await bed.quiet()
    expect(await other.locks()).toMatchObject(free)
  })
})

test("LK-03 terminate and stop reach who waits for a lock, as a run or as a node, and nothing is handed to it later", async () => {
  const bed = new TestBed()
  const log = new Log()
  const pinnace = bed.open()
  const whole = workflow("whole", { permits: [lock.take()] }, (w) => {
    w.node("work", task("free", { run: () => log.work("whole", 1) }))
  })
  const nested = workflow("nested", {}, (w) => void w.node("inner", locked(log), { permits: [mutex("lock").take()] }))
  const holder = await bed.settle(pinnace.start(locked(log), undefined, { id: "holder" }))
  await bed.until(() => log.begun("holder"))
  const waiting = [
    await bed.settle(pinnace.start(whole)),
    await startWaiting(bed, pinnace, locked(log), "node"),
    await startWaiting(bed, pinnace, nested, "composite")
  ]
  const began = bed.now
  await bed.quiet()
  expect((await pinnace.locks())[0]?.queue).toHaveLength(3)
  await bed.settle(waiting[0]!.terminate())
  await bed.settle(waiting[1]!.stop())
  await bed.settle(waiting[2]!.stop())
  for (const run of waiting) expect(await bed.ended(run)).toMatchObject({ phase: "Failed" })
  expect(await Promise.all(waiting.map(async (run) => (await run.status()).reason))).toEqual([
    "Terminated",
    "Stopped",
    "Stopped"
  ])
  expect(bed.now).toBe(began)
  expect(await pinnace.locks()).toMatchObject([{ held: 1, queue: [] }])
  await bed.ended(holder)
  await bed.until(() => bed.isIdle)
  expect(log.lines).toEqual(["holder begins", "holder ends"])
  expect(await pinnace.locks()).toMatchObject(free)
})

test("LK-04 a composite keeps its mutex across a restart and gives it back at its end", async () => {
  const bed = new TestBed()
  const log = new Log()
  const step = (name: string) => task(name, { run: (_, { run }) => log.work(`${run} ${name}`, 1000) })
  const steps = workflow("steps", {}, (w) => void w.node("two", step("two"), { after: [w.node("one", step("one"))] }))
  const definition = workflow("outer", {}, (w) => void w.node("steps", steps, { permits: [lock.take()] }))
  const before = bed.open({ workflows: [definition] })
  await bed.settle(before.start(definition, undefined, { id: "a" }))
  await bed.until(() => log.begun("a one"))
  await startWaiting(bed, before, definition, "b")
  bed.crash(before)
  log.died()
  const after = bed.open({ workflows: [definition] })
  for (const id of ["a", "b"]) expect((await bed.ended((await after.get(id))!)).phase).toBe("Succeeded")
  expect(log.lines.filter((line) => line.includes("begins"))).toEqual([
    "a one begins",
    "a one begins",
    "a two begins",
    "b one begins",
    "b two begins"
  ])
  expect(log.most).toBe(1)
  expect(await after.locks()).toMatchObject(free)
})

test("LK-06 a limit that is lowered and raised while it is in use, with a restart in between, is kept at every instant", async () => {
  const bed = new TestBed()
  const log = new Log()
  const shared = semaphore("shared", { limit: storedLimit(3) })
  const item = task("item", { permits: [shared.take()], run: () => log.work("item", 1000) })
  const items = Array.from({ length: 13 }, (_, index) => index)
  const definition = workflow("many", {}, (w) => void w.map("m", items, item, () => undefined))
  const before = bed.open({ workflows: [definition] })
  const { id } = await bed.settle(before.start(definition))
  await bed.until(() => log.open === 3)
  await before.setLimit("shared", 1)
  await bed.until(async () => (await before.locks())[0]?.held === 1)
  bed.crash(before)
  log.died()
  log.most = 0
  const after = bed.open({ workflows: [definition] })
  await bed.until(() => log.lines.length >= 12)
  expect(log.most).toBe(1)
  const raised = bed.now
  await after.setLimit("shared", 5)
  await bed.until(() => log.open === 5)
  expect(bed.now - raised).toBeLessThan(1000)
  expect((await bed.ended((await after.get(id))!)).phase).toBe("Succeeded")
  expect(log.most).toBe(5)
  expect(await after.locks()).toMatchObject([{ limit: 5, held: 0, queue: [] }])
})

test("LK-08 a hundred waiters, of which some are terminated, are served one after the other with nothing in between", async () => {
  const bed = new TestBed()
  const log = new Log()
  const random = makeRandom(8)
  const definition = locked(log, 5)
  const pinnace = bed.open({ workflows: [definition] })
  const runs: Array<RunHandle<unknown>> = []
  for (let n = 0; n < 100; n++) runs.push(await bed.settle(pinnace.start(definition, undefined, { id: `r${n}` })))
  const began = bed.now
  for (const run of runs.filter(() => random() < 0.3)) {
    await bed.until(() => log.lines.length > runs.length * random())
    await bed.settle(run.terminate().catch(() => undefined))
  }
  for (const run of runs) await bed.ended(run)
  const served = log.lines.filter((line) => line.endsWith("ends")).length
  expect(served).toBeGreaterThan(50)
  expect(log.most).toBe(1)
  expect(bed.now - began).toBeLessThanOrEqual(5 * log.lines.filter((line) => line.endsWith("begins")).length)
  expect(await pinnace.locks()).toMatchObject(free)
})

test("LK-09 priority first, then arrival, also after a restart in between", async () => {
  const bed = new TestBed()
  const log = new Log()
  const definition = locked(log)
  const before = bed.open({ workflows: [definition] })
  await bed.settle(before.start(definition, undefined, { id: "holder" }))
  await bed.until(() => log.begun("holder"))
  for (const [id, priority] of [["a0", 0], ["b10", 10], ["c0", 0], ["d10", 10]] as const) {
    await startWaiting(bed, before, definition, id, priority)
  }
  bed.crash(before)
  const after = bed.open({ workflows: [definition] })
  await bed.until(() => log.lines.includes("holder ends"))
  await startWaiting(bed, after, definition, "e10", 10)
  for (const id of ["a0", "b10", "c0", "d10", "e10"]) await bed.ended((await after.get(id))!)
  expect(log.lines.filter((line) => line.endsWith("ends"))).toEqual(
    ["holder", "b10", "d10", "e10", "a0", "c0"].map((id) => `${id} ends`)
  )
})

test("LK-13 waiting for a lock does not use up the time of an attempt, but that of the run", async () => {
  const bed = new TestBed()
  const log = new Log()
  const pinnace = bed.open()
  const work = task("work", { permits: [lock.take()], timeout: "3 seconds", run: (_, { run }) => log.work(run, 1000) })
  const patient = workflow("patient", {}, (w) => void w.node("work", work))
  const late = workflow("late", { timeout: "2 seconds" }, (w) => void w.node("work", work))
  await bed.settle(pinnace.start(locked(log), undefined, { id: "holder" }))
  await bed.until(() => log.begun("holder"))
  const began = bed.now
  const hasty = await startWaiting(bed, pinnace, late, "late")
  const other = await startWaiting(bed, pinnace, patient, "patient")
  expect(await bed.ended(hasty)).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(bed.now - began).toBe(2000)
  expect((await pinnace.locks())[0]?.queue).toMatchObject([{ run: "patient" }])
  expect((await bed.ended(other)).phase).toBe("Succeeded")
  expect((await phases(hasty))["work"]).toBe("Failed")
  expect(log.lines).toEqual(["holder begins", "holder ends", "patient begins", "patient ends"])
})

test("LK-13 a run that does not get its own permits within its time ends, and leaves the queue", async () => {
  const bed = new TestBed()
  const log = new Log()
  const pinnace = bed.open()
  const whole = workflow("whole", { permits: [lock.take()], timeout: "2 seconds" }, (w) => {
    w.node("work", task("work", { run: (_, { run }) => log.work(run, 1000) }))
    w.onExit(() => {})
  })
  const long = workflow("long", { permits: [lock.take()] }, (w) => void w.suspend("wait", { duration: "1 hour" }))
  const holder = await bed.settle(pinnace.start(long))
  await bed.until(async () => (await pinnace.locks())[0]?.held === 1)
  const began = bed.now
  const run = await bed.settle(pinnace.start(whole))
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect([bed.now - began, (await pinnace.locks())[0]?.queue, await phases(run)]).toEqual([2000, [], {
    ".onExit": "Succeeded"
  }])
  await bed.settle(holder.terminate())
  await bed.ended(holder)
  expect(log.lines).toEqual([])
})

test("Whose place in the queue is taken away by hand would wait forever, so only holders can be broken", async () => {
  const bed = new TestBed()
  const log = new Log()
  const pinnace = bed.open()
  await bed.settle(pinnace.start(locked(log), undefined, { id: "holder" }))
  await bed.until(() => log.begun("holder"))
  const waiter = await startWaiting(bed, pinnace, locked(log), "waiter")
  expect(await pinnace.breakPermit("waiter", "work")).toBe(false)
  expect(await waiter.logs()).toEqual([])
  expect((await bed.ended(waiter)).phase).toBe("Succeeded")
})

test("A limit is set of semaphores that are known; of another one only when it may be made", async () => {
  await using pinnace = await open(":memory:")
  const known = semaphore("mailer", { limit: storedLimit(1) })
  pinnace.register(workflow("w", {}, (w) => void w.node("a", task("a", { permits: [known.take()], run: () => 1 }))))
  await expect(pinnace.setLimit("mialer", 3)).rejects.toThrow('Did you mean "mailer"')
  await expect(pinnace.setLimit("elsewhere", 3)).rejects.toThrow("{ create: true }")
  expect(await pinnace.locks()).toEqual([])
  await pinnace.setLimit("mailer", 3)
  await pinnace.setLimit("elsewhere", 3, { create: true })
  expect((await pinnace.locks()).map(({ limit, name }) => [name, limit]).sort()).toEqual([["elsewhere", 3], [
    "mailer",
    3
  ]])
})

test("Two workflows of one name with other nodes are refused; the same one again is not", async () => {
  await using pinnace = await open(":memory:")
  const named = (...nodes: ReadonlyArray<string>) =>
    workflow("same", {}, (w) => nodes.forEach((it) => w.node(it, task(it, { run: () => 1 }))))
  pinnace.register(named("a"))
  expect(() => pinnace.register(named("a"))).not.toThrow()
  expect(() => pinnace.register(named("b"))).toThrow('Another workflow is named "same"')
})
