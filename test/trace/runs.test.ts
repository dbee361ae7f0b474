/** Spans of runs that have to do with each other: in one trace, started by nodes, gone on with, done again. */
import * as Effect from "effect/Effect"
import { expect, it, vi } from "vitest"
import { flow, Schema, task, workflow } from "../../mod.ts"
import { SpanIds } from "../../src/trace/ids.ts"
import { RunSpans } from "../../src/trace/RunSpans.ts"
import type { SpanRecord } from "../../src/trace/SpanRecord.ts"
import type { TelemetryOptions } from "../../src/trace/Telemetry.ts"
import { TestBed } from "../engine/TestBed.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

const traced = (more: Partial<TelemetryOptions> = {}) => {
  const spans: Array<SpanRecord> = []
  return {
    spans,
    telemetry: { spans: { emit: (told: ReadonlyArray<SpanRecord>) => void spans.push(...told) }, ...more }
  }
}

const ids = (spans: ReadonlyArray<SpanRecord>) => spans.map(({ spanId, traceId }) => `${traceId}/${spanId}`)
const named = (spans: ReadonlyArray<SpanRecord>, name: string) => spans.filter((span) => span.name === name)

const quick = task("quick", { run: () => {} })
const one = workflow("one", {}, (w) => w.node("quick", quick))

it("two runs of one request have spans of their own", async () => {
  const { spans, telemetry } = traced()
  const bed = new TestBed()
  const pinnace = bed.open({ telemetry })
  for (const id of ["a", "b"]) await bed.ended(await bed.settle(pinnace.start(one, undefined, { id, traceparent })))
  expect(spans).toHaveLength(6)
  expect(new Set(ids(spans)).size).toBe(6)
})

it("a run that is left to others is told to its starter's trace at once", async () => {
  const { spans, telemetry } = traced()
  const bed = new TestBed()
  const run = await bed.settle(bed.open({ telemetry }).start(one, undefined, { leave: true, traceparent }))
  expect(spans.map(({ name }) => name)).toEqual(["start one"])
  bed.open({ telemetry, workflows: [one] })
  await bed.ended(run)
  expect(named(spans, "run one").map(({ parentSpanId }) => parentSpanId)).toEqual([spans[0]!.spanId])
  expect(spans).toHaveLength(3)
})

it("a run that a node starts lies beneath the node", async () => {
  const { spans, telemetry } = traced()
  const bed = new TestBed()
  await bed.play(workflow("outer", {}, (w) => w.run("inner", one)), undefined, bed.open({ telemetry }))
  const [start] = named(spans, "start one")
  const [node] = named(spans, "node inner")
  expect([start?.traceId, start?.parentSpanId]).toEqual([node!.traceId, node!.spanId])
  expect(named(spans, "run one")[0]!.parentSpanId).toBe(start!.spanId)
  expect(new Set(ids(spans)).size).toBe(spans.length)
})

it("a run that a node starts is chosen where the run of that node is", async () => {
  const { spans, telemetry } = traced()
  const bed = new TestBed()
  let drawn = 0
  const pinnace = bed.open({
    random: () => ++drawn % 3 === 0 ? 0.1 : 0.9,
    telemetry: { ...telemetry, sample: { ratio: 0.5 } }
  })
  const outer = workflow("outer", {}, (w) => w.run("inner", one))
  for (let at = 0; at < 9; at++) await bed.play(outer, undefined, pinnace)
  const traces = Map.groupBy(spans, ({ traceId }) => traceId)
  expect(traces.size).toBeGreaterThan(0)
  expect(traces.size).toBeLessThan(9)
  for (const those of traces.values()) {
    expect(those.map(({ name }) => name)).toEqual(expect.arrayContaining(["run outer", "node inner", "run one"]))
  }
})

