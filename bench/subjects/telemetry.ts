/**
 * Runs 10,000 nodes side by side with tracing, metrics or nothing, in turns, and tells what CPU time each has taken.
 * All in one process, which is warm: processes of their own differ from each other by more than what is looked for.
 */
import process from "node:process"
import { open, type Pinnace, task, workflow } from "../../mod.ts"
import { otlp } from "../../src/otel/mod.ts"
import type { Turn } from "../telemetry.ts"

const [, , folder = "", url = "", reps = "1", many = "10000"] = process.argv
const nothing = task("nothing", { run: () => undefined })
const wide = (nodes: number) =>
  workflow(`wide-${nodes}`, {}, (w) => {
    for (let at = 0; at < nodes; at++) w.node(`n${at}`, nothing)
  })
const [small, large] = [wide(1_000), wide(Number(many))]

const spans = otlp({ url })
const engines: Readonly<Record<keyof Turn, Pinnace>> = {
  off: await open(`${folder}/off.db`),
  again: await open(`${folder}/again.db`),
  unsampled: await open(`${folder}/unsampled.db`, { telemetry: { spans, sample: { ratio: 0, failed: false } } }),
  sampled: await open(`${folder}/sampled.db`, { telemetry: { spans } }),
  metrics: await open(`${folder}/metrics.db`, { metrics: true })
}
const names = Object.keys(engines) as ReadonlyArray<keyof Turn>

const once = async (pinnace: Pinnace, measured: typeof large): Promise<number> => {
  globalThis.gc?.()
  const before = process.cpuUsage()
  const run = await pinnace.start(measured)
  await run.ending()
  await spans.flush()
  const { system, user } = process.cpuUsage(before)
  // Files that grow would make later turns dearer.
  await run.delete()
  return (system + user) / 1_000
}

for (const name of names) for (let at = 0; at < 5; at++) await once(engines[name], small)
for (const name of names) await once(engines[name], large)
const turns: Array<Turn> = []
for (let rep = 0; rep < Number(reps); rep++) {
  const turn: Partial<Record<keyof Turn, number>> = {}
  const at = rep % names.length
  for (const name of [...names.slice(at), ...names.slice(0, at)]) turn[name] = await once(engines[name], large)
  turns.push(turn as Turn)
}
for (const name of names) await engines[name].close()
if (spans.dropped > 0) throw new Error(`${spans.dropped} spans were dropped`)
process.stdout.write(`@${JSON.stringify(turns)}\n`)
