/** The spans of runs: a fold of the record, told as things end. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { handler, type RunHandle, Schema, signal, task, workflow } from "../../mod.ts"
import { readEvents } from "../../src/journal/diskReads.ts"
import type { Event } from "../../src/run/Event.ts"
import { RunSpans, spansOf } from "../../src/trace/RunSpans.ts"
import type { SpanRecord } from "../../src/trace/SpanRecord.ts"
import type { TelemetryOptions } from "../../src/trace/Telemetry.ts"
import { phases, TestBed } from "../engine/TestBed.ts"

/** Keeps what it is told. */
const collector = (more: Partial<TelemetryOptions> = {}) => {
  const spans: Array<SpanRecord> = []
  return {
    spans,
    telemetry: { spans: { emit: (told) => void spans.push(...told) }, ...more } satisfies TelemetryOptions
  }
}

/** What the record of a run says its spans are. */
const stored = (bed: TestBed, run: RunHandle<unknown>): ReadonlyArray<SpanRecord> =>
  spansOf(run.id, readEvents(bed.disk, bed.rowOf(run).key, 0))

const pathOf = ({ attributes }: SpanRecord): string => String(attributes["pinnace.node.path"] ?? "")

/** Items of a map in their order: of two that end at once, any may be told first. */
const inOrder = (a: SpanRecord, b: SpanRecord): number => a.name === b.name ? pathOf(a).localeCompare(pathOf(b)) : 0

/** Each span beneath its parent, with what it is called and why it failed. */
const tree = (spans: ReadonlyArray<SpanRecord>): ReadonlyArray<string> => {
  const beneath = (parent: string | undefined, indent: string): ReadonlyArray<string> =>
    spans.filter(({ parentSpanId }) => parentSpanId === parent).toSorted(inOrder).flatMap((span) => [
      `${indent}${span.name}${
        span.attributes["error.type"] === undefined ? "" : ` (${span.attributes["error.type"]})`
      }`,
      ...beneath(span.spanId, `${indent}  `)
    ])
  return beneath(
    spans.find(({ parentSpanId }) => !spans.some(({ spanId }) => spanId === parentSpanId))?.parentSpanId,
    ""
  )
}

const expectWhole = (spans: ReadonlyArray<SpanRecord>): void => {
  const ids = spans.map(({ spanId, traceId }) => `${traceId}/${spanId}`)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  expect(tree(spans)).toHaveLength(spans.length)
  for (const span of spans) {
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(span.spanId).toMatch(/^[0-9a-f]{16}$/)
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
    if (parent === undefined || parent.kind === "producer") continue
    expect(parent.startedAt, span.name).toBeLessThanOrEqual(span.startedAt)
    expect(parent.endedAt, span.name).toBeGreaterThanOrEqual(span.endedAt)
  }
}

const traceId = "0af7651916cd43dd8448eb211c80319c"
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}

const charge = task("charge", {
  input: Schema.Number,
  output: Schema.Number,
  errors: [Busy],
  retry: { limit: 3 },
  run: (n, { attempt }) => attempt <= n ? Effect.fail(new Busy()) : Effect.succeed(n)
})

const order = workflow("order", { output: Schema.Array(Schema.Number) }, (w) => {
  const pay = w.node("pay", charge, { input: 2 })
  w.node("skipped", charge, { input: 0, when: () => false })
  return w.map("parts", [0, 1], charge, (n) => n, { after: [pay] })
})

