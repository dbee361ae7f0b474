/** DBOS on PostgreSQL, with its own defaults. */
import { DBOS } from "@dbos-inc/dbos-sdk"
import { writeSync } from "node:fs"
import { performance } from "node:perf_hooks"
import process from "node:process"

const { nodes, runs, shape, url } = JSON.parse(process.argv[2])
let executed = 0
const body = () => Promise.resolve((executed++, { ok: true }))

const work = async (size) => {
  const step = (i) => DBOS.runStep(body, { name: `n${i}` })
  if (shape === "wide") await Promise.all(Array.from({ length: size }, (_, i) => step(i)))
  else for (let i = 0; i < size; i++) await step(i)
  return true
}
const measured = DBOS.registerWorkflow(work, { name: "measured" })
DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, logLevel: "error", runAdminServer: false })
await DBOS.launch()
await measured(20)
executed = 0
const begun = performance.now()
const handles = await Promise.all(Array.from({ length: runs }, () => DBOS.startWorkflow(measured)(nodes)))
await Promise.all(handles.map((handle) => handle.getResult()))
writeSync(1, `@${JSON.stringify({ millis: performance.now() - begun, executed })}\n`)
await DBOS.shutdown()
process.exit(0)
