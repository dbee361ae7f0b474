/**
 * Manual retry of runs with retried nodes, hooks and handlers (scenarios i-1 to i-6 of Argo's issue 13003, translated).
 */
import { answersOf } from "../journal/answers.ts"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { remote } from "../../src/engine/control/remote.ts"
import { Gates } from "./Gates.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const ok = task("ok", { run: () => 1 })

test("i-1 A retried node that failed runs again with its whole budget, and what was omitted behind it runs", async () => {
  const gates = new Gates()
  const one = workflow("i-1", {}, (w) => {
    const a = w.node("A", gates.task(true), { input: "a" })
    w.node("B", ok, { after: [a] })
  })
  const { bed, ending, run } = await new TestBed().play(one)
  expect(ending.phase).toBe("Failed")
  expect(await phases(run)).toEqual({ A: "Failed", B: "Omitted" })
  expect((await nodeOf(run, "A")).attempt).toBe(2)
  gates.open("a")
  await bed.settle(run.retry())
  expect(await bed.ended(run)).toMatchObject({ phase: "Succeeded" })
  expect(await phases(run)).toEqual({ A: "Succeeded", B: "Succeeded" })
  expect(await nodeOf(run, "A")).toMatchObject({ attempt: 1 })
  expect(gates.runs("a")).toEqual([3])
})

test("i-1 The budget is restarted: a gate that stays shut is tried twice more", async () => {
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(
    workflow("i-1", {}, (w) => void w.node("A", gates.task(true), { input: "a" }))
  )
  await bed.settle(run.retry())
  await bed.ended(run)
  expect(gates.runs("a")).toEqual([4])
  expect(bed.rowOf(run)).toMatchObject({ phase: "Failed", epoch: 2 })
})

test("i-2 A failure that a dependant took up stays, and so does that dependant", async () => {
  const gates = new Gates()
  const one = workflow("i-2", {}, (w) => {
    const a = w.node("A", gates.task(true), { input: "a" })
    const b = w.node("B", ok, { depends: a.failed })
    w.node("C", gates.task(), { input: "c", after: [b] })
  })
  const { bed, run } = await new TestBed().play(one)
  expect(await phases(run)).toEqual({ A: "Failed", B: "Succeeded", C: "Failed" })
  const before = [await nodeOf(run, "A"), await nodeOf(run, "B")]
  gates.open("a", "c")
  bed.elapse(1_000)
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect([await nodeOf(run, "A"), await nodeOf(run, "B")]).toEqual(before)
  expect(gates.runs("a", "c")).toEqual([2, 2])
})

test("i-3 A failed node runs again although its hook and its exit handler succeeded, and both run anew", async () => {
  const gates = new Gates()
  const log: Array<string> = []
  const one = workflow("i-3", {}, (w) => {
    const a = w.node("A", gates.task(true), {
      input: "a",
      onExit: ({ outcome }) => void log.push(`exit ${outcome.phase}`),
      hooks: { started: () => void log.push("started") }
    })
    w.node("B", ok, { after: [a] })
  })
  const { bed, run } = await new TestBed().play(one)
  expect(await phases(run)).toEqual({
    A: "Failed",
    "A.onExit": "Succeeded",
    "A.hooks.started": "Succeeded",
    B: "Omitted"
  })
  gates.open("a")
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(log.slice(0, 2).sort()).toEqual(["exit Failed", "started"])
  expect(log.slice(2).sort()).toEqual(["exit Succeeded", "started"])
  expect(await phases(run)).toEqual({
    A: "Succeeded",
    "A.onExit": "Succeeded",
    "A.hooks.started": "Succeeded",
    B: "Succeeded"
  })
})

test("i-4 Only the failed items of a map run again; a second retry at once is refused", async () => {
  const gates = new Gates()
  gates.open("u", "b")
  const one = workflow("i-4", {}, (w) => {
    const u = w.node("U", gates.task(true), { input: "u" })
    w.map("L", ["a", "b"], gates.task(true), (gate) => gate, { after: [u], key: (gate) => gate })
  })
  const { bed, run } = await new TestBed().play(one)
  expect(await phases(run)).toEqual({ U: "Succeeded", L: "Failed", "L[a]": "Failed", "L[b]": "Succeeded" })
  const kept = [await nodeOf(run, "U"), await nodeOf(run, "L[b]")]
  gates.open("a")
  bed.elapse(1_000)
  await bed.settle(run.retry())
  expect(await bed.rejection(run.retry())).toMatchObject({
    _tag: "Refused",
    message: `Cannot retry run ${run.id}: it is Running`
  })
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect([await nodeOf(run, "U"), await nodeOf(run, "L[b]")]).toEqual(kept)
  expect(gates.runs("u", "b", "a")).toEqual([1, 1, 3])
  expect(await nodeOf(run, "L[a]")).toMatchObject({ phase: "Succeeded", attempt: 1 })
})