describe("the spans of a run", () => {
  it("stand as its nodes do, with spans of attempts where there was more than one", async () => {
    const { spans, telemetry } = collector()
    const bed = new TestBed()
    const pinnace = bed.open({ telemetry })
    const run = await bed.settle(pinnace.start(order, undefined, { traceparent }))
    await bed.ended(run)
    expectWhole(spans)
    expect(tree(spans)).toEqual([
      "start order",
      "  run order",
      "    node pay",
      "      attempt pay (Busy)",
      "      attempt pay (Busy)",
      "      attempt pay",
      "    node parts",
      "      node parts[]",
      "      node parts[]",
      "        attempt parts[] (Busy)",
      "        attempt parts[]"
    ])
    expect([spans[0]!.traceId, spans[0]!.parentSpanId]).toEqual([traceId, "b7ad6b7169203331"])
    expect(spans.at(-1)!.attributes).toMatchObject({ "pinnace.run.id": run.id, "pinnace.phase": "Succeeded" })
    expect(stored(bed, run)).toEqual(spans)
  })

  it("are one trace after crashes: nothing is told twice, and what a death cut off is told once", async () => {
    const { spans, telemetry } = collector()
    const bed = new TestBed()
    const slow = task("slow", { run: (_: void, { attempt }) => Effect.delay(Effect.succeed(attempt), "1 minute") })
    const one = workflow("one", {}, (w) => w.node("second", slow, { after: [w.node("first", slow)] }))
    let pinnace = bed.open({ telemetry, workflows: [one] })
    const { id } = await bed.settle(pinnace.start(one, undefined, { traceparent }))
    for (const node of ["first", "second"]) {
      await bed.until(async () => (await phases((await pinnace.get(id))!))[node] === "Running")
      await bed.quiet()
      bed.crash(pinnace)
      pinnace = bed.open({ telemetry, workflows: [one] })
    }
    const run = (await pinnace.get(id))!
    await bed.ended(run)
    expectWhole(spans)
    expect(tree(spans)).toEqual([
      "start one",
      "  run one",
      "    node first",
      "      attempt first (Crashed)",
      "      attempt first",
      "    node second",
      "      attempt second (Crashed)",
      "      attempt second"
    ])
    expect(new Set(stored(bed, run).map(({ spanId }) => spanId))).toEqual(new Set(spans.map(({ spanId }) => spanId)))
  })

  it("of a run that is retried by hand are another trace, linked to the one before", async () => {
    const { spans, telemetry } = collector()
    const bed = new TestBed()
    let isFixed = false
    const fails = task("fails", { run: () => isFixed ? Effect.void : Effect.die(new TypeError("no")) })
    const { run } = await bed.play(workflow("w", {}, (w) => w.node("fails", fails)), undefined, bed.open({ telemetry }))
    expect(tree(spans)).toEqual(["run w (TypeError)", "  node fails (TypeError)"])
    const [first] = spans.splice(0).slice(-1)
    isFixed = true
    await bed.settle(run.retry())
    await bed.ended(run)
    expectWhole(spans)
    expect(tree(spans)).toEqual(["run w", "  node fails"])
    expect(spans[0]!.traceId).not.toBe(first!.traceId)
    const { spanId, traceId } = first!
    expect(spans.at(-1)!.links).toEqual([{ traceId, spanId, attributes: { "pinnace.link": "retry" } }])
  })

  it("of a run that a migration takes results from are two whole traces, linked: what is open ends in the one", async () => {
    const { spans, telemetry } = collector()
    const bed = new TestBed()
    const go = signal("go", Schema.Number)
    const one = task("one", { output: Schema.Number, run: () => 1 })
    const version = (version: string, read: string) => {
      const inner = workflow("inner", {}, (w) => void w.suspend(go))
      return workflow("order", { version }, (w) => {
        w.node("inner", inner)
        w.suspend(signal("asked", Schema.Number), { after: [w.node(read, one)] })
      })
    }
    const first = bed.open({ telemetry, workflows: [version("1", "read")] })
    const { id } = await bed.settle(first.start(version("1", "read")))
    await bed.until(async () => (await phases((await first.get(id))!))["asked"] === "Running")
    await bed.quiet()
    bed.crash(first)
    const second = bed.open({ telemetry, workflows: [] })
    const run = (await second.get(id))!
    spans.length = 0
    await bed.settle(run.migrate(version("2", "read2"), { acceptLost: true }))
    await bed.until(async () => (await phases(run))["read2"] === "Succeeded")
    await bed.quiet()
    for (const node of ["asked", "inner/go"]) await bed.settle(run.signal(node, 1))
    await bed.ended(run)
    const [before = [], after = []] = Map.groupBy(stored(bed, run), ({ traceId }) => traceId).values()
    for (const trace of [before, after]) expectWhole(trace)
    const open = ["  node asked", "  node inner", "    node inner/go"]
    expect(tree(before)).toEqual(["run order@1", "  node read", ...open])
    expect(tree(after)).toEqual(["run order@1", "  node read2", ...open])
    expect(spans).toEqual([...before.slice(1), ...after])
    const { spanId, traceId } = before.at(-1)!
    expect(after.at(-1)!.links).toEqual([{ traceId, spanId, attributes: { "pinnace.link": "migrate" } }])
    expect(before.at(-1)!.attributes["pinnace.reason"]).toBe("Continued")
  })

  it("name the child workflow, its exit handler and its wait where they are", async () => {
    const { spans, telemetry } = collector()
    const bed = new TestBed()
    const clean = task("clean", { run: () => {} })
    const asks = workflow("asks", {}, (w) => w.suspend("ask", { duration: "1 hour" }))
    const one = workflow("one", {}, (w) => w.node("inner", asks, { onExit: handler(clean, () => undefined) }))
    const { run } = await bed.play(one, undefined, bed.open({ telemetry }))
    expectWhole(spans)
    expect(tree(spans)).toEqual(["run one", "  node inner", "    node inner/ask", "  node inner.onExit"])
    const ask = spans.find(({ name }) => name === "node inner/ask")!
    expect(ask.events).toMatchObject([{ name: "pinnace.wait", attributes: { "pinnace.for": "Timer" } }])
    expect(ask.endedAt - ask.startedAt).toBe(3_600_000)
    expect(stored(bed, run)).toEqual(spans)
  })

  it("are not told of a run that was not chosen, unless it fails: then whole", async () => {
    const { spans, telemetry } = collector({ sample: { ratio: 0 } })
    const bed = new TestBed()
    const pinnace = bed.open({ telemetry })
    const fails = task("fails", { input: Schema.Boolean, run: (is) => is ? Effect.die("no") : Effect.void })
    const one = workflow("one", { input: Schema.Boolean }, (w) => w.node("fails", fails, { input: w.input }))
    await bed.play(one, false, pinnace)
    expect(spans).toEqual([])
    await bed.play(one, true, pinnace)
    await bed.until(() => spans.length > 0)
    expectWhole(spans)
    expect(tree(spans)).toHaveLength(2)
  })

  it.each([
    ["malformed", "00-1-2-01"],
    ["all zero", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`],
    ["longer than its version allows", `00-${traceId}-b7ad6b7169203331-01-x`],
    ["of two lines", `00-${traceId}-b7ad6b7169203331-01\nx: y`],
    ["huge", `00-${"a".repeat(1_000_000)}`],
    ["of no version", `ff-${traceId}-b7ad6b7169203331-01`]
  ])("begin a trace of their own where that of the starter is %s", async (_, odd) => {
    const { spans, telemetry } = collector()
    const bed = new TestBed()
    const run = await bed.settle(bed.open({ telemetry }).start(order, undefined, { traceparent: odd }))
    await bed.ended(run)
    expectWhole(spans)
    expect([spans.at(-1)!.parentSpanId, spans[0]!.traceId === traceId]).toEqual([undefined, false])
  })

  it("hold no secret", async () => {
    const { spans, telemetry } = collector()
    const bed = new TestBed()
    const leaks = task("leaks", {
      run: async (_: void, { secret }) => {
        throw new Error(`refused: ${await secret("TOKEN")}`)
      }
    })
    const pinnace = bed.open({ telemetry, secrets: () => "hunter2-hunter2" })
    await bed.play(workflow("w", {}, (w) => w.node("leaks", leaks)), undefined, pinnace)
    expect(spans).toHaveLength(2)
    expect(JSON.stringify(spans)).not.toContain("hunter2")
    expect(spans[0]!.failure).toContain("refused")
  })

  it("change no run, whatever their sink throws", async () => {
    const sink = {
      emit: () => {
        throw new Error("full")
      },
      flush: () => Promise.reject(new Error("gone"))
    }
    const bed = new TestBed()
    const pinnace = bed.open({ telemetry: { spans: sink } })
    expect((await bed.play(order, undefined, pinnace)).ending.phase).toBe("Succeeded")
    await bed.settle(pinnace.close())
  })
})

describe("bodies", () => {
  it("know the span of their attempt, which is told with the same ids", async () => {
    const { spans, telemetry } = collector()
    const seen: Array<string | undefined> = []
    const body = task("body", {
      errors: [Busy],
      retry: { limit: 1 },
      run: (_: void, { attempt, trace }) =>
        Effect.gen(function* () {
          const span = yield* Effect.orDie(Effect.currentParentSpan)
          seen.push(trace?.traceparent, `00-${span.traceId}-${span.spanId}-01`)
          if (attempt === 1) return yield* new Busy()
        })
    })
    const bed = new TestBed()
    await bed.play(workflow("w", {}, (w) => w.node("body", body as never)), undefined, bed.open({ telemetry }))
    const idOf = (name: string) => spans.findLast((span) => span.name === name)!.spanId
    const [first, firstInEffect, second, secondInEffect] = seen
    expect([first, second]).toEqual([firstInEffect, secondInEffect])
    expect(first).toBe(`00-${spans[0]!.traceId}-${idOf("node body")}-01`)
    expect(second).toBe(`00-${spans[0]!.traceId}-${idOf("attempt body")}-01`)
  })

  it("know of none where nobody traces", async () => {
    const bed = new TestBed()
    let seen: unknown = "unasked"
    const body = task("body", {
      run: (_: void, { trace }) => {
        seen = trace
      }
    })
    await bed.play(workflow("w", {}, (w) => w.node("body", body)))
    expect(seen).toBeUndefined()
  })
})

it("of a run that is not told have the same contexts, though none of them is made", () => {
  const error = { tag: "Busy", message: "" }
  const facts: ReadonlyArray<Event> = [
    { type: "RunStarted", owner: 1 },
    { type: "NodeStarted", path: "a", kind: "task" },
    { type: "NodeStarted", path: "b", kind: "task" },
    { type: "AttemptFailed", path: "a", attempt: 1, phase: "Failed", reason: "TaskFailed", error, delay: 1, nextAt: 1 },
    { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0 },
    { type: "AttemptStarted", path: "a", attempt: 2, rerun: 1 },
    { type: "AttemptStarted", path: "b", attempt: 1, rerun: 1 },
    { type: "NodeFinished", path: "a", ending: { phase: "Succeeded" } },
    { type: "RunRetried", epoch: 2, reset: ["a"] },
    { type: "NodeStarted", path: "a", kind: "task" }
  ]
  const head = { run: "r", workflow: "w", labels: {}, priority: 0, createdAt: 0 }
  const [told, followed] = [new RunSpans(head), new RunSpans(head)]
  facts.forEach((event, at) => {
    told.take({ at, event })
    followed.follow({ at, event })
    for (const path of ["a", "b"]) expect(followed.contextOf(path), `${at} ${path}`).toEqual(told.contextOf(path))
    expect(followed.context).toEqual(told.context)
  })
})
