/** Runs 10,000 nodes side by side with tracing, metrics or nothing, and tells what CPU time they took. */
import process from "node:process"
import { open, task, workflow } from "../../mod.ts"
import { otlp } from "../../src/otel/mod.ts"

const [, , file = "", what = "off", url = ""] = process.argv
const nothing = task("nothing", { run: () => undefined })
const wide = (many: number) =>
  workflow(`wide-${many}`, {}, (w) => {
    for (let at = 0; at < many; at++) w.node(`n${at}`, nothing)
  })

const spans = otlp({ url })
const pinnace = await open(file, {
  ...(what === "sampled" ? { telemetry: { spans } } : {}),
  ...(what === "unsampled" ? { telemetry: { spans, sample: { ratio: 0, failed: false } } } : {}),
  ...(what === "metrics" ? { metrics: true } : {})
})
await pinnace.run(wide(1_000))
const measured = wide(10_000)
const before = process.cpuUsage()
const run = await pinnace.start(measured)
await run.ending()
await spans.flush()
const { system, user } = process.cpuUsage(before)
await pinnace.close()
if (what === "sampled" && spans.dropped > 0) throw new Error(`${spans.dropped} spans were dropped`)
process.stdout.write(`@${JSON.stringify((system + user) / 1_000)}\n`)
