/**
 * An app that is traced and counted, and perhaps ends by SIGKILL at one of its commits: `app.ts FILE COLLECTOR`, with
 * the point in PINNACE_TEST_KILL. Prints what Prometheus would be told, once its run has ended.
 */
import * as Effect from "effect/Effect"
import process from "node:process"
import { open, Schema, task, workflow } from "../../../mod.ts"
import { otlp, otlpLogs, otlpMetrics } from "../../../src/otel/mod.ts"
import { prometheus } from "../../../src/embed/metrics.ts"
import { KillPoint, wrap } from "../../crash/killing.ts"

const [, , file = "", collector = ""] = process.argv
const point = new KillPoint(process.env["PINNACE_TEST_KILL"])

class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}

const charge = task("charge", {
  input: Schema.Number,
  output: Schema.Number,
  errors: [Busy],
  retry: { limit: 5 },
  run: (n, { attempt, log }) => {
    log.warn(`attempt ${attempt} of ${n}`, { attempt })
    return attempt <= n ? Effect.fail(new Busy()) : Effect.succeed(n)
  }
})
const label = workflow("label", { output: Schema.Number }, (w) => w.node("print", charge, { input: 0 }))
const order = workflow("order", {}, (w) => {
  const pay = w.node("pay", charge, { input: 1 })
  const parts = w.map("parts", [0, 1], charge, (n) => n, { after: [pay] })
  w.run("label", label, { after: [parts] })
})

const spans = otlp({ url: `${collector}/v1/traces` })
const lines = otlpLogs({ url: `${collector}/v1/logs` })
/** At once: what a life has told is at the collector when it is killed. */
const eager = <A>({ emit, flush }: { readonly emit: (all: A) => void; readonly flush: () => Promise<void> }) => ({
  flush,
  emit: (some: A) => (emit(some), void flush())
})

await using pinnace = await open(file, {
  telemetry: { spans: eager(spans), logs: eager(lines) },
  metrics: otlpMetrics({ url: `${collector}/v1/metrics` })
})
wrap(pinnace.engine.host.journal, point, () => {})
pinnace.register(order, label)
const traceparent = process.env["TRACEPARENT"]!
const run = await pinnace.get("order-1") ?? await pinnace.start(order, undefined, { id: "order-1", traceparent })
await run.ending()
process.stdout.write(await prometheus(pinnace))
