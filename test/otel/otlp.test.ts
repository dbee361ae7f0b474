import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { otlp } from "../../src/otel/mod.ts"
import { otlpTarget } from "../../src/otel/environment.ts"
import type { SpanRecord } from "../../src/trace/SpanRecord.ts"
import { Collector } from "./Collector.ts"

let collector: Collector
let url: string
beforeEach(async () => {
  collector = new Collector()
  url = `${await collector.open()}/v1/traces`
})
afterEach(() => {
  vi.unstubAllEnvs()
  return collector.close()
})

const spans = (many: number): ReadonlyArray<SpanRecord> =>
  Array.from({ length: many }, (_, n) => ({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: String(n).padStart(16, "0"),
    name: "node a",
    kind: "internal",
    startedAt: 1_700_000_000_123,
    endedAt: 1_700_000_000_456,
    attributes: { text: "a", whole: 3, part: 0.5, is: true },
    events: [{ name: "pinnace.wait", at: 1_700_000_000_200, attributes: {} }],
    links: []
  }))

it("a run arrives at a collector whole once its engine is closed", async () => {
  const pinnace = await open(":memory:", { telemetry: { spans: otlp({ url, service: "shop" }) } })
  const fails = task("fails", {
    run: () => {
      throw new RangeError("too much")
    }
  })
  const run = await pinnace.start(workflow("order", {}, (w) => w.node("fails", fails)))
  await run.ending()
  await pinnace.close()
  const [node, root] = collector.spans
  expect(collector.spans.map(({ name }) => name)).toEqual(["node fails", "run order"])
  expect([node!.parentSpanId, node!.traceId]).toEqual([root!.spanId, root!.traceId])
  expect([root!.kind, root!.parentSpanId, node!.status]).toEqual([
    5,
    undefined,
    { code: 2, message: expect.stringContaining("too much") }
  ])
  expect(collector.resources[0]).toContain(`{"key":"service.name","value":{"stringValue":"shop"}}`)
})

it("values, times and bodies are encoded as the protocol says, large bodies compressed", async () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
  const sink = otlp({ url, headers: { authorization: "Bearer x" } })
  sink.emit(spans(600))
  await sink.flush()
  expect([collector.spans.length, sink.sent, sink.dropped]).toEqual([600, 600, 0])
  expect(collector.headers[0]).toMatchObject({ "content-encoding": "gzip", authorization: "Bearer x" })
  expect(collector.spans[0]).toMatchObject({
    startTimeUnixNano: "1700000000123000000",
    attributes: [
      { key: "text", value: { stringValue: "a" } },
      { key: "whole", value: { intValue: "3" } },
      { key: "part", value: { doubleValue: 0.5 } },
      { key: "is", value: { boolValue: true } }
    ]
  })
})

it("what a collector refuses is sent once more, then given up and counted", async () => {
  const sink = otlp({ url })
  collector.refusals = 1
  sink.emit(spans(2))
  await sink.flush()
  expect([collector.spans.length, sink.sent, sink.dropped]).toEqual([2, 2, 0])
  collector.refusals = 2
  sink.emit(spans(3))
  await sink.flush()
  expect([collector.spans.length, sink.sent, sink.dropped]).toEqual([2, 2, 3])
})

it("what a collector refuses for good is not sent again", async () => {
  const sink = otlp({ url })
  collector.refusals = 2
  collector.refusal = 400
  sink.emit(spans(1))
  await sink.flush()
  expect([collector.headers.length, sink.sent, sink.dropped]).toEqual([1, 0, 1])
  collector.refusal = 429
  sink.emit(spans(1))
  await sink.flush()
  expect([collector.headers.length, sink.sent, sink.dropped]).toEqual([3, 1, 1])
})

it("where a collector sends on is not followed, since keys are for one collector only", async () => {
  const sink = otlp({ url, headers: { authorization: "Bearer x" } })
  collector.refusals = 1
  collector.refusal = 307
  sink.emit(spans(1))
  await sink.flush()
  expect([collector.headers.length, sink.sent, sink.dropped]).toEqual([1, 0, 1])
})

it("without a collector nothing is kept beyond a bound, and nothing hangs", async () => {
  await collector.close()
  const sink = otlp({ url })
  sink.emit(spans(70_000))
  expect(sink.dropped).toBe(70_000 - 65_536)
  await sink.flush()
  expect([sink.sent, sink.dropped]).toEqual([0, 70_000])
})

it.each([
  [{}, "http://localhost:4318/v1/traces", "pinnace"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:1/", OTEL_SERVICE_NAME: "s" }, "http://c:1/v1/traces", "s"],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c:1/x" }, "http://c:1/x", "pinnace"],
  [{ OTEL_RESOURCE_ATTRIBUTES: "service.name=a%20b,x=1" }, "http://localhost:4318/v1/traces", "a b"]
])("the environment %o says where to send", (env, target, service) => {
  const { resource, url } = otlpTarget({}, "traces", env)
  expect([url, resource["service.name"]]).toEqual([target, service])
})

it.each([
  ["http://localhost:4318/v1/traces", {}, false],
  ["http://127.0.0.1/v1/traces", {}, false],
  ["http://[::1]:4318/v1/traces", {}, false],
  ["https://localhost.example.org/v1/traces", {}, true],
  ["https://collector.example.org/v1/traces", {}, true],
  ["https://collector.example.org/v1/traces", { OTEL_EXPORTER_OTLP_COMPRESSION: "none" }, false],
  ["http://localhost/v1/traces", { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" }, true],
  ["http://localhost/", { OTEL_EXPORTER_OTLP_COMPRESSION: "none", OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip" }, true]
])("what goes to %s with %o is compressed: %s", (url, env, zips) => {
  expect(otlpTarget({ url }, "traces", env).zips).toBe(zips)
})

it("a batch holds what it was given, however long and in whatever script", async () => {
  const sink = otlp({ url })
  const [span] = spans(1)
  const names = Array.from({ length: 1_500 }, (_, n) => "größer 漢字 🚲 ".repeat(n % 40))
  for (const name of names) sink.emit([{ ...span!, name }])
  await sink.flush()
  expect(collector.spans.map(({ name }) => name)).toEqual(names)
})

it("headers of the environment are sent", () => {
  expect(otlpTarget({}, "traces", { OTEL_EXPORTER_OTLP_HEADERS: "a=1, b=x%3Dy" }).headers).toEqual({ a: "1", b: "x=y" })
})