test("i-5 A nested workflow with attempts resumes its last attempt: what succeeded in it is kept, earlier attempts are history", async () => {
  const gates = new Gates()
  gates.open("x")
  const exits: Array<string> = []
  const sub = workflow("sub", { retry: { limit: 1 } }, (w) => {
    const x = w.node("x", gates.task(), { input: "x" })
    w.node("y", gates.task(), { input: "y", after: [x] })
  })
  const one = workflow("i-5", {}, (w) => {
    w.node("T", ok, { after: [w.node("S", sub)] })
    w.onExit(({ outcome }) => void exits.push(outcome.phase))
  })
  const { bed, run } = await new TestBed().play(one)
  const first = { "S/x": "Succeeded", "S/y": "Failed", "S#2/x": "Succeeded" }
  expect(await phases(run)).toEqual({ S: "Failed", ...first, "S#2/y": "Failed", T: "Omitted", ".onExit": "Succeeded" })
  gates.open("y")
  const plans = new Set<string>()
  for (let time = 0; time < 100; time++) plans.add(JSON.stringify(await bed.settle(run.planRetry())))
  expect(plans.size).toBe(1)
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await phases(run)).toEqual({
    S: "Succeeded",
    ...first,
    "S#2/y": "Succeeded",
    T: "Succeeded",
    ".onExit": "Succeeded"
  })
  expect(gates.runs("x", "y")).toEqual([2, 3])
  expect(exits).toEqual(["Failed", "Succeeded"])
})

const listed = (gates: Gates) =>
  workflow("i-6", { input: { l: Schema.Array(Schema.String) } }, (w) => {
    const p = w.map("P", w.input.l, task("item", { input: Schema.String, run: (text) => text }), (text) => text, {
      key: (text) => text
    })
    w.node("Q", gates.task(), { input: "q", after: [p] })
    return p
  })

test("i-6 A retry with another input runs all that reads it again, without stale items", async () => {
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(listed(gates), { l: ["1", "2"] })
  gates.open("q")
  await bed.settle(run.retry({ input: { l: ["1", "3", "4"] } }))
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await bed.settle(run.result())).toEqual(["1", "3", "4"])
  expect(await phases(run)).toMatchObject({
    P: "Succeeded",
    "P[1]": "Succeeded",
    "P[3]": "Succeeded",
    "P[4]": "Succeeded",
    Q: "Succeeded"
  })
  expect((await phases(run))["P[2]"]).toBe("Omitted")
})

test("i-6 A plain retry leaves the map untouched", async () => {
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(listed(gates), { l: ["1", "2"] })
  const kept = (await run.nodes()).filter(({ path }) => path.startsWith("P"))
  gates.open("q")
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect((await run.nodes()).filter(({ path }) => path.startsWith("P"))).toEqual(kept)
})

test("i-6 A stop during a retry ends the run Failed with no open node", async () => {
  const gates = new Gates()
  const slow = task("slow", {
    input: Schema.String,
    run: (_, { run }) => run === "" ? Effect.void : Effect.sleep("1 hour")
  })
  const one = workflow("i-6", {}, (w) => {
    const a = w.node("a", gates.task(), { input: "a" })
    w.node("b", slow, { input: a })
  })
  const { bed, run } = await new TestBed().play(one)
  gates.open("a")
  await bed.settle(run.retry())
  await bed.until(async () => (await phases(run))["b"] === "Running")
  await bed.settle(run.stop())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(await phases(run)).toEqual({ a: "Succeeded", b: "Failed" })
})

test("MR-01 The plan of a retry is the failed node, the composites around it and what comes after it, each with a reason", async () => {
  const gates = new Gates()
  gates.open("top", "left", "bottom")
  const sub = workflow("sub", {}, (w) => {
    const top = w.node("top", gates.task(), { input: "top" })
    const left = w.node("left", gates.task(), { input: "left", after: [top] })
    const right = w.node("right", gates.task(), { input: "right", after: [top] })
    w.node("bottom", gates.task(), { input: "bottom", after: [left, right] })
  })
  const one = workflow("diamond", {}, (w) => {
    const a = w.node("a", ok)
    const s = w.node("sub", sub, { after: [a] })
    w.node("z", ok, { after: [s] })
  })
  const { bed, run } = await new TestBed().play(one)
  const plan = await bed.settle(run.planRetry())
  expect(plan.reset.map(({ path }) => path)).toEqual(["sub", "sub/bottom", "sub/right", "z"])
  expect(plan.keep).toBe(3)
  expect(plan.reset.every(({ why }) => why.length > 5)).toBe(true)
  const before = bed.events(run).length
  expect((await run.status()).phase).toBe("Failed")
  gates.open("right")
  expect(await bed.settle(run.retry())).toEqual(plan)
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(bed.events(run, "RunRetried")).toMatchObject([{ epoch: 2, reset: ["sub", "sub/bottom", "sub/right", "z"] }])
  expect(bed.events(run).slice(0, before)).toHaveLength(before)
  expect(gates.runs("top", "left", "right", "bottom")).toEqual([1, 1, 2, 1])
})

