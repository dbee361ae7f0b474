/** The app's own OpenTelemetry SDK: our spans go through it, and its spans in bodies are children of ours. */
import { context, trace } from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { afterEach, beforeEach, expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { sdk } from "../../src/otel/mod.ts"

let exporter: InMemorySpanExporter
let provider: BasicTracerProvider
let processor: SimpleSpanProcessor
beforeEach(() => {
  exporter = new InMemorySpanExporter()
  processor = new SimpleSpanProcessor(exporter)
  provider = new BasicTracerProvider({ spanProcessors: [processor] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterEach(() => {
  trace.disable()
  context.disable()
})

it("a request, its run, a node and what the node calls are one trace, in the app's own exporter", async () => {
  const tracer = trace.getTracer("app")
  const pinnace = await open(":memory:", { telemetry: { spans: sdk({ processors: [processor] }) } })
  const body = task("body", {
    run: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      tracer.startSpan("query").end()
    }
  })
  const order = workflow("order", {}, (w) => w.node("body", body))
  await tracer.startActiveSpan("GET /orders", async (span) => {
    const run = await pinnace.start(order)
    await run.result()
    span.end()
  })
  await pinnace.close()
  const told = exporter.getFinishedSpans()
  const at = (name: string) => told.find((span) => span.name === name)!
  const parentOf = (name: string) => at(name).parentSpanContext?.spanId
  expect(told.map(({ name }) => name).toSorted()).toEqual([
    "GET /orders",
    "node body",
    "query",
    "run order",
    "start order"
  ])
  expect(new Set(told.map((span) => span.spanContext().traceId)).size).toBe(1)
  for (const [child, parent] of [["query", "node body"], ["node body", "run order"], ["run order", "start order"]]) {
    expect(parentOf(child!), child).toBe(at(parent!).spanContext().spanId)
  }
  expect(parentOf("start order")).toBe(at("GET /orders").spanContext().spanId)
  expect(at("run order").duration[0]).toBeLessThan(600)
})
