import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { check, handler, mutex, Schema, task, type TaskContext, workflow } from "../../mod.ts"
import type { TimeoutOption } from "../../src/workflow/timeouts.ts"
import type { EngineOptions } from "../../src/embed/makeEngine.ts"
import { spaces } from "../../src/run/placement.ts"
import type { SpanRecord } from "../../src/trace/SpanRecord.ts"
import { memoryStore } from "../../src/store/memory.ts"
import { phases, TestBed } from "./TestBed.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", { n: Schema.Number, at: Schema.Date }) {}

const double = task("double", {
  input: { n: Schema.Number },
  output: Schema.Number,
  errors: [Bad],
  on: "gpu",
  run: ({ n }) => n < 0 ? Effect.fail(new Bad({ n, at: new Date(n) })) : Effect.succeed(2 * n)
})
const sum = task("sum", { input: { of: Schema.Array(Schema.Number) }, run: ({ of }) => of.reduce((a, b) => a + b, 0) })
const doubled = workflow("doubled", { input: { items: Schema.Array(Schema.Number) } }, (w) => {
  const all = w.map("all", w.input.items, double, (n) => ({ n }))
  return w.node("sum", sum, { input: { of: all } })
})

/** A workflow of one node on a pool, whose body a test gives. */
const one = (
  run: (context: TaskContext) => unknown,
  options: {
    readonly retry?: { readonly limit: number }
    readonly onCrash?: "fail"
    readonly timeout?: TimeoutOption
  } = {}
) =>
  workflow(
    "one",
    {},
    (w) => w.node("a", task("a", { ...options, output: Schema.Unknown, on: "gpu", run: (_, c) => run(c) as never }))
  )

type Flow = ReturnType<typeof one> | typeof doubled

/** A process that only runs bodies. */
const worker = (bed: TestBed, flow: Flow, options: EngineOptions = {}, places = 2) =>
  bed.open({ workflows: [flow as never], pools: { gpu: places }, takeOver: false, ...options })

/** What is left in the cells of pools. */
const left = ({ disk }: TestBed) =>
  Object.values(spaces).flatMap((it) => it === spaces.workers ? [] : disk.cells.list(it))

/** Starts a run of a body that goes on until it is told otherwise, and waits until that runs. */
const running = async (options: Parameters<typeof one>[1] = {}, seed?: number) => {
  const bed = new TestBed(seed)
  const begun: Array<{ readonly attempt: number; end: (value: unknown) => void; readonly signal: AbortSignal }> = []
  const flow = one(({ attempt, signal }) =>
    new Promise((end) => {
      begun.push({ attempt, end, signal })
      signal.addEventListener("abort", end)
    }), options)
  const owner = bed.open({ workflows: [flow] })
  const run = await bed.settle(owner.start(flow))
  const at = async (many: number) => {
    await bed.until(() => begun.length === many)
    await bed.quiet()
  }
  return { bed, begun, flow, owner, run, at, first: worker(bed, flow) }
}

test("Bodies on a pool run in the process that offers it; all else stays with the owner of the run", async () => {
  const bed = new TestBed()
  const ran: Array<string> = []
  const bodyOf = (name: string): NonNullable<EngineOptions["bodyOf"]> => (it) => (input, context) => {
    ran.push(`${name} ${it.name}`)
    return it.run(input, context)
  }
  const owner = bed.open({ bodyOf: bodyOf("owner") })
  worker(bed, doubled, { bodyOf: bodyOf("worker") })
  const { ending } = await bed.play(doubled, { items: [1, 2, 3] }, owner)
  expect(ending).toMatchObject({ phase: "Succeeded", output: 12 })
  expect(ran.sort()).toEqual(["owner sum", "worker double", "worker double", "worker double"])
  expect(left(bed)).toEqual([])
})

test("A process that offers places of a pool runs bodies of its own runs there, too", async () => {
  const bed = new TestBed()
  const { ending } = await bed.play(doubled, { items: [1, 2, 3] }, bed.open({ pools: { gpu: 1 } }))
  expect(ending.phase).toBe("Succeeded")
  expect(left(bed)).toEqual([])
})

