import * as Effect from "effect/Effect"
import Database from "better-sqlite3"
import { existsSync, mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { EngineClosed, flow, type LeftRun, open, type RunHandle, Schema, signal, task, workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"
import { removeTree } from "../removeTree.ts"

const ok = task("ok", { output: Schema.Number, run: () => 1 })

const makePath = () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return join(directory, "state.db")
}

test("Close interrupts bodies, runs their finalizers, ends no run, and gives the runs back", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const body = task("body", {
    run: () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => log.push("released")))
  })
  const one = workflow("one", {}, (w) => {
    w.node("body", body, { onExit: () => void log.push("exit") })
    w.onExit(() => void log.push("exit"))
  })
  const pinnace = bed.open({ workflows: [one] })
  const run = await bed.settle(pinnace.start(one))
  await bed.until(async () => (await phases(run))["body"] === "Running")
  await bed.quiet()
  await bed.settle(pinnace.close())
  expect(log).toEqual(["released"])
  const seen = (await bed.open().get(run.id))!
  expect(bed.rowOf(seen)).toMatchObject({ phase: "Running", owner: null })
  expect(await phases(seen)).toEqual({ body: "Running" })
})

test("Runs that were open at close go on at the next open, from where they were", async () => {
  const bed = new TestBed()
  let calls = 0
  const first = task("first", { output: Schema.Number, run: () => ++calls })
  const slow = task("slow", {
    input: Schema.Number,
    output: Schema.Number,
    run: (n) => Effect.as(Effect.sleep("1 hour"), n)
  })
  const one = workflow("one", {}, (w) => w.node("slow", slow, { input: w.node("first", first) }))
  const pinnace = bed.open({ workflows: [one] })
  const run = await bed.settle(pinnace.start(one))
  await bed.until(async () => (await phases(run))["slow"] === "Running")
  await bed.settle(pinnace.close())
  const again = (await bed.open({ workflows: [one] }).get(run.id))!
  await bed.ended(again)
  expect(await bed.settle(again.result())).toBe(1)
  expect(calls).toBe(1)
  expect(await nodeOf(again, "slow")).toMatchObject({ attempt: 1, reruns: 0 })
})

test("A body that ignores its signal delays close by limits.abortGrace at most", async () => {
  const bed = new TestBed()
  const deaf = task("deaf", { run: () => new Promise<void>(() => {}) })
  const pinnace = bed.open({ limits: { abortGrace: 3_000 } })
  const run = await bed.settle(pinnace.start(workflow("deaf", {}, (w) => void w.node("deaf", deaf))))
  await bed.until(async () => (await phases(run))["deaf"] === "Running")
  await bed.quiet()
  const begin = bed.now
  await bed.settle(pinnace.close())
  expect(bed.now - begin).toBe(3_000)
})

test("An Effect body that cannot be interrupted delays close by limits.abortGrace at most", async () => {
  const bed = new TestBed()
  const stubborn = task("stubborn", { run: () => Effect.uninterruptible(Effect.sleep("1 day")) })
  const pinnace = bed.open({ limits: { abortGrace: 3_000 } })
  const run = await bed.settle(pinnace.start(workflow("stubborn", {}, (w) => void w.node("stubborn", stubborn))))
  await bed.until(async () => (await phases(run))["stubborn"] === "Running")
  await bed.quiet()
  const begin = bed.now
  await bed.settle(pinnace.close())
  expect(bed.now - begin).toBe(3_000)
})

test("Close twice, and at once, is the same as once; afterwards everything is refused as closed", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const { run } = await bed.play(workflow("one", {}, (w) => w.node("ok", ok)), undefined, pinnace)
  await bed.settle(Promise.all([pinnace.close(), pinnace.close()]))
  await bed.settle(pinnace.close())
  expect(await bed.rejection(pinnace.start(workflow("two", {}, (w) => w.node("ok", ok))))).toBeInstanceOf(EngineClosed)
  expect(await bed.rejection(run.result())).toBeInstanceOf(EngineClosed)
})

