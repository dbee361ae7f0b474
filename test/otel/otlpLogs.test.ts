/** Lines of logs at a collector, beside the spans that they belong to. */
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { otlp, otlpLogs } from "../../src/otel/mod.ts"
import type { LogRecord } from "../../src/trace/LogRecord.ts"
import { type CollectedLine, Collector } from "./Collector.ts"
import { checkRequest } from "./Strict.ts"

let collector: Collector
let base: string
beforeEach(async () => {
  collector = new Collector()
  collector.check = checkRequest
  base = await collector.open()
})
afterEach(async () => {
  await collector.close()
  expect(collector.faults).toEqual([])
})

const attributeOf = ({ attributes }: CollectedLine, name: string) => attributes.find(({ key }) => key === name)?.value

it("lines arrive with the span of their node or attempt, their level and their fields", async () => {
  const telemetry = { spans: otlp({ url: `${base}/v1/traces` }), logs: otlpLogs({ url: `${base}/v1/logs` }) }
  const pinnace = await open(":memory:", { telemetry, secrets: () => "hunter2!" })
  const pay = task("pay", {
    retry: { limit: 1 },
    run: async (_: void, context) => {
      const secret = await context.secret("key")
      context.log.with({ tenant: "a" }).warn("declined", { code: 51, secret, card: { last: [4, null, 0.5] } })
      if (context.attempt === 1) throw new Error("again")
    }
  })
  const told = task("told", {
    run: () => Effect.logInfo("from Effect").pipe(Effect.annotateLogs({ order: 7, "pinnace.run.id": "mine" }))
  })
  const run = await pinnace.start(workflow("order", {}, (w) => {
    w.node("told", told, { after: [w.node("pay", pay)] })
  }))
  expect((await run.outcome()).phase).toBe("Succeeded")
  await pinnace.close()

  const [first, second, third] = collector.lines
  const spanNamed = (name: string, at = 0) => collector.spans.filter((span) => span.name === name)[at]!.spanId
  expect(collector.lines.map(({ spanId }) => spanId)).toEqual([
    // The first attempt of a node works in the node's own span.
    spanNamed("node pay"),
    spanNamed("attempt pay", 1),
    spanNamed("node told")
  ])
  expect(new Set(collector.lines.map(({ traceId }) => traceId))).toEqual(new Set([collector.spans[0]!.traceId]))
  expect([first!.severityText, first!.flags, attributeOf(second!, "pinnace.attempt")]).toEqual([
    "WARN",
    1,
    { intValue: "2" }
  ])
  expect(attributeOf(first!, "code")).toEqual({ intValue: "51" })
  expect(attributeOf(first!, "tenant")).toEqual({ stringValue: "a" })
  expect(attributeOf(first!, "card")).toEqual({
    kvlistValue: {
      values: [{ key: "last", value: { arrayValue: { values: [{ intValue: "4" }, {}, { doubleValue: 0.5 }] } } }]
    }
  })
  expect(JSON.stringify(collector.lines)).not.toContain("hunter2!")
  expect([attributeOf(third!, "order"), attributeOf(third!, "pinnace.run.id")]).toEqual([
    { intValue: "7" },
    { stringValue: run.id }
  ])
  expect(collector.headers.length).toBe(2)
})

it("lines of a run that was not chosen are sent all the same, and say so", async () => {
  const spans = otlp({ url: `${base}/v1/traces` })
  const telemetry = { spans, sample: { ratio: 0 }, logs: otlpLogs({ url: `${base}/v1/logs` }) }
  const pinnace = await open(":memory:", { telemetry })
  await pinnace.run(workflow("order", {}, (w) => w.node("a", task("a", { run: (_: void, { log }) => log("hi") }))))
  await pinnace.close()
  expect(collector.lines.map(({ body, flags }) => [body.stringValue, flags])).toEqual([["hi", 0]])
  expect([spans.sent, collector.spans.length]).toEqual([0, 0])
})

it("logs without spans need no sink of spans, and send none for runs that fail", async () => {
  const lines: Array<LogRecord> = []
  const pinnace = await open(":memory:", { telemetry: { logs: { emit: (some) => lines.push(...some) } } })
  const fails = task("fails", {
    run: (_: void, { log }) => {
      log("about to fail")
      throw new Error("no")
    }
  })
  await (await pinnace.start(workflow("order", {}, (w) => w.node("fails", fails)))).ending()
  await pinnace.close()
  expect(lines.map(({ sampled, text }) => [text, sampled])).toEqual([["about to fail", false]])
})

it("a sink that throws changes no run", async () => {
  const logs = {
    emit: () => {
      throw new Error("full")
    },
    flush: () => Promise.reject(new Error("full"))
  }
  const pinnace = await open(":memory:", { telemetry: { logs } })
  const run = await pinnace.start(
    workflow("order", {}, (w) => w.node("a", task("a", { run: (_: void, { log }) => log("hi") })))
  )
  expect((await run.outcome()).phase).toBe("Succeeded")
  expect((await run.logs()).length).toBe(1)
  await pinnace.close()
})
