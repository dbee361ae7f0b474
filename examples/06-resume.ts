// A run lives in the file, not in the process: close it, open it
// again, and the run goes on. What finished is not run again.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { open, Schema, task, workflow } from "../mod.ts"

let life = 1

const download = task("download", {
  run: () => {
    console.log(`life ${life}: download`)
    return 1461
  }
})
const train = task("train", {
  input: { rows: Schema.Number },
  run: async ({ rows }, { signal }) => {
    console.log(`life ${life}: train on ${rows} rows`)
    if (life === 1) await sleep(3_600_000, undefined, { signal })
    return `model of ${rows} rows`
  }
})
const learn = workflow("learn", {}, (w) => w.node("train", train, { input: { rows: w.node("download", download) } }))

const file = join(mkdtempSync(join(tmpdir(), "pinnace-")), "state.db")
const first = await open(file)
const run = await first.start(learn, undefined, { id: "learn-1" })
for await (const { event } of run.events()) if (event.type === "NodeStarted" && event.path === "train") break
await first.close()

life = 2
const second = await open(file, { workflows: [learn] })
console.log(await (await second.get("learn-1"))?.result())
await second.close()