test("No more bodies of a pool run at once than there are places", async () => {
  const bed = new TestBed()
  let live = 0
  let most = 0
  const busy = task("busy", {
    on: "gpu",
    run: () =>
      Effect.gen(function* () {
        most = Math.max(most, ++live)
        yield* Effect.sleep(10)
        live--
      })
  })
  const flow = workflow("many", {}, (w) => void w.map("all", Array.from({ length: 9 }, (_, i) => i), busy))
  const owner = bed.open()
  worker(bed, flow as never, {}, 2)
  worker(bed, flow as never, {}, 1)
  await bed.play(flow, undefined, owner)
  expect(most).toBe(3)
})

test("A typed error of a body on a pool is the typed error of its node", async () => {
  const bed = new TestBed()
  const owner = bed.open()
  worker(bed, doubled)
  const { run } = await bed.play(doubled, { items: [-1] }, owner)
  const node = (await run.nodes()).find(({ path }) => path === "all[0]")!
  expect(node).toMatchObject({ phase: "Failed", reason: "TaskFailed" })
  const failed = bed.events(run, "NodeFinished").find(({ path }) => path === "all[0]")!
  expect(failed.ending.error).toMatchObject({
    tag: "Bad",
    data: { _tag: "Bad", n: -1, at: "1969-12-31T23:59:59.999Z" }
  })
})

test("The death of the owner does not disturb a body on a pool: who takes the run over gets its end", async () => {
  const { at, bed, begun, flow, owner, run } = await running()
  await at(1)
  bed.crash(owner)
  const next = bed.open({ workflows: [flow] })
  await bed.quiet()
  begun[0]!.end("from the first")
  expect(await bed.ended((await next.get(run.id))!)).toMatchObject({ phase: "Succeeded", output: "from the first" })
  expect(begun.length).toBe(1)
  expect(bed.events(run, "AttemptStarted")).toEqual([])
  expect(left(bed)).toEqual([])
})

test("The end of a body that came while nobody owned the run is there for who takes it over", async () => {
  const { at, bed, begun, flow, owner, run } = await running()
  await at(1)
  bed.crash(owner)
  begun[0]!.end("meanwhile")
  await bed.quiet()
  const next = bed.open({ workflows: [flow] })
  expect(await bed.ended((await next.get(run.id))!)).toMatchObject({ output: "meanwhile" })
  expect(left(bed)).toEqual([])
})

test("The death of a worker gives its attempt to another one, and counts as a crash", async () => {
  const { at, bed, begun, first, flow, run } = await running()
  await at(1)
  bed.crash(first)
  worker(bed, flow)
  await at(2)
  begun[1]!.end("from the second")
  expect(await bed.ended(run)).toMatchObject({ phase: "Succeeded", output: "from the second" })
  expect(bed.events(run, "AttemptStarted")).toMatchObject([{ attempt: 1, rerun: 1 }])
  expect(begun.map(({ attempt }) => attempt)).toEqual([1, 1])
  expect(left(bed)).toEqual([])
})

test("What must not run twice fails when its worker died", async () => {
  const { at, bed, first, run } = await running({ onCrash: "fail" })
  await at(1)
  bed.crash(first)
  expect(await bed.ended(run)).toMatchObject({ phase: "Error" })
  expect(bed.events(run, "NodeFinished")[0]).toMatchObject({ path: "a", ending: { reason: "Crashed" } })
})

test("A worker that is declared dead while its body goes on is refused", async () => {
  const { at, bed, begun, first, flow, run } = await running()
  await at(1)
  bed.fence(first)
  worker(bed, flow)
  await at(2)
  begun[0]!.end("too late")
  await bed.quiet()
  begun[1]!.end("in time")
  expect(await bed.ended(run)).toMatchObject({ output: "in time" })
})