it("a run that continues another, or does it again, is linked to it", async () => {
  const { spans, telemetry } = traced()
  const bed = new TestBed()
  const pinnace = bed.open({ telemetry })
  const chain = flow("chain", { input: Schema.Number }, async (n, f) => {
    if (n < 2) return f.continueAs(n + 1)
  })
  const run = await bed.settle(pinnace.start(chain, 0, { traceparent }))
  await bed.until(() => named(spans, "run chain").length === 3)
  expect(new Set(ids(spans)).size).toBe(spans.length)
  const [first, second, third] = named(spans, "run chain")
  const link = (to: SpanRecord, why: string) => [
    { traceId: to.traceId, spanId: to.spanId, attributes: { "pinnace.link": why } }
  ]
  expect([first!.links, second!.links, third!.links]).toEqual([[], link(first!, "continue"), link(second!, "continue")])
  const again = await bed.settle(run.resubmit())
  await bed.until(() => named(spans, "run chain").some(({ attributes }) => attributes["pinnace.run.id"] === again.id))
  expect(named(spans, "run chain")[3]!.links).toEqual(link(first!, "resubmit"))
})

it("a run that is not chosen has no work done for its nodes", async () => {
  const { spans, telemetry } = traced({ sample: { ratio: 0 } })
  const [follow, contextOf] = [vi.spyOn(RunSpans.prototype, "follow"), vi.spyOn(RunSpans.prototype, "contextOf")]
  const bed = new TestBed()
  const wide = workflow("wide", {}, (w) => {
    for (let at = 0; at < 50; at++) w.node(`n${at}`, quick)
  })
  await bed.play(wide, undefined, bed.open({ telemetry }))
  expect(follow.mock.calls.map(([{ event }]) => event.type)).toEqual(["RunStarted", "RunFinished"])
  expect([contextOf.mock.calls, spans]).toEqual([[], []])
  vi.restoreAllMocks()
})

it.each([
  [{ path: "", attempt: 0, rerun: 0 }, "764d2e2650b8fd23"],
  [{ path: "parts[3]/é", attempt: 2, rerun: 1 }, "090c244fe2bfec4b"]
])("the id of %j is the same in every version: what goes on with a run finds its spans", (place, id) => {
  expect(new SpanIds(traceId, "order-1/1700000000000").of(place)).toBe(id)
})

it("an epoch that fails after another is told once, where runs are told only when they fail", async () => {
  const { spans, telemetry } = traced({ sample: { ratio: 0 } })
  const bed = new TestBed()
  const pinnace = bed.open({ telemetry })
  const fails = task("fails", { run: () => Effect.die("no") })
  const { run } = await bed.play(workflow("w", {}, (w) => w.node("fails", fails)), undefined, pinnace)
  await bed.until(() => spans.length === 2)
  await bed.settle(run.retry())
  await bed.ended(run)
  await bed.until(() => spans.length >= 4)
  expect(new Set(ids(spans)).size).toBe(4)
  expect(spans).toHaveLength(4)
})

it("two runs of one request that are done again are in traces of their own", async () => {
  const { spans, telemetry } = traced()
  const bed = new TestBed()
  const pinnace = bed.open({ telemetry })
  const fails = workflow("fails", {}, (w) => w.node("fails", task("fails", { run: () => Effect.die("no") })))
  for (const id of ["a", "b"]) {
    const run = await bed.settle(pinnace.start(fails, undefined, { id, traceparent }))
    await bed.ended(run)
    await bed.settle(run.retry())
    await bed.ended(run)
  }
  const runs = named(spans, "run fails")
  expect(runs.map(({ traceId }) => traceId === runs[0]!.traceId)).toEqual([true, false, true, false])
  expect(new Set(runs.map(({ traceId }) => traceId)).size).toBe(3)
  expect(runs.flatMap(({ events }) => events)).toEqual([])
})

it("a node that is tried for months keeps few events", async () => {
  const { spans, telemetry } = traced()
  const bed = new TestBed()
  const stubborn = task("stubborn", {
    retry: { limit: 400 },
    run: (_: void, { attempt }) => attempt < 400 ? Effect.die("no") : Effect.void
  })
  await bed.play(workflow("w", {}, (w) => w.node("stubborn", stubborn)), undefined, bed.open({ telemetry }))
  const { events } = named(spans, "node stubborn")[0]!
  expect(events).toHaveLength(128)
  expect(events.at(-1)!.attributes["pinnace.attempt"]).toBe(399)
})

it("a sink that is an async function, and fails, ends no process", async () => {
  const telemetry = {
    spans: {
      emit: async () => {
        await Promise.resolve()
        throw new Error("full")
      }
    }
  }
  const bed = new TestBed()
  expect((await bed.play(one, undefined, bed.open({ telemetry }))).ending.phase).toBe("Succeeded")
})
