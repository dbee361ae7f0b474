// Schedules: a workflow that starts by itself, on virtual time. Each instant that starts no run has a reason.
import { every, schedule, Schema, task, workflow } from "../mod.ts"
import { TestEngine } from "../src/testing/mod.ts"

const measure = task("measure", { input: Schema.String, output: Schema.String, run: (hour) => `measured at ${hour}` })
const weather = workflow("weather", { input: Schema.String }, (w) => w.node("measure", measure, { input: w.input }))

const hourly = schedule("hourly", every("1 hour"), weather, { input: ({ at }) => at.toISOString().slice(11, 16) })

const test = new TestEngine({ startAt: Date.parse("2026-01-01T00:00:00Z"), schedules: [hourly] })
const handle = test.pinnace.schedule(hourly)
await test.skip("2 hours")

await handle.pause("maintenance")
await test.skip("2 hours")
await handle.resume()
await test.skip("1 hour")

for (const { due, outcome, why } of (await handle.fires()).toReversed()) {
  console.log(due.toISOString().slice(11, 16), outcome, why ?? "")
}
const [last] = await test.pinnace.list()
console.log(await test.finish((await test.pinnace.get(last!.id))!))
await test.close()
