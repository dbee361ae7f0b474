import * as Effect from "effect/Effect"
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { open, Schema, task, workflow } from "../../mod.ts"
import type { OpenOptions } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"
import { removeTree } from "../removeTree.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", { n: Schema.Number }) {}

const never = task("never", { run: () => Effect.never })
const ok = task("ok", { run: () => 1 })
const stuck = workflow("stuck", {}, (w) => {
  const a = w.node("a", never)
  w.node("b", ok, { after: [a] })
  w.onExit(() => {})
})
const asking = workflow("asking", {}, (w) => w.suspend("ask", { output: Schema.Number }))

/** A run of `stuck` in a process of its own, and a second process that knows nothing of it. */
const two = async () => {
  const bed = new TestBed()
  const owner = bed.open()
  const run = await bed.settle(owner.start(stuck))
  await bed.until(async () => (await phases(run))["a"] === "Running")
  await bed.quiet()
  const other = bed.open()
  return { bed, owner, run, other, seen: (await other.get(run.id))! }
}

test("Another process sees the run, its nodes, its log and why it waits", async () => {
  const { other, run, seen } = await two()
  expect((await other.list()).map(({ id }) => id)).toEqual([run.id])
  expect(await seen.status()).toEqual(await run.status())
  expect(await phases(seen)).toEqual({ a: "Running" })
  expect(await seen.why("a")).toEqual([{ path: "a", kind: "running", because: "it is running (attempt 1)" }])
})

test("Stop from another process runs the exit handlers where the run is, and is answered there", async () => {
  const { bed, run, seen } = await two()
  expect(await bed.settle(seen.stop("from afar"))).toEqual({
    ok: true,
    message: `Run ${run.id} is stopping; its exit handlers run`
  })
  expect((await bed.settle(seen.ending())).reason).toBe("Stopped")
  await bed.ended(run)
  expect(await phases(seen)).toMatchObject({ a: "Failed", ".onExit": "Succeeded" })
})

test("All commands reach a run of another process, and refusals come back", async () => {
  const { bed, run, seen } = await two()
  expect((await bed.settle(seen.suspend())).message).toContain("is suspended")
  expect((await bed.settle(seen.suspend())).message).toContain("already suspended")
  expect((await bed.settle(seen.resume())).message).toContain("goes on")
  expect((await bed.rejection(seen.resume())).message).toBe(`Cannot resume run ${run.id}: it is not suspended`)
  expect((await bed.rejection(seen.signal("a", 1))).message).toContain('node "a" is not waiting for a signal')
  expect((await bed.rejection(seen.retry())).message).toMatch(/not registered|it is Running/)
  expect((await bed.settle(seen.terminate())).message).toMatch(/is terminating|has ended \(Failed\)/)
  await bed.ended(run)
})

test("A signal from another process is checked by the owner and wakes the node", async () => {
  const bed = new TestBed()
  const owner = bed.open()
  const run = await bed.settle(owner.start(asking))
  await bed.until(async () => (await run.nodes())[0]?.waiting === "Signal")
  const seen = (await bed.open().get(run.id))!
  expect((await bed.rejection(seen.signal("ask", "four"))).message).toContain("does not match its schema")
  await bed.settle(seen.signal("ask", 4))
  await bed.ended(run)
  expect(await bed.settle(seen.result())).toBe(4)
})

test("Another process follows events live, in order, to the end, and gets the result with its types", async () => {
  const bed = new TestBed()
  const failing = workflow("failing", {}, (w) => {
    const nap = w.node("nap", task("nap", { run: () => Effect.sleep("1 minute") }))
    return w.node("bad", task("bad", { errors: [Bad], run: () => Effect.fail(new Bad({ n: 3 })) }), { after: [nap] })
  })
  const run = await bed.settle(bed.open().start(failing))
  await bed.until(async () => (await phases(run))["nap"] === "Running")
  const other = bed.open({ workflows: [failing] })
  const types: Array<string> = []
  const following = (async () => {
    for await (const { event, seq } of (await other.get(run.id))!.events()) types.push(`${seq} ${event.type}`)
  })()
  const error = await bed.rejection((await other.get(run.id))!.result())
  await bed.settle(following)
  expect(error).toBeInstanceOf(Bad)
  expect(types).toEqual(bed.events(run).map(({ type }, index) => `${index + 1} ${type}`))
  expect(types.at(-1)).toContain("RunFinished")
})

test("Following events alone is enough to hear of another process's run, live", async () => {
  const { bed, run, seen } = await two()
  const types: Array<string> = []
  const following = (async () => {
    for await (const { event } of seen.events()) types.push(event.type)
  })()
  await bed.until(() => types.includes("NodeStarted"))
  await bed.settle(run.suspend())
  await bed.until(() => types.includes("RunSuspended"))
  await bed.settle(run.terminate())
  await bed.settle(following)
  expect(types.at(-1)).toBe("RunFinished")
})