test("A worker that closes gives its attempt back, and that is no crash", async () => {
  const { at, bed, begun, first, flow, run } = await running()
  await at(1)
  await bed.settle(first.close())
  expect(begun[0]!.signal.aborted).toBe(true)
  worker(bed, flow)
  await at(2)
  begun[1]!.end(2)
  expect(await bed.ended(run)).toMatchObject({ phase: "Succeeded", output: 2 })
  expect(bed.events(run, "AttemptStarted")).toEqual([])
})

test("A worker that drains takes nothing more, and lets its bodies end", async () => {
  const { at, bed, begun, first, run } = await running()
  await at(1)
  const closed = first.close({ drain: "1 hour" })
  await bed.quiet()
  begun[0]!.end(1)
  await bed.settle(closed)
  expect(await bed.ended(run)).toMatchObject({ output: 1 })
})

test("A process that drains does not wait for workers of a pool: what is offered goes on when the state is open again", async () => {
  for (const places of [undefined, { gpu: 1 }]) {
    const bed = new TestBed()
    const flow = one(() => new Promise(() => {}))
    const owner = bed.open({ workflows: [flow], ...(places === undefined ? {} : { pools: places }) })
    // With one place, one of them is taken by the process itself: that one has its time.
    const runs = [await bed.settle(owner.start(flow))]
    if (places !== undefined) runs.push(await bed.settle(owner.start(flow)))
    await bed.quiet()
    const [since, left] = [bed.now, [] as Array<boolean>]
    await bed.settle(owner.close({ drain: "1 hour", onLeft: (all) => left.push(...all.map((it) => it.wasAtWork)) }))
    expect(left.sort()).toEqual(places === undefined ? [false] : [false, true])
    if (places === undefined) expect(bed.now - since).toBe(0)
    expect(runs.map((run) => bed.rowOf(run).phase)).toEqual(runs.map(() => "Running"))
  }
})

test("A process that drains lets what a worker has taken end", async () => {
  const { at, bed, begun, owner, run } = await running()
  await at(1)
  const closed = owner.close({ drain: "1 hour" })
  await bed.quiet()
  begun[0]!.end(1)
  await bed.settle(closed)
  expect(bed.rowOf(run).phase).toBe("Succeeded")
})

test("A body on a worker that drains is stopped like any other", async () => {
  const { at, bed, begun, first, run } = await running()
  await at(1)
  const closed = first.close({ drain: "1 hour" })
  await bed.quiet()
  await bed.settle(run.stop())
  await bed.quiet()
  expect(begun[0]!.signal.aborted).toBe(true)
  await bed.settle(closed)
  expect(await bed.ended(run)).toMatchObject({ reason: "Stopped" })
})

test("An owner that closes leaves its bodies on pools alone", async () => {
  const { at, bed, begun, flow, owner, run } = await running()
  await at(1)
  await bed.settle(owner.close())
  expect(begun[0]!.signal.aborted).toBe(false)
  const next = bed.open({ workflows: [flow] })
  begun[0]!.end(3)
  expect(await bed.ended((await next.get(run.id))!)).toMatchObject({ output: 3 })
})

test.each(["stop", "terminate"] as const)("%s reaches the body, and the run ends after it", async (verb) => {
  const { at, bed, begun, run } = await running()
  await at(1)
  await bed.settle(run[verb]())
  await bed.until(() => begun[0]!.signal.aborted)
  begun[0]!.end("stopped")
  const reason = verb === "stop" ? "Stopped" : "Terminated"
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason })
  expect(await phases(run)).toEqual({ a: "Failed" })
  await bed.quiet()
  expect(left(bed)).toEqual([])
})

/** Ends the run of a body that is on a pool in a process that does not execute it. */
const endedElsewhere = async (seed: number, endsByItself: boolean) => {
  const { at, bed, begun, first, flow, owner, run } = await running({}, seed)
  await at(1)
  bed.disk.fault = ({ writes }) =>
    writes.some((it) => it.kind === "event" && it.row.type === "RunStopping")
      ? { what: "kill", when: "after" }
      : undefined
  run.terminate().catch(() => {})
  await bed.until(() => bed.isDead(owner))
  bed.disk.fault = undefined
  bed.crash(owner)
  if (endsByItself) begun[0]!.end("in between")
  const next = bed.open({ workflows: [flow] })
  await bed.ended((await bed.settle(next.get(run.id)))!)
  if (!endsByItself) await bed.until(() => begun[0]!.signal.aborted)
  return { bed, first, flow }
}

