// One engine for the process. Next.js loads modules anew at each save, and several times: `globalThis` keeps one.
import { open, type Pinnace, Schema, task, workflow } from "pinnace"

const pay = task("pay", { input: { item: Schema.String }, run: ({ item }) => `paid for ${item}` })
export const order = workflow(
  "order",
  { input: { item: Schema.String } },
  (w) => w.node("pay", pay, { input: w.input })
)

const kept = globalThis as { pinnace?: Promise<Pinnace> }

/** The engine of this process. */
export const pinnace = (): Promise<Pinnace> =>
  kept.pinnace ??= open(process.env["STATE"] ?? "state.db", { workflows: [order] })
