import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { RunNotFound, Schema, task, workflow } from "../../mod.ts"
import type { RunHandle, Workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const ok = task("ok", { run: () => 1 })
const nap = task("nap", { run: () => Effect.sleep("10 seconds") })
const never = task("never", { run: () => Effect.never })

const begin = async (bed: TestBed, one: Workflow<void, unknown>, path: string) => {
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () => (await phases(run))[path] === "Running")
  await bed.quiet()
  return run
}

const stuck = workflow("stuck", {}, (w) => {
  w.node("a", never)
  w.onExit(() => Effect.onInterrupt(Effect.sleep("1 minute"), () => Effect.sleep("1 second")))
})

test("Every command answers what it did, in a sentence with the run's id", async () => {
  const bed = new TestBed()
  const run = await begin(bed, stuck, "a")
  const say = async (verb: "suspend" | "resume" | "stop" | "terminate") => (await bed.settle(run[verb]())).message
  expect(await say("suspend")).toBe(`Run ${run.id} is suspended: running nodes go on, no new ones begin`)
  expect(await say("resume")).toBe(`Run ${run.id} goes on`)
  expect(await say("stop")).toBe(`Run ${run.id} is stopping; its exit handlers run`)
  expect(await say("terminate")).toBe(`Run ${run.id} is terminating`)
  await bed.ended(run)
})

test("Commands are idempotent: the second one says that it is so already, and records nothing", async () => {
  const bed = new TestBed()
  const run = await begin(bed, stuck, "a")
  for (const verb of ["suspend", "stop"] as const) {
    await bed.settle(run[verb]())
    const again = await bed.settle(run[verb]())
    expect(again).toMatchObject({
      ok: true,
      message: expect.stringMatching(/^Run .* is already (suspended|stopping)$/)
    })
    if (verb === "suspend") await bed.settle(run.resume())
  }
  expect(bed.events(run, "RunSuspended")).toHaveLength(1)
  expect(bed.events(run, "RunStopping")).toHaveLength(1)
  await bed.until(async () => (await phases(run))[".onExit"] === "Running")
  await bed.quiet()
  const both = await bed.settle(Promise.all([run.terminate(), run.terminate()]))
  expect(both.map(({ message }) => message).sort()).toEqual([
    `Run ${run.id} is already being terminated`,
    `Run ${run.id} is terminating`
  ])
  await bed.ended(run)
  expect(bed.events(run, "RunStopping")).toHaveLength(2)
})

test("Commands that make no sense are refused with a sentence that says why, and change nothing", async () => {
  const bed = new TestBed()
  const run = await begin(bed, stuck, "a")
  const refused = async (attempt: () => Promise<unknown>) => (await bed.rejection(attempt())).message
  expect(await refused(() => run.resume())).toBe(`Cannot resume run ${run.id}: it is not suspended`)
  expect(await refused(() => run.retry())).toBe(`Cannot retry run ${run.id}: it is Running`)
  expect(await refused(() => run.delete())).toBe(
    `Cannot delete run ${run.id}: it is Running: stop or terminate it first`
  )
  await bed.settle(run.stop())
  expect(await refused(() => run.suspend())).toBe(`Cannot suspend run ${run.id}: it is stopping`)
  await bed.ended(run)
  for (const verb of ["stop", "terminate", "suspend", "resume"] as const) {
    expect(await refused(() => run[verb]())).toBe(`Cannot ${verb} run ${run.id}: it has ended (Failed)`)
  }
  expect(await refused(() => run.signal("a", 1))).toBe(`Cannot signal run ${run.id}: it has ended (Failed)`)
})

test("A command to a run that does not exist says so", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const { run } = await bed.play(workflow("one", {}, (w) => void w.node("a", ok)), undefined, pinnace)
  await bed.settle(run.delete())
  expect(await pinnace.get(run.id)).toBeUndefined()
  for (const ask of [() => run.stop(), () => run.retry(), () => run.delete(), () => run.resubmit()]) {
    expect(await bed.rejection(ask())).toBeInstanceOf(RunNotFound)
  }
})

test("Suspend lets what runs go on and nothing new begin; resume goes on from there", async () => {
  const bed = new TestBed()
  const one = workflow("two", {}, (w) => {
    const a = w.node("a", nap)
    w.node("b", ok, { after: [a] })
    w.map("m", [1, 2], ok, () => undefined, { after: [a] })
  })
  const run = await begin(bed, one, "a")
  await bed.settle(run.suspend())
  await bed.until(async () => (await phases(run))["a"] === "Succeeded")
  await bed.quiet()
  expect(await phases(run)).toEqual({ a: "Succeeded" })
  expect(await run.status()).toMatchObject({ phase: "Running", suspended: true })
  expect(await run.why()).toEqual([{ path: "", because: expect.stringContaining("suspended") }])
  bed.elapse(3_600_000)
  await bed.settle(run.resume())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await phases(run)).toMatchObject({ b: "Succeeded", m: "Succeeded", "m[1]": "Succeeded" })
})