test("When the owner dies, a process that knows the workflow goes on with its runs by itself", async () => {
  const bed = new TestBed()
  let calls = 0
  const one = workflow(
    "one",
    {},
    (w) =>
      void w.node("a", task("a", { run: () => Effect.andThen(Effect.sync(() => ++calls), Effect.sleep("1 minute")) }))
  )
  const owner = bed.open({ workflows: [one] })
  const { id } = await bed.settle(owner.start(one))
  const other = bed.open({ workflows: [one] })
  await bed.until(() => calls === 1)
  await bed.quiet()
  expect(calls).toBe(1)
  bed.crash(owner)
  const run = (await other.get(id))!
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(calls).toBe(2)
})

test("A command that is waiting for an owner that dies is carried out by who takes over", async () => {
  const bed = new TestBed()
  const owner = bed.open({ workflows: [stuck] })
  const { id } = await bed.settle(owner.start(stuck))
  await bed.until(async () => (await phases((await owner.get(id))!))["a"] === "Running")
  await bed.quiet()
  const other = bed.open({ workflows: [stuck] })
  const stopping = (await other.get(id))!.stop()
  bed.crash(owner)
  expect(await bed.settle(stopping)).toMatchObject({ ok: true })
  expect((await bed.ended((await other.get(id))!)).reason).toBe("Stopped")
})

const stubborn = workflow("stubborn", {}, (w) => {
  w.node("a", task("a", { run: () => Effect.uninterruptible(Effect.sleep("1 hour")) }))
})

/** What a second terminate is told of a run whose owner dies while it terminates it. */
const terminatedAgain = async (seed: number): Promise<string> => {
  const bed = new TestBed(seed)
  const [owner, other] = [bed.open({ workflows: [stubborn] }), bed.open({ workflows: [stubborn] })]
  const run = await bed.settle(owner.start(stubborn))
  await bed.until(async () => (await phases(run))["a"] === "Running")
  void (await owner.get(run.id))!.terminate()
  await bed.until(async () => (await run.status()).stopping === "terminate" || (await run.status()).phase === "Failed")
  bed.fence(owner)
  const seen = (await other.get(run.id))!
  const told = await bed.settle(seen.terminate().then(({ ok }) => String(ok), (error: Error) => error.message))
  expect((await bed.ended(seen)).reason, `seed ${seed}`).toBe("Terminated")
  expect(other.engine.lost, `seed ${seed}`).toBeUndefined()
  await expect(bed.settle(seen.terminate())).rejects.toThrow("it has ended (Failed)")
  return told.replace(seen.id, "RUN")
}

test("Whoever comes upon a run that its dead owner was terminating ends it once, and the next command finds it ended", async () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1)
  const told = new Set(await Promise.all(seeds.map(terminatedAgain)))
  // The command arrives before the end that it asks for, or after it.
  expect(told).toEqual(new Set(["true", "Cannot terminate run RUN: it has ended (Failed)"]))
})

test("An orphaned run whose definition is unknown here keeps a stop for the process that knows it, which runs the handlers", async () => {
  const { bed, owner, seen } = await two()
  bed.crash(owner)
  expect(await seen.why()).toEqual([{
    path: "",
    kind: "unowned",
    because: expect.stringContaining("no process executes it")
  }])
  expect((await bed.settle(seen.stop())).message).toContain('when a process that registers "stuck" opens the file')
  expect(await seen.status()).toMatchObject({ phase: "Running", stopping: "stop" })
  const run = (await bed.open({ workflows: [stuck] }).get(seen.id))!
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(await phases(run)).toMatchObject({ a: "Failed", ".onExit": "Succeeded" })
})

test("An orphaned run whose definition is unknown here is ended by terminate, and says that its handlers could not run", async () => {
  const { bed, owner, seen } = await two()
  bed.crash(owner)
  expect((await bed.settle(seen.terminate())).message).toContain("without its exit handlers")
  expect(await bed.ended(seen)).toMatchObject({ phase: "Failed", reason: "Terminated" })
  expect(await phases(seen)).toEqual({ a: "Failed" })
})

test("An orphaned run whose definition is unknown here is suspended, resumed, signalled and deleted in the record", async () => {
  const bed = new TestBed()
  const owner = bed.open()
  const { id } = await bed.settle(owner.start(asking))
  await bed.until(async () => (await (await owner.get(id))!.nodes())[0]?.waiting === "Signal")
  bed.crash(owner)
  const stranger = (await bed.open().get(id))!
  await bed.settle(stranger.suspend())
  expect(bed.rowOf(stranger)).toMatchObject({ suspended: true, owner: null })
  await bed.settle(stranger.resume())
  await bed.settle(stranger.signal("ask", 4))
  const run = (await bed.open({ workflows: [asking] }).get(id))!
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(4)
  const other = await bed.settle(bed.open().start(stuck))
  await bed.settle(other.delete({ force: true }))
})

