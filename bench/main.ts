/**
 * The benchmark: `npm run bench`, with `--json` for one JSON object on stdout and nothing else.
 *
 * Every measurement is a fresh process on a fresh file. Within a repetition the contestants of a workload follow each
 * other, so that a busy machine is busy for all of them; judge by ratios. Ends with 1 only when a result is wrong,
 * never because a bar is missed.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { parseArgs } from "node:util"
import { measureArtifacts } from "./artifacts.ts"
import { measureCapacity } from "./capacity.ts"
import { buildCommand, measureCli } from "./cli.ts"
import { type ColdStart, measureColdStart } from "./coldStart.ts"
import { measureHistory } from "./history.ts"
import { measureManifests } from "./manifests.ts"
import { measure } from "./measure.ts"
import { measurePauses } from "./pauses.ts"
import { measurePermits } from "./permits.ts"
import { measurePools } from "./pools.ts"
import { type Budget, budgetText, measureBudget } from "./profile.ts"
import { measurePostgres } from "./postgres.ts"
import { compile, installPeer } from "./prepare.ts"
import { toJson, toText } from "./report.ts"
import type { Series } from "./Result.ts"
import { measureServer } from "./server.ts"
import { measureUiStart } from "./uiStart.ts"
import { measureTypes } from "./types.ts"
import { measureLasting } from "./lasting.ts"
import { measureStalls } from "./stalls.ts"
import { measureReuse } from "./reuse.ts"
import { measureViews } from "./views.ts"
import { measureTelemetry } from "./telemetry.ts"
import { type Workload, workloads } from "./Workload.ts"

const usage = `npm run bench -- [options]
  --json             one JSON object on stdout
  --profile          where the time and memory of a node go, by layer of the sources, instead of how fast it is
  --reps N           repetitions (default 3)
  --only NAME        only this workload; may be given several times: ${
  workloads.map(({ name }) => name).join(", ")
}, cold-start, artifacts, permits, pauses, stalls, history, cli, manifests, types, views, reuse, lasting, server, postgres, telemetry, pools, capacity
  --durability D     only power or process
  --no-peer          leave OpenWorkflow out
  --no-build         use what bench/dist holds
  --dir PATH         where files are made (default: the system's temporary folder)`

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    json: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    reps: { type: "string", default: "3" },
    only: { type: "string", multiple: true, default: [] },
    durability: { type: "string" },
    peer: { type: "boolean", default: true },
    build: { type: "boolean", default: true },
    dir: { type: "string", default: tmpdir() },
    help: { type: "boolean", default: false }
  }
})

const reps = Math.max(1, Number(options.reps) || 3)
const others: ReadonlyArray<string> = [
  "cold-start",
  "artifacts",
  "permits",
  "pauses",
  "stalls",
  "history",
  "cli",
  "manifests",
  "types",
  "views",
  "reuse",
  "lasting",
  "server",
  "postgres",
  "telemetry",
  "pools",
  "capacity"
]
const unknown = options.only.filter((it) => !others.includes(it) && !workloads.some(({ name }) => name === it))
const wants = (name: string): boolean => options.only.length === 0 || options.only.includes(name)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** By durability first, so that contestants that are compared follow each other. */
const seriesOf = (workload: Workload, withPeer: boolean): ReadonlyArray<Series> =>
  (["power", "process"] as const)
    .filter((durability) => options.durability === undefined || durability === options.durability)
    .flatMap((durability) =>
      workload.entries
        .filter(({ contestant }) => withPeer || contestant !== "openworkflow")
        .filter(({ durabilities }) => durabilities.includes(durability))
        .map(({ contestant }): Series => ({ workload, durability, contestant, measurements: [] }))
    )

/** One repetition of one workload. Whoever was first is last next time. */
const repeatOnce = async (all: ReadonlyArray<Series>, rep: number, scratch: string): Promise<ReadonlyArray<string>> => {
  const wrong: Array<string> = []
  const turn = rep % Math.max(1, all.length)
  for (const series of [...all.slice(turn), ...all.slice(0, turn)]) {
    const { contestant, durability, measurements, workload } = series
    const entry = workload.entries.find((it) => it.contestant === contestant)!
    if (rep >= (entry.reps ?? reps)) continue
    const measurement = await measure(workload, entry, durability, scratch)
    measurements.push(measurement)
    wrong.push(...measurement.wrong.map((it) => `${workload.name}, ${durability}, ${contestant}: ${it}`))
  }
  return wrong
}

/** Workloads whose budget is shown where none is named. */
const profiled = ["wide-10000", "chain-1000", "runs-1000x5"]

