/** OpenWorkflow on its SQLite back end, with its own defaults; only many runs at once get a worker with 100 slots instead of 1. */
import { writeSync } from "node:fs"
import { OpenWorkflow } from "openworkflow"
import { BackendSqlite } from "openworkflow/sqlite"
import { performance } from "node:perf_hooks"
import process from "node:process"

const { discard, durability, file, nodes, phase, repeat, runs, shape } = JSON.parse(process.argv[2])
const backend = BackendSqlite.connect(file)
// Its own default is FULL; there is no option, so the other level is set on its connection.
if (durability === "process") backend.db.exec("PRAGMA synchronous = NORMAL")

let executed = 0
let first = Infinity
// Its results are polled for once a second: throughput is taken from when the first function was entered to when the last returned.
let entered = 0
let returned = 0

const body = (i) => {
  executed++
  first = Math.min(first, i)
  if (phase === "kill" && i === nodes / 2) process.kill(process.pid, "SIGKILL")
  return { ok: true, i }
}

const shapes = {
  chain: async (step, size) => {
    let last = -1
    for (let i = 0; i < size; i++) last = (await step.run({ name: `n${i}` }, () => body(last + 1))).i
    return last
  },
  wide: async (step, size) => {
    const outputs = await Promise.all(
      Array.from({ length: size }, (_, i) => step.run({ name: `n${i}` }, () => body(0)))
    )
    return outputs.at(-1).i
  }
}

const define = (client, name, shape, size) =>
  client.defineWorkflow({ name }, async ({ step }) => {
    if (entered === 0) entered = performance.now()
    const result = await shapes[shape](step, size)
    returned = performance.now()
    return result
  })

const client = new OpenWorkflow({ backend })
const warmUp = define(client, "warm-up", "chain", 20)
const measured = define(client, "measured", shape, nodes)
const worker = client.newWorker(runs > 1 ? { concurrency: 100 } : {})
await worker.start()

const launch = async () => {
  const handles = await Promise.all(Array.from({ length: runs }, () => measured.run({})))
  return (await Promise.all(handles.map((handle) => handle.result()))).at(-1)
}

const expect = (depth) => {
  const expected = shape === "chain" ? nodes - 1 : 0
  if (depth !== expected) throw new Error(`The last step gave ${depth} instead of ${expected}`)
}

const measure = async () => {
  if (phase === "measure") await (await warmUp.run({})).result()
  executed = 0
  for (let i = 0; i < discard; i++) expect(await launch())
  const samples = []
  for (let i = 0; i < repeat; i++) {
    entered = 0
    const begun = performance.now()
    expect(await launch())
    samples.push(nodes * runs === 1 ? performance.now() - begun : returned - entered)
  }
  return samples
}

const resume = async () => {
  const begun = performance.now()
  for (;;) {
    const { data } = await backend.listWorkflowRuns({ limit: 1 })
    if (data[0].status === "completed") return [performance.now() - begun]
    if (data[0].status === "failed") throw new Error(JSON.stringify(data[0].error))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const cpu = process.cpuUsage()
const samples = phase === "resume" ? await resume() : await measure()
const { system, user } = process.cpuUsage(cpu)
const rss = Math.round(process.resourceUsage().maxRSS / 1024)
writeSync(1, `@${JSON.stringify({ samples, definition: 0, cpu: (user + system) / 1000, executed, first, rss })}\n`)
await worker.stop()
await backend.stop()
process.exit(0)
