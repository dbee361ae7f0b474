/** Cold start: what an import costs over a bare process, and how long a process with one small run takes. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { root, spawnNode } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** Milliseconds from process start to exit, medians. */
export type ColdStart = Readonly<Record<ColdName, number>>

type ColdName = keyof typeof programs

const entry = JSON.stringify(pathToFileURL(join(root, "bench/dist/mod.js")).href)

const hello = `
import { open, task, workflow } from ${entry}
const greet = task("greet", { run: () => "hello" })
const pinnace = await open(process.argv[1])
await pinnace.run(workflow("hello", {}, (w) => w.node("greet", greet)))
await pinnace.close()`

const programs = {
  bare: "",
  effect: `import "effect/Effect"`,
  schema: `import "effect/Effect"; import "effect/Schema"`,
  pinnace: `import ${entry}`,
  hello
}

/** Interleaved, `reps` times each, after one round that fills the file cache. */
export const measureColdStart = async (reps: number, scratch: string): Promise<ColdStart> => {
  const names = Object.keys(programs) as ReadonlyArray<ColdName>
  const samples = Object.fromEntries(names.map((name) => [name, [] as Array<number>])) as Record<
    ColdName,
    Array<number>
  >
  for (let rep = -1; rep < reps; rep++) {
    for (const name of names) {
      const millis = await startOnce(programs[name], scratch)
      if (rep >= 0) samples[name].push(millis)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])])) as ColdStart
}

const startOnce = async (program: string, scratch: string): Promise<number> => {
  const folder = mkdtempSync(join(scratch, "cold-"))
  const { code, endedAfter, errors } = await spawnNode(["--input-type=module", "-e", program, join(folder, "state.db")])
  rmSync(folder, { recursive: true, force: true })
  if (code !== 0) throw new Error(`A cold start failed:\n${errors}`)
  return endedAfter
}
