/** Manifests: what a step costs beside bare processes, and how fast manifests are read. */
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import type { CliRow } from "./cli.ts"
import { sandboxWorks } from "../src/process/sandboxWorks.ts"
import { root } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** What is measured, by what it is called in the report. */
export const manifestFigures = {
  npm: "1,000 steps of echo, as npm installs it, to the same spawned by a bare Node program",
  bun: "1,000 steps of echo, executable of Bun, to the same spawned by a bare Node program",
  npmCpu: "1,000 steps of echo, as npm installs it, to the same spawned by a bare Node program, cpu",
  sandboxed: "a step in the sandbox, cpu",
  xargs: "1,000 times echo under xargs -P 8, to the same spawned by a bare Node program",
  skipped: "1,000 steps that are skipped and 1,000 that wait for nothing, beside the start of the command",
  lint: "lint of a manifest of 10,000 lines, beside the start of the command",
  lintCpu: "lint of a manifest of 10,000 lines, beside the start of the command, cpu"
} as const

const workflow = (spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: bench}\nspec:\n  entrypoint: main\n  templates:\n${spec}`

const echoes = workflow(`  - name: main
    steps: [[{name: e, template: echo, withSequence: {count: "1000"}, arguments: {parameters: [{name: n, value: "{{item}}"}]}}]]
  - {name: echo, inputs: {parameters: [{name: n}]}, container: {image: busybox, command: [echo], args: ["{{inputs.parameters.n}}"]}}
`)

const quiet = workflow(`  - name: main
    steps:
    - - {name: skip, template: rest, when: "false", withSequence: {count: "1000"}}
      - {name: rest, template: rest, withSequence: {count: "1000"}}
  - {name: rest, suspend: {duration: "0"}}
`)

const task = (n: number): string =>
  `      - name: t${n}
        template: say
        depends: ${n === 0 ? '""' : `t${n - 1}`}
        arguments:
          parameters:
          - name: message
            value: "{{=sprig.upper('a')}} {{workflow.name}}"
          - {name: more, value: "${n}"}
          - {name: none, value: ""}
`

/** Ten lines a task. */
const long = workflow(`  - name: main
    dag:
      tasks:
${Array.from({ length: 1_110 }, (_, n) => task(n)).join("")}  - name: say
    inputs: {parameters: [{name: message}, {name: more}, {name: none}]}
    container: {image: busybox, command: [echo], args: ["{{inputs.parameters.message}}"]}
`)

/** How many steps are run in the sandbox. */
const boxes = 200

/** The same thousand processes, with their output read, and nothing else. */
const bare = `import { spawn } from "node:child_process"
let [next, open] = [0, 8]
const one = () => {
  if (next === 1000) return --open
  const child = spawn("echo", [String(next++)], { stdio: ["ignore", "pipe", "pipe"], detached: true })
  child.stdout.resume()
  child.stderr.resume()
  child.on("close", one)
}
for (let n = 0; n < 8; n++) one()
`

/** Every figure, `reps` times and once more to fill caches; what it runs was built for the rows of the command line. */
export const measureManifests = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const folder = mkdtempSync(join(scratch, "manifests-"))
  try {
    const [echo, still, lint, program] = [
      written(folder, "echo.yaml", echoes),
      written(folder, "quiet.yaml", quiet),
      written(folder, "long.yaml", long),
      written(folder, "bare.mjs", bare)
    ]
    const npm = [process.execPath, join(root, "dist/bin/pinnace.js")]
    const run = (command: ReadonlyArray<string>, file: string, executor = "process") => [
      ...command,
      ...["run", file, "--executor", executor, "--db", join(folder, "state.db"), "-o", "name"]
    ]
    const boxed = written(folder, "boxed.yaml", echoes.replace('"1000"', `"${boxes}"`))
    const { cpu, wall } = await medians(reps, folder, {
      bare: [process.execPath, program],
      npm: run(npm, echo),
      bun: run([join(root, "bench/dist/pinnace")], echo),
      xargs: ["sh", "-c", "seq 1000 | xargs -P 8 -n 1 echo"],
      boxed: sandboxWorks(join(folder, "probe")) ? run(npm, boxed, "sandbox") : undefined,
      quiet: run(npm, still),
      lint: [...npm, "lint", lint],
      start: [...npm, "version"]
    })
    const toBare = (name: "npm" | "bun" | "xargs"): CliRow => ({
      name: manifestFigures[name],
      value: wall(name) / wall("bare"),
      unit: "x"
    })
    const ofSandbox: CliRow = {
      name: manifestFigures.sandboxed,
      value: (cpu("boxed") - cpu("start")) / boxes,
      unit: "ms"
    }
    return [
      ...(["npm", "bun", "xargs"] as const).map(toBare),
      { name: manifestFigures.npmCpu, value: cpu("npm") / cpu("bare"), unit: "x" },
      ...Number.isNaN(ofSandbox.value) ? [] : [ofSandbox],
      { name: manifestFigures.skipped, value: wall("quiet") - wall("start"), unit: "ms" },
      { name: manifestFigures.lint, value: wall("lint") - wall("start"), unit: "ms" },
      { name: manifestFigures.lintCpu, value: cpu("lint") - cpu("start"), unit: "ms" }
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const written = (folder: string, name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** Milliseconds, by program; `NaN` for one that cannot run here. */
interface Medians<Name extends string> {
  /** From start to end. */
  readonly wall: (name: Name) => number
  /** Of processor time, of the program and all that it started. */
  readonly cpu: (name: Name) => number
}

/** The programs take turns, each on a fresh state file. */
const medians = async <Name extends string>(
  reps: number,
  folder: string,
  commands: Readonly<Record<Name, ReadonlyArray<string> | undefined>>
): Promise<Medians<Name>> => {
  const names = (Object.keys(commands) as Array<Name>).filter((name) => commands[name] !== undefined)
  const samples = new Map(names.map((name) => [name, { wall: [] as Array<number>, cpu: [] as Array<number> }]))
  for (let rep = -1; rep < reps; rep++) {
    for (const name of names) {
      const begun = performance.now()
      const cpu = await ended(commands[name]!)
      if (rep >= 0) {
        samples.get(name)!.wall.push(performance.now() - begun)
        samples.get(name)!.cpu.push(cpu)
      }
      spawnSync("sh", ["-c", `rm -rf ${JSON.stringify(folder)}/state.db*`])
    }
  }
  const of = (which: "cpu" | "wall") => (name: Name) => median(samples.get(name)?.[which] ?? [NaN])
  return { wall: of("wall"), cpu: of("cpu") }
}

/** Runs a program beneath a shell, which tells the processor time of all it started: user and system, `0m1.25s`. */
const ended = (command: ReadonlyArray<string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const script = '"$@" >/dev/null; code=$?; times; exit $code'
    const child = spawn("sh", ["-c", script, "sh", ...command], { stdio: ["ignore", "pipe", "inherit"] })
    let told = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => told += text)
    child.on("error", reject)
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`${command[0]} ended with ${code}`))
      const spans = [...(told.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.]+)s/g)]
      resolve(spans.reduce((sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1_000 * Number(seconds), 0))
    })
  })