for (const verb of ["stop", "terminate"] as const) {
  test(`MR-03 A run that was ended by ${verb} in step 2 of 3 goes on from there: the intent does not stay`, async () => {
    const bed = new TestBed()
    const calls: Array<string> = []
    let patient = false
    const step = task("step", {
      input: Schema.String,
      run: (name) =>
        Effect.andThen(
          Effect.sync(() => void calls.push(name)),
          name === "two" && !patient ? Effect.never : Effect.void
        )
    })
    const one = workflow("steps", {}, (w) => {
      const first = w.node("one", step, { input: "one" })
      const second = w.node("two", step, { input: "two", after: [first] })
      w.node("three", step, { input: "three", after: [second] })
    })
    const run = await bed.settle(bed.open().start(one))
    await bed.until(() => calls.length === 2)
    await bed.settle(run[verb]())
    await bed.ended(run)
    patient = true
    await bed.settle(run.retry())
    expect((await bed.ended(run)).phase).toBe("Succeeded")
    expect(calls).toEqual(["one", "two", "two", "three"])
    expect(bed.rowOf(run)).toMatchObject({ stopping: null, reason: null, message: null })
  })
}

test("MR-03 A run in Error is retried too", async () => {
  let broken = true
  const body = task("body", { run: () => broken ? Effect.die(new Error("broken")) : Effect.succeed(1) })
  const { bed, ending, run } = await new TestBed().play(workflow("w", {}, (w) => w.node("body", body)))
  expect(ending.phase).toBe("Error")
  broken = false
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await bed.settle(run.result())).toBe(1)
})

test("MR-05 The run's exit handler and hooks run again in each epoch, and the new phase counts", async () => {
  const gates = new Gates()
  const log: Array<string> = []
  const one = workflow("w", {}, (w) => {
    w.node("a", gates.task(), { input: "a" })
    w.onExit(({ outcome }) => void log.push(`exit ${outcome.phase}`))
    w.on("failed", () => void log.push("failed"))
    w.on("succeeded", () => void log.push("succeeded"))
  })
  const { bed, run } = await new TestBed().play(one)
  gates.open("a")
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(log.sort()).toEqual(["exit Failed", "exit Succeeded", "failed", "succeeded"])
  expect((await phases(run))[".hooks.failed"]).toBe("Omitted")
})

test("MR-05 A run that failed by its exit handler alone runs only the handler again", async () => {
  let broken = true
  let calls = 0
  const counted = task("counted", { run: () => ++calls })
  const one = workflow("w", {}, (w) => {
    w.node("a", counted)
    w.onExit(() => broken ? Effect.die(new Error("no")) : Effect.void)
  })
  const { bed, ending, run } = await new TestBed().play(one)
  expect(ending).toMatchObject({ phase: "Failed", reason: "ExitHandlerFailed" })
  broken = false
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(calls).toBe(1)
})

test("A command that came too late for the last epoch, and that nobody waits for any more, is not acted on in the next", async () => {
  const gates = new Gates()
  const one = workflow("w", {}, (w) => void w.node("a", gates.task(), { input: "a" }))
  const { bed, run } = await new TestBed().play(one)
  const journal = bed.open({ workflows: [one] }).engine.host.journal
  const { key } = answersOf(journal).findRun(run.id)!
  const stop = answersOf(journal).send(key, "stop", "{}")
  await bed.quiet()
  gates.open("a")
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(answersOf(journal).command(stop)?.answer).toContain("ended before")
})

test("A command to a run that has ended meanwhile is answered in the file too", async () => {
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => void w.node("a", task("a", { run: () => 1 }))))
  const { engine } = bed.open()
  const row = answersOf(engine.host.journal).findRun(run.id)!
  const asked = remote(engine, row, { verb: "stop", args: {}, act: () => Effect.die("nobody acts") })
  expect(await bed.settle(Effect.runPromise(asked))).toMatchObject({ ok: false })
  await bed.quiet()
  expect(answersOf(engine.host.journal).command(1)?.answer).toContain("Cannot stop")
})
