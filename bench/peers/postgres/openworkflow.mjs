/** OpenWorkflow on PostgreSQL, with its own defaults; only many runs at once get a worker with 100 slots instead of 1. */
import { writeSync } from "node:fs"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { OpenWorkflow } from "openworkflow"
import { BackendPostgres } from "openworkflow/postgres"

const { nodes, runs, shape, url } = JSON.parse(process.argv[2])
const backend = await BackendPostgres.connect(url)
// Its results are polled for once a second: from when the first function was entered to when the last one returned.
let entered = 0
let returned = 0
let executed = 0
const body = () => (executed++, { ok: true })

const client = new OpenWorkflow({ backend })
const define = (name, size) =>
  client.defineWorkflow({ name }, async ({ step }) => {
    if (entered === 0) entered = performance.now()
    if (shape === "wide") await Promise.all(Array.from({ length: size }, (_, i) => step.run({ name: `n${i}` }, body)))
    else for (let i = 0; i < size; i++) await step.run({ name: `n${i}` }, body)
    returned = performance.now()
    return true
  })
const [warmUp, measured] = [define("warm-up", 20), define("measured", nodes)]
const worker = client.newWorker(runs > 1 ? { concurrency: 100 } : {})
await worker.start()
await (await warmUp.run({})).result()
entered = 0
executed = 0
const handles = await Promise.all(Array.from({ length: runs }, () => measured.run({})))
await Promise.all(handles.map((handle) => handle.result()))
writeSync(1, `@${JSON.stringify({ millis: returned - entered, executed })}\n`)
await worker.stop()
await backend.stop()
process.exit(0)
