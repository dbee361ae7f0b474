/**
 * Looks after a state file while runs go on in the same process, and tells how long the longest turn of its event loop
 * was: in CPU time, which says the same on a busy machine, and by the clock, which has waits for locks in it.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import Sqlite from "better-sqlite3"
import { open, task, workflow } from "../../mod.ts"
import type { Stall } from "../stalls.ts"

const [, , file = "", sizes = "{}"] = process.argv
const { nodes, runs } = JSON.parse(sizes) as Record<"nodes" | "runs", number>

const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url))
const nothing = task("nothing", { run: () => undefined })
const one = workflow("one", {}, (w) => void w.node("n", nothing))
const items = Array.from({ length: nodes }, (_, at) => at)
const wide = workflow("wide", {}, (w) => void w.map("items", items, nothing, () => undefined))

const pinnace = await open(file)
const large: Array<string> = []
for (let at = 0; at < 2; at++) {
  const run = await pinnace.start(wide)
  await run.ending()
  large.push(run.id)
}
for (let done = 0; done < runs; done += 500) await Promise.all(Array.from({ length: 500 }, () => pinnace.run(one)))

/** Milliseconds of CPU that the thread of the event loop has taken. */
const cpu = (): number => {
  const { system, user } = process.threadCpuUsage()
  return (system + user) / 1_000
}

const stalls: Array<Stall> = []
const measured = async (name: Stall["name"], work: () => Promise<unknown>): Promise<void> => {
  let [turn, pause, wait, runsDone, isOver] = [0, 0, 0, 0, false]
  const ticking = (async () => {
    for (let [atCpu, atClock] = [cpu(), performance.now()]; !isOver;) {
      await setTimeout(1)
      const [nowCpu, now] = [cpu(), performance.now()]
      turn = Math.max(turn, nowCpu - atCpu)
      pause = Math.max(pause, now - atClock - 1)
      ;[atCpu, atClock] = [nowCpu, now]
    }
  })()
  const going = (async () => {
    while (!isOver) {
      const begun = performance.now()
      await pinnace.run(one)
      wait = Math.max(wait, performance.now() - begun)
      runsDone++
    }
  })()
  await work()
  isOver = true
  await Promise.all([ticking, going])
  if (runsDone === 0) throw new Error(`no run went on: ${name}`)
  stalls.push({ name, turn, pause, wait })
}

const look = new Sqlite(file, { readonly: true })
const left = look.prepare("SELECT count(*) FROM deletedRuns").pluck()
const deleted = (id: string) => async () => {
  await (await pinnace.get(id))!.delete()
  while (left.get() !== 0) await setTimeout(5)
}
const compacted = async () => {
  const args = [main, "doctor", "--compact", "--db", file]
  const [code] = await once(spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }), "close")
  if (code !== 0) throw new Error(`doctor ended with ${code}`)
}

await measured("nothing", () => setTimeout(1_000))
await measured("backup", () => pinnace.backup(`${file}.copy`))
await measured("deletion", deleted(large[0]!))
await measured("compaction", compacted)
await deleted(large[1]!)()
await measured("again", compacted)
look.close()
await pinnace.close()
process.stdout.write(`@${JSON.stringify(stalls)}\n`)
