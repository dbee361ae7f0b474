/** What is counted arrives at a collector, and among the metrics of an Effect app. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { layer, PinnaceEngine } from "../../src/embed/effect.ts"
import { otlpMetrics } from "../../src/otel/mod.ts"
import { Collector } from "./Collector.ts"

const order = workflow("order", {}, (w) => w.node("pay", task("pay", { run: () => {} })))

let collector: Collector
let url: string
beforeEach(async () => {
  collector = new Collector()
  url = `${await collector.open()}/v1/metrics`
})
afterEach(() => collector.close())

it("what was counted arrives at a collector once the engine is closed", async () => {
  const sink = otlpMetrics({ url, interval: Infinity, service: "shop" })
  const pinnace = await open(":memory:", { metrics: sink })
  await pinnace.run(order)
  await pinnace.close()
  expect([sink.sent, sink.failed, collector.metrics.length]).toEqual([1, 0, 1])
  const [metrics = []] = collector.metrics
  const found = Object.fromEntries(metrics.map((metric) => [metric.name, metric]))
  expect(found["pinnace.run.finished"]).toMatchObject({
    unit: "1",
    sum: {
      isMonotonic: true,
      aggregationTemporality: 2,
      dataPoints: [{
        asDouble: 1,
        attributes: expect.arrayContaining([{ key: "phase", value: { stringValue: "Succeeded" } }])
      }]
    }
  })
  const [point] = found["pinnace.node.duration"]!["histogram"].dataPoints
  expect([point.count, point.bucketCounts.length, point.explicitBounds.length]).toEqual(["1", 17, 16])
  expect(collector.resources[0]).toContain(`"stringValue":"shop"`)
})

it("what the state file holds is sent from time to time", async () => {
  const pinnace = await open(":memory:", { metrics: otlpMetrics({ url, interval: 0 }) })
  await pinnace.run(order)
  const runs = () =>
    collector.metrics.flat().find(({ gauge, name }) => name === "pinnace.file.runs" && gauge.dataPoints.length === 1)
  await collector.until(() => runs() !== undefined)
  expect(runs()!["gauge"].dataPoints[0]).toMatchObject({ asDouble: 1 })
  await pinnace.close()
})

it("a collector that refuses, and a sink that throws, change no run", async () => {
  collector.refusals = Infinity
  const sink = otlpMetrics({ url, interval: Infinity })
  const pinnace = await open(":memory:", { metrics: sink })
  await pinnace.run(order)
  await pinnace.close()
  expect([sink.sent, sink.failed]).toEqual([0, 1])
  const broken = await open(":memory:", {
    metrics: {
      follow: () => {
        throw new Error("no")
      }
    }
  })
  await broken.run(order)
  await broken.close()
})

describe("an Effect app", () => {
  it("finds what is counted among its own metrics while the engine is open", async () => {
    const program = Effect.gen(function* () {
      const engine = yield* PinnaceEngine
      yield* engine.run(order)
      return yield* Metric.snapshot
    })
    const registry: Metric.MetricRegistry = new Map()
    const snapshot = await Effect.runPromise(
      program.pipe(
        Effect.provide(layer(":memory:", { metrics: true })),
        Effect.provideService(Metric.MetricRegistry, registry)
      )
    )
    const state = (id: string) => snapshot.find((one) => one.id === id)?.state
    expect(state("pinnace_run_finished_total")).toEqual({ count: 1, incremental: true })
    expect(state("pinnace_node_duration_seconds")).toMatchObject({ count: 1, buckets: { length: 16 } })
    expect(registry.size).toBe(0)
  })
})
