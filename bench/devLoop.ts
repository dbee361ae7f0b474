/** The loop of `pinnace dev`: how long it takes from a save until the first node of its run begins. */
import { execFile, spawn } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { root } from "./spawnNode.ts"
import { median } from "./statistics.ts"

const helper = (n: number): string => `export const factor = ${n}\n`

const flow = `import { Schema, task, workflow } from ${JSON.stringify(join(root, "mod.ts"))}
import { factor } from "./helper.ts"
const scale = task("scale", { input: Schema.Number, output: Schema.Number, run: (n) => n * factor })
export const flow = workflow("flow", {}, (w) => w.node("scale", scale, { input: 2 }))
`

/** Milliseconds, medians. */
export interface SaveTimes {
  readonly whole: number
  /** How long the module loads in a process that has loaded what a generation has before. */
  readonly load: number
  /** What is left of each save without the load that was measured right after it. */
  readonly beside: number
}

/** Of so many saves, the first one not counted. */
export const saveToNode = async (folder: string, saves: number): Promise<SaveTimes> => {
  const project = join(folder, "dev")
  mkdirSync(project)
  writeFileSync(join(project, "package.json"), '{ "type": "module" }')
  writeFileSync(join(project, "helper.ts"), helper(0))
  writeFileSync(join(project, "flow.ts"), flow)
  const main = join(root, "src/cli/main.ts")
  const child = spawn(process.execPath, [main, "dev", "flow.ts", "--no-color", "-o", "plain"], {
    cwd: project,
    stdio: ["pipe", "pipe", "inherit"]
  })
  let text = ""
  let heard = (): void => {}
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more
    heard()
  })
  const shows = async (words: string): Promise<void> => {
    while (!text.includes(words)) await new Promise<void>((resume) => heard = resume)
    text = text.slice(text.indexOf(words) + words.length)
  }
  try {
    await shows("Succeeded  (")
    const times: Array<readonly [whole: number, load: number]> = []
    for (let save = 0; save <= saves; save++) {
      // A process that has loaded nothing yet is made ready after each run, as between two saves of a person.
      await new Promise((resume) => setTimeout(resume, 1_500))
      const began = performance.now()
      writeFileSync(join(project, "helper.ts"), helper(save + 1))
      await shows("scale Running")
      const whole = performance.now() - began
      await shows("Succeeded  (")
      if (save > 0) times.push([whole, await loadOf(join(project, "flow.ts"))])
    }
    return {
      whole: median(times.map(([whole]) => whole)),
      load: median(times.map(([, load]) => load)),
      beside: median(times.map(([whole, load]) => whole - load))
    }
  } finally {
    child.kill("SIGTERM")
    await new Promise((resume) => child.once("close", resume))
  }
}

const loader = `
await import(process.argv[1])
const began = performance.now()
await import(process.argv[2])
console.log(performance.now() - began)
`

/** As long as a generation that is ready takes for it. */
const loadOf = async (file: string): Promise<number> => {
  const ready = join(root, "src/cli/dev/generation.ts")
  const args = ["--input-type=module", "-e", loader, ready, file]
  return Number(
    await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, args, (error, out) => error === null ? resolve(out) : reject(error))
    })
  )
}
