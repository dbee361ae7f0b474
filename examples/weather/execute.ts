/** Runs the pipeline, or goes on with a run that was interrupted. */
import { mkdirSync } from "node:fs"
import { relative } from "node:path"
import process from "node:process"
import { graph, open, type Pinnace, type RunHandle } from "../../mod.ts"
import { artifactsOf, type Demo, stateFile } from "./demo.ts"
import { weatherOf } from "./pipeline.ts"
import { seconds } from "./terminal/tree.ts"
import { print, watch } from "./terminal/watch.ts"

/** Runs the pipeline to its end, shows it, and says where the report is. */
export const execute = async (demo: Demo): Promise<void> => {
  mkdirSync(demo.folder, { recursive: true })
  const pipeline = weatherOf(demo)
  const pinnace = await open(stateFile(demo), { workflows: [pipeline], ...artifactsOf(demo) })
  const run = await interrupted(pinnace) ?? await pinnace.start(pipeline)
  const leaving = leaveOnSignal(pinnace)
  // Whoever started this process may wait for the run to exist.
  process.send?.("started")
  await watch(run, "seattle-weather", graph(pipeline))
  if (leaving.asked) return
  await sum(run)
  await where(demo, pinnace, run)
  await pinnace.close()
}

type Tries = ReadonlyArray<readonly [command: string, what: string]>

const tryNext: Tries = [
  ["npm start -- --crash", "kill it in the middle and see it go on"],
  ["npm start -- --s3 my-bucket", "keep the report in S3"],
  ["npx node examples/01-hello.ts", "the first of the small examples"],
  ["npm test", "all tests, on Node, Bun and Deno"]
]

const interrupted = async (pinnace: Pinnace): Promise<RunHandle | undefined> => {
  const row = (await pinnace.list({ phases: ["Pending", "Running"] })).find(({ held }) => held === undefined)
  if (row === undefined) return undefined
  print(["A run was interrupted; it goes on.", "yellow"])
  return pinnace.get(row.id)
}

const leaveOnSignal = (pinnace: Pinnace): { readonly asked: boolean } => {
  const leaving = { asked: false }
  process.once("SIGINT", async () => {
    leaving.asked = true
    await pinnace.close()
    print(["\nInterrupted. ", "yellow"], ["npm start", "bold"], [" goes on with it.", "plain"])
    process.exit(130)
  })
  return leaving
}

/** Says how a run ended; the exit code is 1 when it failed. */
export const sum = async (run: RunHandle): Promise<void> => {
  const { message, phase } = await run.ending()
  const { finishedAt = 0, startedAt = 0 } = await run.status()
  const nodes = await run.nodes()
  const again = nodes.reduce((total, { attempt = 1 }) => total + attempt - 1, 0)
  const took = seconds(finishedAt - startedAt)
  print()
  if (phase === "Succeeded") {
    print(["Succeeded", "green"], [` in ${took}: ${nodes.length} nodes, ${again} failed attempts tried again`, "plain"])
    const { count, millis } = await reused(run)
    if (count > 0) {
      print(["Reused     ", "plain"], [`${count} results`, "bold"], [
        ` of an earlier run, which saved ${seconds(millis)} of work`,
        "plain"
      ])
    }
  } else {
    print([phase, "red"], [` after ${took}: ${message}`, "plain"])
    process.exitCode = 1
  }
}

const reused = async (run: RunHandle): Promise<{ readonly count: number; readonly millis: number }> => {
  let [count, millis] = [0, 0]
  for await (const { event } of run.events()) {
    if (event.type === "NodeFinished" && event.reused !== undefined) {
      ;[count, millis] = [count + 1, millis + event.reused.millis]
    }
  }
  return { count, millis }
}

/** Says where the results are, and what to try next. */
export const where = async (demo: Demo, pinnace: Pinnace, run: RunHandle, tries: Tries = tryNext): Promise<void> => {
  const runs = (await pinnace.list()).length
  const here = (name: string) => relative(process.cwd(), `${demo.folder}/${name}`)
  print(["Report     ", "plain"], [here("report.html"), "bold"], ["  (open it in a browser)", "dim"])
  for (const { key, size } of await run.artifacts()) {
    const store = demo.store?.describe ?? here("state.db-artifacts")
    print(["Artifact   ", "plain"], [key, "bold"], [`  (${size} bytes, in ${store})`, "dim"])
  }
  print(["State      ", "plain"], [here("state.db"), "bold"], [`  (${runs} ${runs === 1 ? "run" : "runs"})`, "dim"])
  print()
  print(["Next", "bold"])
  for (const [command, what] of tries) print([`  ${command.padEnd(31)}`, "plain"], [what, "dim"])
}
