// A run can be stopped, and retried from where it failed. The plan of a retry says first what would run again, and why.
import { setTimeout as sleep } from "node:timers/promises"
import { open, Schema, task, workflow } from "../mod.ts"

class Offline extends Schema.TaggedError<Offline>()("Offline", {}) {}

let online = false

const read = task("read", {
  run: () => {
    console.log("  read runs")
    return "data"
  }
})
const upload = task("upload", {
  input: { data: Schema.String },
  errors: [Offline],
  run: ({ data }) => {
    if (!online) throw new Offline()
    return `${data} is uploaded`
  }
})
const wait = task("wait", { run: (_, { signal }) => sleep(3_600_000, "done", { signal }) })

const sync = workflow("sync", {}, (w) => w.node("upload", upload, { input: { data: w.node("read", read) } }))
const slow = workflow("slow", {}, (w) => {
  w.node("wait", wait)
  w.onExit(({ outcome }) => console.log(`  exit handler: ${outcome.phase}`))
})

const pinnace = await open(":memory:")

console.log("stop")
const endless = await pinnace.start(slow)
for await (const { event } of endless.events()) if (event.type === "NodeStarted") break
await endless.stop("no time")
const { phase, reason } = await endless.ending()
console.log(`  ${phase} (${reason})`)
const late = await endless.suspend().catch((error) => error._tag)
console.log(`  suspend now: ${late}`)

console.log("retry")
const run = await pinnace.start(sync)
console.log(`  ${(await run.ending()).message}`)
const plan = await run.planRetry()
for (const { path, why } of plan.reset) console.log(`  would run again: ${path}, ${why}`)
online = true
await run.retry()
console.log(`  ${await run.result()}`)
await pinnace.close()
