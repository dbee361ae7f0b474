/**
 * Runs the pipeline in a child process, kills it in the middle
 * with SIGKILL, goes on with it here, and counts what ran twice.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { graph, type NodeView, open, type RunHandle } from "../../mod.ts"
import { artifactsOf, type Demo, executionsOf, stateFile } from "./demo.ts"
import { sum, where } from "./execute.ts"
import { weatherOf } from "./pipeline.ts"
import { restore } from "./terminal/Screen.ts"
import { print, watch } from "./terminal/watch.ts"

/** How many tasks have finished when the process is killed; others are running then. */
const finishedBefore = 20

/** The demonstration. */
export const crash = async (given: Demo): Promise<void> => {
  const demo = { ...given, folder: join(given.folder, "crash") }
  rmSync(demo.folder, { recursive: true, force: true })
  mkdirSync(demo.folder, { recursive: true })
  const child = await startChild(demo)
  // This process looks on: it knows the file, but not the workflow, so it executes nothing.
  const pinnace = await open(stateFile(demo), artifactsOf(demo))
  const run = (await pinnace.get((await pinnace.list())[0]!.id))!
  await killInTheMiddle(child, run)
  const before = await tasks(run)
  tell(before, child)
  const pipeline = weatherOf(demo)
  pinnace.register(pipeline)
  await watch(run, "seattle-weather, resumed", graph(pipeline))
  await sum(run)
  judge(before, executionsOf(demo, process.pid))
  await where(demo, pinnace, run, [["npm run crash", "100 kills at random and named points, each checked"]])
  await pinnace.close()
}

const startChild = async (demo: Demo): Promise<ChildProcess> => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url))
  const child = fork(main, ["--folder", demo.folder, "--pace", String(demo.pace), ...demo.flags ?? []])
  await once(child, "message")
  return child
}

const killInTheMiddle = async (child: ChildProcess, run: RunHandle): Promise<void> => {
  const exit = once(child, "exit")
  for await (const { event } of run.events()) {
    if (event.type === "NodeFinished" && isMiddle(await tasks(run))) break
  }
  child.kill("SIGKILL")
  await exit
}

const isMiddle = (nodes: ReadonlyArray<NodeView>): boolean =>
  phased(nodes, "Succeeded").length >= finishedBefore && phased(nodes, "Running").length >= 2

const tasks = async (run: RunHandle): Promise<ReadonlyArray<NodeView>> =>
  (await run.nodes()).filter(({ kind }) => kind === "task")

const phased = (nodes: ReadonlyArray<NodeView>, phase: NodeView["phase"]): ReadonlyArray<NodeView> =>
  nodes.filter((node) => node.phase === phase)

const tell = (before: ReadonlyArray<NodeView>, child: ChildProcess): void => {
  if (process.stdout.isTTY) process.stdout.write(restore)
  print()
  print(["kill -9", "red"], [
    ` of process ${child.pid}: ${phased(before, "Succeeded").length} nodes had finished, ` +
    `${phased(before, "Running").length} were open`,
    "plain"
  ])
  print([`Process ${process.pid} goes on.`, "plain"])
  print()
}

const judge = (before: ReadonlyArray<NodeView>, executed: ReadonlyArray<string>): void => {
  const finished = phased(before, "Succeeded").map(({ path }) => path)
  const again = finished.filter((path) => executed.includes(path))
  const open = phased(before, "Running").filter(({ path }) => executed.includes(path)).length
  print([
    `${finished.length} nodes were finished before the kill, ${again.length} of them ran again`,
    again.length === 0 ? "green" : "red"
  ], [` (${open} that were open did)`, "dim"])
  if (again.length > 0) process.exitCode = 1
}
