// Start policies: what a start does while runs of the same key are open or recent, on virtual time.
import { Schema, task, workflow } from "../mod.ts"
import { TestEngine } from "../src/testing/mod.ts"

const page = { tenant: Schema.String, page: Schema.Number }
const work = task("work", { input: page, output: Schema.String, run: ({ page, tenant }) => `${tenant}: page ${page}` })

// A burst of starts is one run, with the last input, two seconds after the last of them.
const sync = workflow(
  "sync",
  { input: page, start: { debounce: { key: ({ tenant }) => tenant, wait: "2 seconds", atMost: "30 seconds" } } },
  (w) => w.node("work", work, { needs: { it: w.input }, input: ({ it }) => it })
)

// One run of a tenant at a time: another start gets the run that is open.
const report = workflow(
  "report",
  { input: page, start: { singleton: { key: ({ tenant }) => tenant, taken: "return" } } },
  (w) => w.node("rest", work, { needs: { it: w.input }, input: ({ it }) => it })
)

const test = new TestEngine()
const acme = [1, 2, 3].map((page) => test.pinnace.start(sync, { tenant: "acme", page }))
const runs = await Promise.all(acme)
console.log(`${new Set(runs.map(({ id }) => id)).size} run`)
console.log(await test.finish(runs[0]!))

const [first, second] = await Promise.all([
  test.pinnace.start(report, { tenant: "acme", page: 1 }),
  test.pinnace.start(report, { tenant: "acme", page: 2 })
])
console.log(`the same: ${first.id === second.id}, ${await test.finish(second)}`)
await test.close()
