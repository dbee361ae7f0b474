/** Fills files with runs, copies and empties them, and tells how much and how fast. */
import { statSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { open, type Pinnace, type RunHandle, task, workflow } from "../../mod.ts"
import type { Capacity } from "../capacity.ts"

const [, , folder = ""] = process.argv
const nothing = task("nothing", { run: () => undefined })
const talks = task("talks", { run: (_, { log }) => (log("began with what it was given"), log("has ended well")) })
const one = workflow("one", {}, (w) => void w.node("only", nothing))
const three = workflow("three", { labels: { team: "blue", tier: "free" } }, (w) => {
  const first = w.node("first", talks)
  w.node("third", talks, { after: [w.node("second", talks, { after: [first] })] })
})

const size = (file: string): number => statSync(file).size

/** Starts so many runs, a thousand at a time, and waits for their ends. */
const fill = async (pinnace: Pinnace, made: typeof one, many: number): Promise<void> => {
  for (let at = 0; at < many; at += 1_000) {
    const runs: Array<RunHandle> = []
    for (let next = 0; next < 1_000; next++) runs.push(await pinnace.start(made))
    await Promise.all(runs.map((run) => run.ending()))
  }
}

/** Kilobytes that a run adds to a file. */
const bytesOf = async (made: typeof one, many: number): Promise<number> => {
  const file = join(folder, `${made.name}.db`)
  await using pinnace = await open(file, { durability: "process", workflows: [made] })
  await fill(pinnace, made, 1_000)
  await pinnace.backup(join(folder, `${made.name}-before.db`))
  await fill(pinnace, made, many)
  await pinnace.backup(join(folder, `${made.name}-after.db`))
  return (size(join(folder, `${made.name}-after.db`)) - size(join(folder, `${made.name}-before.db`))) / many / 1_000
}

const many = 10_000
const small = await bytesOf(one, many)
const before = process.cpuUsage()
const logged = await bytesOf(three, many)
const { system, user } = process.cpuUsage(before)

const file = join(folder, "three.db")
const engine = await open(file, { durability: "process", workflows: [three] })
const copied = performance.now()
const working = fill(engine, three, 1_000)
await engine.backup(join(folder, "copy.db"))
const copy = size(join(folder, "copy.db")) / 1e6 / ((performance.now() - copied) / 1_000)
await working
const deleted = performance.now()
await Promise.all((await engine.list({ limit: Infinity })).map(async ({ id }) => (await engine.get(id))!.delete()))
const deletion = (many + 2_000) / ((performance.now() - deleted) / 1_000)
await engine.close()

const answer: Capacity = {
  small,
  logged,
  perSecond: (many + 1_000) / ((system + user) / 1e6),
  backup: copy,
  deletion
}
process.stdout.write(`@${JSON.stringify(answer)}\n`)