test("Of a run that is ended without being executed nothing is left on a pool, whoever is faster", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    for (const endsByItself of [false, true]) {
      const { bed } = await endedElsewhere(seed, endsByItself)
      await bed.quiet()
      expect(left(bed), `seed ${seed}, ${endsByItself}`).toEqual([])
    }
  }
})

test("What a worker that died had in hand of a run that is over is cleared away by the next one", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { at, bed, begun, first, flow, owner, run } = await running({}, seed)
    await at(1)
    bed.crash(owner)
    // Nobody who could execute it is there, and its worker dies before it hears of the end.
    const other = bed.open({ takeOver: false })
    bed.crash(first)
    await bed.settle((await bed.settle(other.get(run.id)))!.terminate())
    worker(bed, flow)
    await bed.quiet()
    expect(begun.length).toBe(1)
    expect(left(bed), `seed ${seed}`).toEqual([])
    expect(bed.disk.cells.list(spaces.workers).length).toBe(1)
  }
})

test("stop takes back what no worker has taken", async () => {
  const bed = new TestBed()
  const flow = one(() => 1)
  const run = await bed.settle(bed.open().start(flow))
  await bed.quiet()
  await bed.settle(run.stop())
  expect(await bed.ended(run)).toMatchObject({ reason: "Stopped" })
  expect(left(bed)).toEqual([])
})

test("stop takes back what an earlier life has offered, also while its node waits for its permit again", async () => {
  const bed = new TestBed()
  const begun: Array<string> = []
  const guarded = { permits: [mutex("m").take()] }
  const flow = workflow("away", {}, (w) => {
    w.node("a", task("a", { ...guarded, on: "gpu", run: () => void begun.push("a") }))
  })
  const here = workflow("here", {}, (w) => void w.node("b", task("b", { ...guarded, run: () => Effect.never })))
  const owner = bed.open({ workflows: [flow] })
  const run = await bed.settle(owner.start(flow))
  await bed.quiet()
  const next = bed.open({ workflows: [here], takeOver: false })
  await bed.settle(next.start(here))
  await bed.quiet()
  // The permit goes to who stands in line for it, and the next life of the node waits.
  bed.crash(owner)
  await bed.quiet()
  const taken = (await bed.settle(bed.open({ workflows: [flow] }).get(run.id)))!
  await bed.until(async () => (await taken.nodes())[0]?.waiting === "Permit")
  await bed.settle(taken.stop())
  expect(await bed.ended(taken)).toMatchObject({ reason: "Stopped" })
  expect(left(bed)).toEqual([])
  worker(bed, flow as never)
  await bed.quiet()
  expect(begun).toEqual([])
})

test("The time of an attempt begins when a worker has taken it", async () => {
  const bed = new TestBed()
  const flow = one(() => Effect.as(Effect.sleep(50), 1), { timeout: 100 })
  const run = await bed.settle(bed.open().start(flow))
  await bed.quiet()
  bed.elapse(1_000)
  worker(bed, flow)
  expect((await bed.ended(run)).phase).toBe("Succeeded")
})

test("A timeout reaches the body", async () => {
  const { at, bed, begun, run } = await running({ timeout: 100 })
  await at(1)
  const ending = bed.ended(run)
  await bed.until(() => begun[0]!.signal.aborted)
  begun[0]!.end("late")
  expect((await ending).message).toContain("attempt timeout 100 ms")
})

