/** Does what is large in one process, and tells for how long each of it keeps the event loop from everything else. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeSync } from "node:fs"
import { monitorEventLoopDelay, performance } from "node:perf_hooks"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { setTimeout } from "node:timers/promises"
import Sqlite from "better-sqlite3"
import { open, task, workflow } from "../../mod.ts"
import { load } from "../../src/argo/mod.ts"
import { memoryStore } from "../../src/store/mod.ts"
import type { Pause } from "../pauses.ts"

const [, , file = "", sizes = "{}"] = process.argv
const { artifacts, nodes, runs } = JSON.parse(sizes) as Record<"artifacts" | "nodes" | "runs", number>

const copier = fileURLToPath(new URL("copy.js", import.meta.url))
const pauses: Array<Pause> = []

const measured = async (name: Pause["name"], work: () => Promise<unknown>): Promise<void> => {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const begun = performance.now()
  await work()
  // The last pause is seen by the timer that comes after it.
  await setTimeout(5)
  delays.disable()
  const millis = performance.now() - begun
  pauses.push({ name, p99: delays.percentile(99) / 1e6, max: delays.max / 1e6, millis })
}

const numbers = (many: number) => Array.from({ length: many }, (_, at) => at)
const nothing = task("nothing", { run: () => undefined })
const wide = workflow("wide", {}, (w) => void w.map("items", numbers(nodes), nothing, () => undefined))
const one = workflow("one", {}, (w) => void w.node("n", nothing))

const put = task("put", {
  run: async (_, { artifacts: own }) => {
    for (let at = 0; at < 100; at++) await own.putText(`a${at}`, "small")
  }
})
const puts = workflow(
  "puts",
  { gc: "OnWorkflowDeletion" },
  (w) => void w.map("items", numbers(artifacts / 100), put, () => undefined)
)

const pinnace = await open(file, { artifacts: { store: memoryStore() } })
const run = await pinnace.start(wide)
await measured("fanOut", () => run.ending())

// Rows go in groups of which nobody hears.
const look = new Sqlite(file, { readonly: true })
const left = look.prepare("SELECT count(*) FROM deletedRuns").pluck()
await measured("deletion", async () => {
  await run.delete()
  while (left.get() !== 0) await setTimeout(5)
})
look.close()

const saved = await pinnace.start(puts)
await saved.ending()
await measured("collection", async () => {
  await saved.delete()
  await pinnace.gc()
})

for (let done = 0; done < runs; done += 1_000) {
  await Promise.all(Array.from({ length: 1_000 }, () => pinnace.run(one)))
}
await measured("list", async () => Promise.resolve(await pinnace.list({ limit: runs })))

// The copy takes a part of what the disk can do, and none of this process's time.
await measured("backup", async () => {
  const copying = once(spawn(process.execPath, [copier, file, `${file}.copy`], { stdio: "inherit" }), "close")
  const isOver = { now: false }
  const over = copying.then(() => void (isOver.now = true))
  while (!isOver.now) await Promise.race([over, pinnace.run(one)])
  const [code] = await copying
  if (code !== 0) throw new Error(`the copy ended with ${code}`)
})

const ended = await pinnace.list({ phases: ["Succeeded"], limit: runs })
await measured("deletions", async () => {
  for (let at = 0; at < ended.length; at += 100) {
    await Promise.all(
      ended.slice(at, at + 100).map(async ({ id }) => (await pinnace.get(id))!.delete())
    )
  }
})

const large = load(
  `kind: Workflow
metadata: {name: large}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - [{name: make, template: make}]
    - [{name: use, template: use, arguments: {artifacts: [{name: in, from: "{{steps.make.outputs.artifacts.out}}"}]}}]
  - name: make
    container: {image: busybox, command: [truncate], args: ["-s", 1G, out]}
    outputs: {artifacts: [{name: out, path: out}]}
  - name: use
    inputs: {artifacts: [{name: in, path: in}]}
    container: {image: busybox, command: ["true"]}
`,
  { executor: "process" }
)
// In a store that is a directory, as most are.
const other = await open(`${file}.large`)
const moved = await other.start(large, { parameters: {} })
await measured("output", () => moved.ending())
const { phase } = await moved.status()
if (phase !== "Succeeded") throw new Error(`moving 1 GiB ended in ${phase}`)
await other.close()
writeSync(1, `@${JSON.stringify(pauses)}\n`)
await pinnace.close()
