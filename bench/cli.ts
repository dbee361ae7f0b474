/** The command line: how long it takes to start, and what a person who looks on costs a run. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { root } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** One figure; a median of the repetitions. */
export interface CliRow {
  readonly name: string
  readonly value: number
  readonly unit: "ms" | "%" | "/s" | "x" | "KB" | "MB/s"
}

/** What is measured, by what it is called in the report. */
export const cliFigures = {
  npm: "pinnace version, as npm installs it",
  npmList: "pinnace list, as npm installs it",
  bun: "pinnace version, executable of Bun",
  bunList: "pinnace list, executable of Bun",
  sea: "pinnace version, executable of Node",
  seaList: "pinnace list, executable of Node",
  bare: "node -e '' beside them",
  view: "CPU that the live view adds to 10,000 nodes, of the time they take"
} as const

const nodes = 10_000

/** Builds what npm users and users of executables get, unless it is there already. */
export const buildCommand = (wanted: boolean): void => {
  const steps = [["build.ts"], ["binary.ts", join(root, "bench/dist/pinnace")], [
    "sea.ts",
    join(root, "bench/dist/pinnace-node")
  ]]
  for (const [script = "", ...args] of wanted ? steps : []) {
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, "build", script), ...args], {
      encoding: "utf8"
    })
    if (status !== 0) throw new Error(`${script} failed:\n${stdout}${stderr}`)
  }
}

/** Every figure, `reps` times and once more to fill caches. */
export const measureCli = (
  reps: number,
  scratch: string,
  isBuilt: boolean
): { readonly rows: ReadonlyArray<CliRow>; readonly skipped: ReadonlyArray<string> } => {
  buildCommand(!isBuilt)
  const npm = join(root, "dist/bin/pinnace.js")
  const folder = mkdtempSync(join(scratch, "cli-"))
  try {
    const db = join(folder, "state.db")
    const flow = writeFlow(folder)
    once([process.execPath, npm, "run", flow, "--db", db, "-o", "name"], { PINNACE_BENCH_NODES: "10" })
    const [bun, sea] = [join(root, "bench/dist/pinnace"), join(root, "bench/dist/pinnace-node")]
    const starts = startTimes(reps, {
      bare: [process.execPath, "-e", ""],
      npm: [process.execPath, npm, "version"],
      npmList: [process.execPath, npm, "list", "--db", db],
      bun: [bun, "version"],
      bunList: [bun, "list", "--db", db],
      sea: [sea, "version"],
      seaList: [sea, "list", "--db", db]
    })
    const rows = starts.map(([name, value]): CliRow => ({ name: cliFigures[name], value, unit: "ms" }))
    if (spawnSync("script", ["--version"]).status !== 0) {
      return { rows, skipped: ["live view (needs `script` of util-linux for a terminal)"] }
    }
    return {
      rows: [...rows, { name: cliFigures.view, value: viewCost(reps, folder, npm, flow), unit: "%" }],
      skipped: []
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type StartName = Exclude<keyof typeof cliFigures, "view">

/** Milliseconds from start to end; the programs take turns. */
const startTimes = (
  reps: number,
  commands: Readonly<Record<StartName, ReadonlyArray<string>>>
): ReadonlyArray<readonly [StartName, number]> => {
  const names = Object.keys(commands) as ReadonlyArray<StartName>
  const samples = new Map<StartName, Array<number>>(names.map((name) => [name, []]))
  for (let rep = -1; rep < 4 * reps; rep++) {
    for (const name of names) {
      const begun = performance.now()
      once(commands[name])
      if (rep >= 0) samples.get(name)!.push(performance.now() - begun)
    }
  }
  return names.map((name) => [name, median(samples.get(name)!)])
}

const once = ([program = "", ...args]: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): void => {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...env } })
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stderr}`)
}

/** A list whose items rest for a moment; at its end the process writes what it has cost. */
const writeFlow = (folder: string): string => {
  const file = join(folder, "flow.mjs")
  writeFileSync(
    file,
    `import { writeFileSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import { Schema, task, workflow } from ${JSON.stringify(pathToFileURL(join(root, "dist/mod.js")).href)}
const rest = task("rest", { input: { n: Schema.Number }, run: () => setTimeout(20) })
const items = Array.from({ length: Number(process.env.PINNACE_BENCH_NODES) }, (_, n) => n)
export const flow = workflow("flow", {}, (w) => w.map("items", items, rest, (n) => ({ n }), { concurrency: 50 }))
const begun = performance.now()
process.on("exit", () => {
  const { system, user } = process.cpuUsage()
  const file = process.env.PINNACE_BENCH_COST
  if (file !== undefined) writeFileSync(file, JSON.stringify({ cpu: (system + user) / 1000, wall: performance.now() - begun }))
})
`
  )
  return file
}

interface Cost {
  /** Milliseconds. */
  readonly cpu: number
  readonly wall: number
}

/** Percent of the time of a run that its process works more when somebody looks on; both on a terminal, in turns. */
const viewCost = (reps: number, folder: string, command: string, flow: string): number => {
  const cost = (format: string, rep: number): Cost => {
    const file = join(folder, "cost.json")
    const db = join(folder, `${format}-${rep}.db`)
    const line = [process.execPath, command, "run", flow, "--db", db, "-o", format].join(" ")
    const env = { PINNACE_BENCH_NODES: String(nodes), PINNACE_BENCH_COST: file }
    once(["script", "-qec", `stty cols 120 rows 40; ${line}`, "/dev/null"], env)
    rmSync(db, { force: true })
    return JSON.parse(readFileSync(file, "utf8")) as Cost
  }
  const samples: Array<number> = []
  for (let rep = -1; rep < reps; rep++) {
    const [quiet, seen] = [cost("name", rep), cost("tree", rep)]
    if (rep >= 0) samples.push((seen.cpu - quiet.cpu) / seen.wall * 100)
  }
  return median(samples)
}