test("Failed attempts are tried again by the policy, on the pool", async () => {
  const bed = new TestBed()
  const flow = one(({ attempt }) => attempt < 3 ? Promise.reject(new Error("not yet")) : attempt, {
    retry: { limit: 5 }
  })
  const owner = bed.open()
  worker(bed, flow)
  const { ending, run } = await bed.play(flow, undefined, owner)
  expect(ending).toMatchObject({ output: 3 })
  expect(bed.events(run, "AttemptFailed").length).toBe(2)
  expect(left(bed)).toEqual([])
})

test("Log lines, progress, secrets and artifacts of a body on a pool are those of its node", async () => {
  const bed = new TestBed()
  const store = memoryStore()
  const flow = one(async ({ artifacts, log, progress, secret }) => {
    const key = await secret("KEY")
    log(`it is ${key}`)
    progress(1, 2, "half")
    return await artifacts.putText("report", `made with ${key.length} signs`)
  })
  const owner = bed.open({ artifacts: { store }, secrets: () => undefined })
  worker(bed, flow, { artifacts: { store }, secrets: (name) => name === "KEY" ? "very-secret" : undefined })
  const { run } = await bed.play(flow, undefined, owner)
  expect((await run.logs()).map(({ text }) => text)).toEqual(["it is <secret KEY>"])
  expect(await run.artifacts()).toMatchObject([{ name: "report", path: "a", size: 18, state: "live" }])
  expect(left(bed)).toEqual([])
})

test("Progress reaches the owner while the body runs", async () => {
  const bed = new TestBed()
  let end = (_: unknown): void => {}
  const flow = one(({ progress }) => {
    progress(1, 2, "half")
    return new Promise((resolve) => end = resolve)
  })
  const owner = bed.open()
  worker(bed, flow)
  const run = await bed.settle(owner.start(flow))
  await bed.until(async () => (await run.nodes())[0]?.progress?.note === "half")
  end(1)
  await bed.ended(run)
  expect(left(bed)).toEqual([])
})

test("A body on a pool starts no children, and a body starts none on a pool", async () => {
  const bed = new TestBed()
  const away = one(({ call }) => call("child", sum, { of: [] }))
  const owner = bed.open()
  worker(bed, away)
  expect((await bed.play(away, undefined, owner)).ending.message).toContain("a body on a pool starts no children")
  const parent = task("parent", { run: (_, { call }) => call("child", double, { n: 1 }) })
  const here = workflow("here", {}, (w) => w.node("a", parent))
  expect((await bed.play(here)).ending.message).toContain('It cannot run on pool "gpu"')
})

test("Exit handlers and hooks run on a pool, too", async () => {
  const bed = new TestBed()
  const ran: Array<string> = []
  const note = task("note", { input: Schema.String, on: "gpu", run: (text) => void ran.push(text) })
  const inner = workflow("inner", {}, (w) => void w.node("b", note, { input: "beneath" }))
  const flow = workflow("noted", {}, (w) => {
    w.node("a", sum, {
      input: { of: [] },
      hooks: { succeeded: handler(note, () => "hook") },
      onExit: handler(inner, () => undefined)
    })
    w.onExit(handler(note, () => "exit of the run"))
  })
  const owner = bed.open()
  worker(bed, flow as never)
  await bed.play(flow, undefined, owner)
  expect(ran.sort()).toEqual(["beneath", "exit of the run", "hook"])
})

test("check refuses a pool where nothing runs on one", () => {
  const nested = workflow("nested", {}, (w) => void w.node("a", sum, { input: { of: [] }, on: "" }))
  expect(check(nested)).toMatchObject([{ path: "nested/a", code: "invalid-pool" }])
  const outer = workflow("outer", {}, (w) => void w.node("inner", doubled, { input: { items: [] }, on: "gpu" }))
  expect(check(outer)).toMatchObject([{ path: "outer/inner", code: "invalid-pool" }])
})

