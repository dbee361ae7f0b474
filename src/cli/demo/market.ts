/**
 * The workflow of the demo: loads prices two at a time, asks a service
 * that is busy at first, and saves a report. About eight seconds.
 */
import { setTimeout as pause } from "node:timers/promises"
import * as Schema from "effect/Schema"
import { Artifact } from "../../workflow/Artifact.ts"
import { semaphore } from "../../workflow/Semaphore.ts"
import { task } from "../../workflow/Task.ts"
import { workflow } from "../../workflow/Workflow.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", { again: Schema.String }) {}

const connections = semaphore("connections", { limit: 2 })

const load = task("load", {
  description: "Loads the price of one fruit",
  input: { fruit: Schema.String },
  output: Schema.Struct({ fruit: Schema.String, cents: Schema.Number }),
  permits: [connections.take()],
  run: async ({ fruit }, { log, signal }) => {
    log(`asking for the price of ${fruit}s`)
    await pause(1_200, undefined, { signal })
    return { fruit, cents: fruit.length * 17 }
  }
})

const convert = task("convert", {
  description: "Asks for the rate of exchange; the service is busy twice",
  output: Schema.Number,
  errors: [Busy],
  retry: { limit: 4, backoff: "700 millis" },
  run: async (_, { attempt, log, signal }) => {
    await pause(400, undefined, { signal })
    if (attempt < 3) throw new Busy({ again: "in a moment" })
    log("the rate is 1.1")
    return 1.1
  }
})

const write = task("write", {
  description: "Writes the report",
  input: { prices: Schema.Array(Schema.Struct({ fruit: Schema.String, cents: Schema.Number })), rate: Schema.Number },
  output: Artifact,
  run: async ({ prices, rate }, { artifacts, signal }) => {
    await pause(900, undefined, { signal })
    const lines = prices.map(({ cents, fruit }) => `${fruit}: ${(cents * rate / 100).toFixed(2)} dollars\n`)
    return await artifacts.put("prices.txt", new TextEncoder().encode(lines.join("")))
  }
})

const check = task("check", {
  description: "Looks the report over",
  input: { report: Artifact },
  run: async (_, { signal }) => {
    await pause(700, undefined, { signal })
  }
})

const fruits = ["apple", "banana", "melon", "fig", "grape", "lemon"]

/** The workflow. */
export const market = workflow("market", { description: "A demonstration" }, (w) => {
  const prices = w.map("prices", fruits, load, (fruit) => ({ fruit }))
  const rate = w.node("rate", convert)
  const report = w.node("report", write, { input: { prices, rate } })
  w.node("check", check, { input: { report } })
  w.onExit(async ({ outcome }, { log, signal }) => {
    await pause(600, undefined, { signal })
    log(`cleaned up after ${outcome.phase}`)
  })
})