const profile = async (scratch: string): Promise<boolean> => {
  if (options.build) compile()
  const names = options.only.length === 0 ? profiled : options.only
  const budgets: Array<Budget> = []
  for (const workload of workloads.filter(({ name }) => names.includes(name))) {
    say(`profile: ${workload.name}`)
    budgets.push(await measureBudget(workload, options.durability === "process" ? "process" : "power", scratch))
  }
  process.stdout.write(`${options.json ? JSON.stringify(budgets) : budgetText(budgets)}\n`)
  return true
}

const main = async (scratch: string): Promise<boolean> => {
  const begun = performance.now()
  if (options.build) compile()
  const skipped = options.peer ? [installPeer()].filter((it) => it !== undefined) : ["OpenWorkflow (--no-peer)"]
  const all = workloads.filter(({ name }) => wants(name)).map((it) => seriesOf(it, skipped.length === 0))
  const wrong: Array<string> = []
  for (let rep = 0; rep < reps; rep++) {
    for (const series of all) {
      say(`repetition ${rep + 1} of ${reps}: ${series[0]?.workload.name}`)
      wrong.push(...await repeatOnce(series, rep, scratch))
    }
  }
  const coldStart: ColdStart | undefined = wants("cold-start")
    ? await measureColdStart(2 * reps + 1, scratch)
    : undefined
  const artifacts = wants("artifacts") ? await measureArtifacts(reps, scratch, say) : { rows: [], skipped: [] }
  if (wants("permits")) say("permits")
  const permits = wants("permits") ? await measurePermits(reps, scratch, options.durability) : []
  if (wants("pauses")) say("pauses")
  const pauses = wants("pauses") ? await measurePauses(reps, scratch) : []
  if (wants("stalls")) say("stalls")
  const stalls = wants("stalls") ? await measureStalls(reps, scratch) : []
  if (wants("cli")) say("cli")
  if (wants("history")) say("history")
  const history = wants("history") ? await measureHistory(scratch) : []
  const cli = wants("cli") ? measureCli(reps, scratch, !options.build) : { rows: [], skipped: [] }
  if (wants("manifests")) say("manifests")
  if (wants("manifests") && !wants("cli")) buildCommand(options.build)
  const manifests = wants("manifests") ? await measureManifests(reps, scratch) : []
  if (wants("types")) say("types")
  const types = wants("types") ? measureTypes(reps, scratch) : { rows: [], skipped: [] }
  if (wants("views")) say("views")
  const views = wants("views") ? await measureViews(reps, scratch) : []
  if (wants("reuse")) say("reuse")
  const reuse = wants("reuse") ? await measureReuse(reps, scratch) : []
  if (wants("lasting")) say("lasting")
  const lasting = wants("lasting") ? await measureLasting(reps, scratch) : []
  if (wants("server")) say("server")
  if (wants("server") && !wants("cli") && !wants("manifests")) buildCommand(options.build)
  const server = wants("server") ? [...await measureServer(reps, scratch), ...await measureUiStart(reps, scratch)] : []
  if (wants("postgres")) say("postgres")
  const postgres = wants("postgres") ? await measurePostgres(reps, scratch, options.peer) : { rows: [], skipped: [] }
  if (wants("telemetry")) say("telemetry")
  const telemetry = wants("telemetry") ? await measureTelemetry(3 * reps, scratch) : []
  if (wants("pools")) say("pools")
  const pools = wants("pools") ? await measurePools(reps, scratch) : { rows: [], skipped: [] }
  if (wants("capacity")) say("capacity")
  const capacity = wants("capacity") ? await measureCapacity(reps, scratch) : []
  const result = {
    series: all.flat(),
    coldStart,
    artifacts: artifacts.rows,
    permits,
    cli: [
      ...pauses,
      ...stalls,
      ...history,
      ...cli.rows,
      ...manifests,
      ...types.rows,
      ...views,
      ...reuse,
      ...lasting,
      ...server,
      ...postgres.rows,
      ...telemetry,
      ...capacity,
      ...pools.rows
    ]
  }
  const seconds = (performance.now() - begun) / 1000
  const notes = {
    reps,
    seconds,
    skipped: [
      ...skipped,
      ...artifacts.skipped,
      ...cli.skipped,
      ...types.skipped,
      ...postgres.skipped,
      ...pools.skipped
    ],
    wrong
  }
  process.stdout.write(`${options.json ? JSON.stringify(toJson(result, notes)) : toText(result, notes)}\n`)
  return wrong.length === 0
}

if (options.help || unknown.length > 0) {
  say(unknown.length > 0 ? `There is no workload ${unknown.join(", ")}\n\n${usage}` : usage)
  process.exit(options.help ? 0 : 64)
}
const scratch = mkdtempSync(join(options.dir, "pinnace-bench-"))
try {
  process.exitCode = await (options.profile ? profile(scratch) : main(scratch)) ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