test("A worker with another version of a workflow leaves its attempts to others", async () => {
  const bed = new TestBed()
  const flow = one(() => "mine")
  const other = workflow("one", {}, (w) => {
    w.node("a", task("a", { output: Schema.Unknown, on: "gpu", run: () => "other" }))
    w.node("b", sum, { input: { of: [] } })
  })
  const owner = bed.open()
  worker(bed, other as never)
  const run = await bed.settle(owner.start(flow))
  await bed.quiet()
  expect((await phases(run))["a"]).toBe("Running")
  worker(bed, flow)
  expect(await bed.ended(run)).toMatchObject({ output: "mine" })
})

test("why, stuck and locks say who has the places of a pool, and that nobody offers any", async () => {
  const { at, bed, begun, first, flow, owner, run } = await running()
  await at(1)
  const [second, third] = [await bed.settle(owner.start(flow)), await bed.settle(owner.start(flow))]
  await at(2)
  const because = `2 of 2 places of gpu are taken: ${run.id} a, ${second.id} a`
  expect(await third.why()).toEqual([{ path: "a", because }])
  expect(await owner.locks()).toMatchObject([{
    name: "pool gpu",
    limit: 2,
    held: 2,
    holders: [{ run: run.id, node: "a" }, { run: second.id }],
    queue: [{ run: third.id, node: "a", reason: because }]
  }])
  expect(await owner.stuck()).toMatchObject([{ kind: "permit", run: third.id, node: "a", because }])
  for (const body of begun) body.end(1)
  await at(3)
  begun[2]!.end(1)
  await bed.ended(third)
  await bed.settle(first.close())
  const last = await bed.settle(owner.start(flow))
  await bed.quiet()
  expect(await last.why()).toMatchObject([{ because: expect.stringMatching(/^no worker offers gpu: /) }])
})

test("What no worker takes in time fails as NoWorker, and nothing is left of it", async () => {
  const bed = new TestBed()
  const flow = one(() => 1, { timeout: { pending: 100 } })
  const run = await bed.settle(bed.open().start(flow))
  const ending = await bed.ended(run)
  expect(ending).toMatchObject({ phase: "Error" })
  expect(bed.events(run, "NodeFinished")[0]!.ending).toMatchObject({
    reason: "NoWorker",
    message: 'No worker of pool "gpu" took it in time (timeout: { pending: 100 ms })'
  })
  await bed.quiet()
  expect(left(bed)).toEqual([])
})

test("Of the time for a worker nothing counts that passes once one has taken it", async () => {
  const bed = new TestBed()
  const flow = one(() => Effect.as(Effect.sleep(500), 1), { timeout: { pending: 100 } })
  const owner = bed.open()
  worker(bed, flow)
  expect((await bed.play(flow, undefined, owner)).ending).toMatchObject({ phase: "Succeeded" })
})

test("A life that goes on with an attempt knows how long that waits already", async () => {
  const bed = new TestBed()
  const flow = one(() => 1, { timeout: { pending: 1_000 } })
  const owner = bed.open()
  const run = await bed.settle(owner.start(flow))
  await bed.quiet()
  bed.crash(owner)
  bed.elapse(900)
  const since = bed.now
  expect(await bed.ended((await bed.open({ workflows: [flow] }).get(run.id))!)).toMatchObject({ phase: "Error" })
  expect(bed.now - since).toBe(100)
})

test("A body on a worker is in the trace of its run, beneath the span of its attempt", async () => {
  const bed = new TestBed()
  const spans: Array<SpanRecord> = []
  const telemetry = { spans: { emit: (told: ReadonlyArray<SpanRecord>) => void spans.push(...told) } }
  const seen: Array<string | undefined> = []
  const flow = one(({ attempt, trace }) => {
    seen.push(trace?.traceparent)
    if (attempt === 1) throw new Error("once more")
    return attempt
  }, { retry: { limit: 1 } })
  const owner = bed.open({ telemetry })
  worker(bed, flow, { telemetry: { spans: { emit: () => {} } } })
  await bed.play(flow, undefined, owner)
  const node = spans.find(({ name }) => name === "node a")
  const second = spans.find(({ attributes }) => attributes["pinnace.attempt"] === 2)
  expect(seen).toEqual([node, second].map((it) => `00-${it!.traceId}-${it!.spanId}-01`))
})
