/**
 * The workflow of the demo in a browser: loads prices two at a time, asks a service that is busy at first, waits for a
 * person, and fails once, so that there is something to retry.
 */
import { setTimeout as pause } from "node:timers/promises"
import * as Schema from "effect/Schema"
import { Artifact } from "../../workflow/Artifact.ts"
import { semaphore } from "../../workflow/Semaphore.ts"
import { signal } from "../../workflow/Signal.ts"
import { task } from "../../workflow/Task.ts"
import { workflow } from "../../workflow/Workflow.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", { again: Schema.String }) {}
class Closed extends Schema.TaggedError<Closed>()("Closed", { remedy: Schema.String }) {}

const connections = semaphore("connections", { limit: 2 })
const Price = Schema.Struct({ fruit: Schema.String, cents: Schema.Number })

const load = task("load", {
  description: "Loads the price of one fruit",
  input: { fruit: Schema.String },
  output: Price,
  permits: [connections.take()],
  run: async ({ fruit }, { log, signal }) => {
    log(`asking for the price of ${fruit}s`)
    await pause(1_500, undefined, { signal })
    return { fruit, cents: fruit.length * 17 }
  }
})

const convert = task("convert", {
  description: "Asks for the rate of exchange; the service is busy twice",
  output: Schema.Number,
  errors: [Busy],
  retry: { limit: 4, backoff: "2 seconds" },
  run: async (_, { attempt, log, signal }) => {
    await pause(600, undefined, { signal })
    if (attempt < 3) throw new Busy({ again: "in a moment" })
    log("the rate is 1.1")
    return 1.1
  }
})

const write = task("write", {
  description: "Writes the report",
  input: { prices: Schema.Array(Price), rate: Schema.Number },
  output: Artifact,
  run: ({ prices, rate }, { artifacts }) => {
    const lines = prices.map(({ cents, fruit }) => `${fruit},${(cents * rate / 100).toFixed(2)}\n`)
    return artifacts.put("prices.csv", new TextEncoder().encode(`fruit,dollars\n${lines.join("")}`))
  }
})

let attempts = 0

const publish = task("publish", {
  description: "Hands the report over; the shop is closed the first time",
  input: { approved: Schema.Boolean },
  errors: [Closed],
  run: async ({ approved }, { log, signal }) => {
    await pause(800, undefined, { signal })
    if (++attempts === 1) throw new Closed({ remedy: "Press Retry: it is open the next time" })
    log(approved ? "published" : "put aside")
  }
})

const approval = signal("approve", { approved: Schema.Boolean, note: Schema.String })
const fruits = ["apple", "banana", "melon", "fig", "grape", "lemon"]

/** The workflow. */
export const tour = workflow("tour", { description: "A demonstration, to be finished in the browser" }, (w) => {
  const prices = w.map("prices", fruits, load, (fruit) => ({ fruit }))
  const rate = w.node("rate", convert)
  const report = w.node("report", write, { input: { prices, rate } })
  const answer = w.suspend(approval, { after: [report] })
  w.node("publish", publish, { needs: { answer }, input: ({ answer }) => ({ approved: answer.approved }) })
})