test("A suspended run tries nothing again until it is resumed", async () => {
  const bed = new TestBed()
  const flaky = task("flaky", {
    retry: { limit: 1, backoff: "1 minute" },
    run: (_: void, { attempt }) => attempt === 1 ? Effect.die("no") : Effect.void
  })
  const one = workflow("flaky", {}, (w) => {
    w.node("flaky", flaky)
    w.node("clock", task("clock", { run: () => Effect.sleep("10 minutes") }))
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () =>
    (await run.nodes()).some(({ waiting }) => waiting === "Retry") && (await phases(run))["clock"] === "Running"
  )
  await bed.settle(run.suspend())
  await bed.until(async () => (await phases(run))["clock"] === "Succeeded")
  expect(await nodeOf(run, "flaky")).toMatchObject({ phase: "Running", attempt: 1 })
  await bed.settle(run.resume())
  await bed.ended(run)
  expect(await nodeOf(run, "flaky")).toMatchObject({ phase: "Succeeded", attempt: 2 })
})

test("A run stays suspended when its process died: the next one begins nothing of it until it is resumed", async () => {
  const bed = new TestBed()
  let calls = 0
  const counted = task("counted", { run: () => Effect.andThen(Effect.sync(() => ++calls), Effect.sleep("10 seconds")) })
  const one = workflow("two", {}, (w) => {
    const a = w.node("a", counted)
    w.node("b", counted, { after: [a] })
  })
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(() => calls === 1)
  await bed.settle((await first.get(id))!.suspend())
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.quiet()
  expect(await run.status()).toMatchObject({ suspended: true, phase: "Running" })
  expect(calls).toBe(1)
  await bed.settle(run.resume())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(calls).toBe(3)
})

test("A suspended run can be stopped, and its exit handlers run although it was suspended", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const one = workflow("two", {}, (w) => {
    w.node("a", never, { onExit: () => void log.push("a") })
    w.onExit(() => void log.push("run"))
  })
  const run = await begin(bed, one, "a")
  await bed.settle(run.suspend())
  await bed.settle(run.stop())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(log).toEqual(["a", "run"])
})

test("Stop reaches nodes inside nested workflows, maps and bodies that wait for children", async () => {
  const bed = new TestBed()
  const inner = workflow("inner", {}, (w) => void w.map("m", [1, 2], never, () => undefined))
  const parent = task("parent", { run: (_: void, { effect }) => effect("child", never) })
  const one = workflow("deep", {}, (w) => {
    w.node("sub", inner)
    w.node("parent", parent)
  })
  const run = await begin(bed, one, "parent/child")
  await bed.until(async () => (await phases(run))["sub/m[1]"] === "Running")
  await bed.settle(run.stop())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(new Set(Object.values(await phases(run)))).toEqual(new Set(["Failed"]))
  expect((await run.nodes()).map(({ reason }) => reason)).toEqual((await run.nodes()).map(() => "Stopped"))
})

test("Starting with an id of one's own twice gives the same run; another input or workflow under it is refused", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  let calls = 0
  const count = task("count", { input: Schema.Number, run: () => ++calls })
  const define = (name: string) =>
    workflow(name, { input: Schema.Number }, (w) => w.node("count", count, { input: w.input }))
  const one = define("one")
  const [first, second] = await bed.settle(
    Promise.all([pinnace.start(one, 1, { id: "mine" }), pinnace.start(one, 1, { id: "mine" })])
  )
  await bed.ended(first)
  const third: RunHandle<number> = await bed.settle(bed.open({ workflows: [one] }).start(one, 1, { id: "mine" }))
  expect(await bed.settle(third.result())).toBe(1)
  expect([second.id, third.id, calls]).toEqual(["mine", "mine", 1])
  expect(await bed.rejection(pinnace.start(one, 2, { id: "mine" }))).toMatchObject({
    _tag: "RunExists",
    message: expect.stringContaining('as "mine": a run of')
  })
  expect(await bed.rejection(pinnace.start(define("two"), 1, { id: "mine" }))).toMatchObject({ _tag: "RunExists" })
})

test("An input that does not fit is refused before anything is recorded", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const one = workflow("one", { input: { n: Schema.Number } }, (w) => void w.node("a", ok))
  const error = await bed.rejection(pinnace.start(one, { n: "five" } as never))
  expect(error).toMatchObject({ _tag: "InvalidInput", workflow: "one", message: expect.stringContaining("n") })
  expect(await bed.rejection(pinnace.start(one, undefined as never))).toMatchObject({
    message: 'Workflow "one" needs an input, and none was given: it is { n: number }',
    example: { n: 1 }
  })
  expect(await pinnace.list()).toEqual([])
})

test("A workflow with mistakes is refused with all of them at once", async () => {
  const bed = new TestBed()
  const one = workflow("one", {}, (w) => {
    w.node("a", ok, { after: [w.outcome("b")] })
    w.node("b", ok, { after: [w.outcome("a"), w.outcome("nowhere")] })
  })
  const error = await bed.rejection(bed.open().start(one))
  expect(error._tag).toBe("InvalidWorkflow")
  expect(error.issues.length).toBeGreaterThanOrEqual(2)
})