test("A value that was recorded for a waiting node without its definition, and does not fit it, ends the node in Error", async () => {
  const bed = new TestBed()
  const owner = bed.open()
  const { id } = await bed.settle(owner.start(asking))
  await bed.until(async () => (await (await owner.get(id))!.nodes())[0]?.waiting === "Signal")
  bed.crash(owner)
  await bed.settle((await bed.open().get(id))!.signal("ask", "four"))
  const run = (await bed.open({ workflows: [asking] }).get(id))!
  expect((await bed.ended(run)).phase).toBe("Error")
  expect((await nodeOf(run, "ask")).reason).toBe("BadOutput")
})

test("A process that was declared dead while it still runs loses its runs and records nothing more; its callers hear it", async () => {
  const bed = new TestBed()
  const owner = bed.open({ workflows: [stuck] })
  const run = await bed.settle(owner.start(stuck))
  await bed.until(async () => (await phases(run))["a"] === "Running")
  await bed.quiet()
  bed.fence(owner)
  const other = bed.open({ workflows: [stuck] })
  await bed.settle((await other.get(run.id))!.stop())
  expect((await bed.ended((await other.get(run.id))!)).reason).toBe("Stopped")
  const heard = await bed.rejection(owner.start(stuck))
  expect(heard).toMatchObject({ _tag: "JournalError", reason: "Fenced" })
})

const openFile = (path: string, options: OpenOptions = {}) => {
  const opened = open(path, options)
  onTestFinished(async () => (await opened).close())
  return opened
}

test("Two engines on one file: started in one, watched and stopped in the other", async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  const path = join(directory, "state.db")
  const first = await openFile(path)
  const run = await first.start(stuck)
  const second = await openFile(path, { workflows: [stuck] })
  const seen = (await second.get(run.id))!
  const types: Array<string> = []
  for await (const { event } of seen.events()) {
    types.push(event.type)
    if (event.type === "NodeStarted" && event.path === "a") await seen.stop()
  }
  expect(types.at(-1)).toBe("RunFinished")
  await expect(seen.result()).rejects.toMatchObject({ _tag: "RunFailed", reason: "Stopped" })
  expect(await run.ending()).toEqual(await seen.ending())
})

test("A run that is left is executed by whoever knows its workflow, now or later, and never by who left it", async () => {
  const bed = new TestBed()
  const other = bed.open()
  const leaving = workflow("leaving", {}, (w) => w.node("a", ok))
  const early = await bed.settle(other.start(leaving, undefined, { leave: true, id: "early" }))
  await bed.quiet()
  expect([(await early.status()).phase, (await early.status()).owner]).toEqual(["Pending", undefined])
  const app = bed.open().register(leaving)
  await bed.until(async () => (await early.status()).phase === "Succeeded")
  const late = await bed.settle(other.start(leaving, undefined, { leave: true }))
  await bed.until(async () => (await late.status()).phase === "Succeeded")
  expect([...other.engine.live.keys()]).toEqual([])
  expect((await app.list()).map(({ id }) => id)).toEqual([late.id, "early"])
})

test("A command to whoever took a run over does not overtake what was sent to its owner before", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const bed = new TestBed(seed)
    bed.answerSlowly()
    const wait = task("wait", { run: () => Effect.sleep("1 minute") })
    const flow = workflow("flow", {}, (w) => w.node("wait", wait))
    const owner = bed.open({ workflows: [flow] })
    const [asker, heir] = [bed.open(), bed.open()]
    const run = await bed.settle(owner.start(flow))
    await bed.until(() => bed.disk.nodes.get(bed.rowOf(run).key)?.get("wait")?.phase === "Running")
    const suspended = (await bed.settle(asker.get(run.id)))!.suspend()
    await bed.until(() => bed.disk.commands.size > 0)
    bed.crash(owner)
    heir.register(flow)
    const taken = (await bed.settle(heir.get(run.id)))!
    await bed.until(() => heir.engine.live.size > 0)
    await bed.settle(taken.resume())
    await bed.settle(suspended.catch(() => {}))
    expect(bed.rowOf(run).suspended, `seed ${seed}`).toBe(false)
    expect(bed.events(run, "RunSuspended", "RunResumed").map(({ type }) => type)).toEqual([
      "RunSuspended",
      "RunResumed"
    ])
  }
})