test("The second close does not return before the first has finished", async () => {
  const bed = new TestBed()
  let released = false
  const body = task("body", {
    run: () =>
      Effect.onInterrupt(
        Effect.never,
        () => Effect.andThen(Effect.sleep("1 second"), Effect.sync(() => void (released = true)))
      )
  })
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(workflow("one", {}, (w) => void w.node("body", body))))
  await bed.until(async () => (await phases(run))["body"] === "Running")
  await bed.quiet()
  void pinnace.close()
  await bed.settle(pinnace.close())
  expect(released).toBe(true)
})

test("Close with drain lets live runs end first; nothing new is started meanwhile", async () => {
  const bed = new TestBed()
  const slow = task("slow", { output: Schema.Number, run: () => Effect.as(Effect.sleep("1 minute"), 5) })
  const one = workflow("slow", {}, (w) => w.node("slow", slow))
  const pinnace = bed.open({ workflows: [one] })
  const run = await bed.settle(pinnace.start(one))
  await bed.until(async () => (await phases(run))["slow"] === "Running")
  const closing = pinnace.close({ drain: "1 hour" })
  expect(await bed.rejection(pinnace.start(one))).toBeInstanceOf(EngineClosed)
  expect(await bed.settle(run.result())).toBe(5)
  await bed.settle(closing)
  expect((await (await bed.open({ workflows: [one] }).get(run.id))!.status()).phase).toBe("Succeeded")
})

test("Whoever waits for a run that ends while its engine drains is told, however storage and fibers take turns", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const bed = new TestBed(seed)
    const slow = task("slow", { output: Schema.Number, run: () => Effect.as(Effect.sleep("1 minute"), 5) })
    const pinnace = bed.open()
    const run = await bed.settle(pinnace.start(workflow("slow", {}, (w) => w.node("slow", slow))))
    const waiting = Promise.all([run.result(), run.ending(), run.outcome()])
    await bed.until(async () => (await phases(run))["slow"] === "Running")
    const closing = pinnace.close({ drain: "1 hour" })
    const [result, ending, outcome] = await bed.settle(waiting)
    expect([result, ending.phase, outcome.phase], `seed ${seed}`).toEqual([5, "Succeeded", "Succeeded"])
    await bed.settle(closing)
  }
})

test("What has not ended when the drain is over is interrupted, and goes on at the next open", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const slow = task("slow", { output: Schema.Number, run: () => Effect.as(Effect.sleep("1 hour"), 5) })
  const one = workflow("slow", {}, (w) => w.node("slow", slow))
  const pinnace = bed.open({ workflows: [one] })
  const run = await bed.settle(pinnace.start(one))
  await bed.until(async () => (await phases(run))["slow"] === "Running")
  await bed.settle(pinnace.close({ drain: "1 minute" }))
  expect(bed.now - begin).toBe(60_000)
  const again = (await bed.open({ workflows: [one] }).get(run.id))!
  expect(await phases(again)).toEqual({ slow: "Running" })
  expect((await bed.ended(again)).phase).toBe("Succeeded")
})

test("A drain ends once all that is open waits for what does not come by itself, and tells what is left", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const short = task("short", { run: () => Effect.sleep("10 seconds") })
  const asks = workflow(
    "asks",
    {},
    (w) => w.suspend(signal("approval", Schema.Boolean), { after: [w.node("short", short)] })
  )
  const waits = workflow("waits", {}, (w) => w.suspend("pause", { duration: "1 day" }))
  const flows = flow("flows", {}, (_, f) => f.receive(signal("go")))
  const all = [asks, waits, flows]
  const pinnace = bed.open({ workflows: all })
  const runs: ReadonlyArray<RunHandle> = await bed.settle(
    Promise.all([pinnace.start(asks), pinnace.start(waits), pinnace.start(flows)])
  )
  await bed.until(async () => (await phases(runs[0]!))["short"] === "Running")
  const told: Array<ReadonlyArray<LeftRun>> = []
  await bed.settle(pinnace.close({ drain: "1 hour", onLeft: (left) => void told.push(left) }))
  // Not at once: the body ends first.
  expect(bed.now - begin).toBe(10_000)
  expect(told).toEqual([runs.map(({ id }, at) => ({ run: id, workflow: all[at]!.name, wasAtWork: false }))])
  const again = (await bed.open({ workflows: all }).get(runs[0]!.id))!
  await bed.settle(again.signal("approval", true))
  expect((await bed.ended(again)).phase).toBe("Succeeded")
})

