/**
 * `npm run stress -- --locks [--processes 8] [--acquisitions 1000] [--seed N] [--runtimes node,bun,deno] [--pause 100]`
 * lets real processes compete for permits on one file under kills, pauses, stops and changing limits, and ends with 1
 * when anything was not as it has to be.
 */
import process from "node:process"
import { parseArgs } from "node:util"
import type { Runtime } from "../crash/Host.ts"
import { stressLocks, type Verdict } from "./locks.ts"

const { values } = parseArgs({
  options: {
    locks: { type: "boolean", default: true },
    processes: { type: "string", default: "8" },
    acquisitions: { type: "string", default: "1000" },
    seed: { type: "string", default: String(process.pid) },
    runtimes: { type: "string", default: "node" },
    pause: { type: "string", default: "100" }
  },
  strict: true
})

const quantile = (numbers: ReadonlyArray<number>, share: number): string => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1)
}

const handOver = (millis: ReadonlyArray<number>): string =>
  `${quantile(millis, 0.5)} ms (p90 ${quantile(millis, 0.9)} ms, ${millis.length} of them)`

const summarise = (it: Verdict): void => {
  for (const violation of it.violations.slice(0, 20)) console.log(`✖ ${violation}`)
  if (it.violations.length > 20) console.log(`✖ and ${it.violations.length - 20} more`)
  const phases = Object.entries(it.phases).map(([phase, many]) => `${phase} ${many}`).join(", ")
  console.log(
    `${it.runs} runs ended ${phases}; ${it.executions} bodies, ${it.grants} grants in ${it.seconds.toFixed(1)} s`
  )
  console.log(
    `${it.kills} kills, ${it.pauses} pauses, ${it.fences} fenced, ${it.stops} stops, ${it.limits} changes of a limit`
  )
  console.log(`hand-over of a mutex: ${handOver(it.handOvers)}; between processes: ${handOver(it.foreignHandOvers)}`)
  console.log(`wait for a grant: p50 ${quantile(it.waits, 0.5)} ms, longest ${quantile(it.waits, 1)} ms`)
}

const seed = Number(values.seed)
const runtimes = values.runtimes.split(",") as ReadonlyArray<Runtime>
const size = { processes: Number(values.processes), acquisitions: Number(values.acquisitions), seed, runtimes }
const verdict = await stressLocks(
  { ...size, pause: Number(values.pause) },
  (ended, of) => console.log(`${ended} of ${of} runs ended`)
)
summarise(verdict)
const failed = verdict.violations.length > 0
if (failed) console.log(`FAILED; replay: npm run stress -- --locks --seed ${seed}; what happened: ${verdict.directory}`)
else console.log(`passed, seed ${seed}`)
process.exitCode = failed ? 1 : 0
