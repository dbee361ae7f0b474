// A flow is a workflow as one async function. Each step is a node under its name: after a restart the function runs
// again from its top, and what has ended answers from the record.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { flow, open, Schema, signal } from "../mod.ts"

let life = 1
const approval = signal("approval", { by: Schema.String })

const order = flow("order", { input: { items: Schema.Array(Schema.Number) } }, async ({ items }, f) => {
  const prices = await f.each("price", items, (item) => item * 10)
  const total = await f.step("total", () => {
    console.log(`life ${life}: adding up`)
    return prices.reduce((a, b) => a + b, 0)
  })
  if (total > 50) {
    const { by } = await f.receive(approval)
    console.log(`life ${life}: approved by ${by}`)
  }
  await f.sleep("cool-down", "10 millis")
  const [stored, mailed] = await f.all([f.step("store", () => "stored"), f.step("mail", () => "mailed")])
  return `${total}: ${stored} and ${mailed}`
})

const file = join(mkdtempSync(join(tmpdir(), "pinnace-")), "state.db")
const first = await open(file)
const run = await first.start(order, { items: [1, 2, 3] }, { id: "order-1" })
await run.waitFor("approval", "waiting")
await first.close()

life = 2
const second = await open(file, { workflows: [order] })
const again = (await second.get("order-1"))!
await again.signal(approval, { by: "Ada" })
console.log(await again.result())
for (const { path, phase } of await again.nodes()) console.log(`${path}: ${phase}`)
await second.close()