test("A drain does not wait for runs whose turn does not come until then, behind others or at an instant", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const go = signal("go", Schema.Boolean)
  const queued = workflow("queued", { start: { singleton: { taken: "queue" } } }, (w) => w.suspend(go))
  const later = workflow("later", { start: { debounce: { wait: "1 day" } } }, (w) => w.suspend(go))
  const soon = workflow("soon", { start: { debounce: { wait: "1 minute" } } }, (w) => w.suspend(go))
  const pinnace = bed.open({ workflows: [queued, later, soon] })
  const runs: Array<RunHandle> = []
  for (const it of [queued, queued, later, soon]) runs.push(await bed.settle(pinnace.start(it)))
  await bed.until(async () => (await runs[0]!.status()).phase === "Running")
  const told: Array<LeftRun> = []
  await bed.settle(pinnace.close({ drain: "1 hour", onLeft: (left) => void told.push(...left) }))
  expect(bed.now - begin).toBe(60_000)
  expect(told.map(({ run, wasAtWork }) => [run, wasAtWork])).toEqual(runs.map(({ id }) => [id, false]))
})

test("A drain waits for what is at work, or goes on by itself before its end, and tells what it cut off", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const pauses = workflow("pauses", {}, (w) => w.suspend("pause", { duration: "1 minute" }))
  const works = workflow("works", {}, (w) => w.node("works", task("works", { run: () => Effect.sleep("1 day") })))
  const pinnace = bed.open()
  const paused = await bed.settle(pinnace.start(pauses))
  const worked = await bed.settle(pinnace.start(works))
  await bed.until(async () => (await phases(worked))["works"] === "Running")
  const told: Array<LeftRun> = []
  await bed.settle(pinnace.close({ drain: "1 hour", onLeft: (left) => void told.push(...left) }))
  expect(bed.now - begin).toBe(3_600_000)
  expect(told).toEqual([{ run: worked.id, workflow: "works", wasAtWork: true }])
  expect((await (await bed.open().get(paused.id))!.status()).phase).toBe("Succeeded")
})

test("A closed file is whole: nothing is left beside it, and its integrity is checked", async () => {
  const path = makePath()
  const pinnace = await open(path)
  const hang = task("hang", {
    run: (_: void, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))))
  })
  const both = workflow("both", {}, (w) => {
    w.node("ok", ok)
    w.node("hang", hang)
  })
  const run = await pinnace.start(both)
  for await (const { event } of run.events()) if (event.type === "NodeFinished") break
  await pinnace.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
  const db = new Database(path, { readonly: true })
  onTestFinished(() => void db.close())
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok")
})

test("An `await using` block closes at its end", async () => {
  const path = makePath()
  let kept
  {
    await using pinnace = await open(path)
    kept = pinnace
    await pinnace.run(workflow("one", {}, (w) => w.node("ok", ok)))
  }
  await expect(kept.start(workflow("one", {}, (w) => w.node("ok", ok)))).rejects.toBeInstanceOf(EngineClosed)
})

test("What a start answered is in the file, even when close comes at once", async () => {
  const path = makePath()
  const pinnace = await open(path)
  const one = workflow("one", {}, (w) => w.node("ok", ok))
  const run = await pinnace.start(one)
  await pinnace.close()
  const again = await open(path, { workflows: [one] })
  onTestFinished(() => again.close())
  expect(await (await again.get(run.id))!.result()).toBe(1)
})
