/** The loop of `pinnace dev`: how long it takes from a save until the first node of its run begins. */
import { spawn } from "node:child_process"
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

/** Milliseconds of so many saves, the first one not counted; of them the load of the module is a part. */
export const saveToNode = async (folder: string, saves: number): Promise<number> => {
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
    const times: Array<number> = []
    for (let save = 0; save <= saves; save++) {
      // A process that has loaded nothing yet is made ready after each run, as between two saves of a person.
      await new Promise((resume) => setTimeout(resume, 1_500))
      const began = performance.now()
      writeFileSync(join(project, "helper.ts"), helper(save + 1))
      await shows("scale Running")
      if (save > 0) times.push(performance.now() - began)
      await shows("Succeeded  (")
    }
    return median(times)
  } finally {
    child.kill("SIGTERM")
    await new Promise((resume) => child.once("close", resume))
  }
}
