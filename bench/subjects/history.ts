/** Makes a file of many runs by SQL, of one run that is there, and tells what it costs to work with it. */
import { writeSync } from "node:fs"
import process from "node:process"
import Sqlite from "better-sqlite3"
import { open, task, workflow } from "../../mod.ts"
import type { History } from "../history.ts"

const [, , file = "", size = "0"] = process.argv
const runs = Number(size)

const nothing = task("nothing", { run: () => undefined })
const one = workflow("one", { labels: { team: "a" } }, (w) => void w.node("n", nothing))
// As many are kept as there are, so that each that ends makes another go.
const kept = workflow("kept", { ttl: { keepLast: 100 } }, (w) => void w.node("n", nothing))

/** The least of several times, in processor milliseconds: what it costs when nobody is in the way. */
const cost = async (times: number, work: () => unknown): Promise<number> => {
  let least = Infinity
  for (let time = 0; time < times; time++) {
    const begun = process.cpuUsage()
    await work()
    const { system, user } = process.cpuUsage(begun)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

/** Copies the run that is there under other keys, ids and times; every 50th has failed, every 10th is of `kept`. */
const fill = (): void => {
  const db = new Sqlite(file)
  const columns = (db.prepare("SELECT name FROM pragma_table_info('runs')").pluck().all() as Array<string>)
    .filter((name) => !["key", "id", "workflow", "phase", "createdAt"].includes(name))
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${runs})
    INSERT INTO runs (key, id, workflow, phase, createdAt, ${columns.join(", ")})
    SELECT r.key + 1000000 + i, 'old-' || i, iif(i % 10 = 0, 'other', 'one'), iif(i % 50 = 0, 'Failed', 'Succeeded'),
      r.createdAt - ${runs} + i, ${
    columns.map((name) => `r.${name}`).join(", ")
  } FROM n, (SELECT * FROM runs LIMIT 1) r`)
  db.close()
}

const first = await open(file)
await first.run(one)
await first.close()
fill()

const costs: Record<string, number> = {}
costs["open"] = await cost(5, async () => {
  const pinnace = await open(file, { workflows: [one, kept] })
  await pinnace.close()
})

const pinnace = await open(file, { workflows: [one, kept] })
const middle = (await pinnace.list({ prefix: `old-${runs / 2}`, limit: 1 }))[0]!
const lists = {
  newest: {},
  workflow: { workflow: "one" },
  phase: { phases: ["Failed"], limit: 10 },
  nobody: { phases: ["Error"] },
  both: { workflow: "one", phases: ["Error"] },
  running: { phases: ["Pending", "Running"] },
  label: { labels: "team=a" },
  page: { before: middle }
} as const
for (const [name, filter] of Object.entries(lists)) {
  const list = async () => {
    for (let time = 0; time < 20; time++) await pinnace.list(filter)
  }
  costs[name] = await cost(10, list)
}
const many = (what: typeof one) => async () => {
  for (let time = 0; time < 20; time++) await pinnace.run(what)
}
for (let time = 0; time < 120; time++) await pinnace.run(kept)
costs["run"] = await cost(10, many(one))
costs["retention"] = await cost(10, many(kept))
costs["close"] = await cost(1, () => pinnace.close())
writeSync(1, `@${JSON.stringify(costs satisfies Record<string, number> as unknown as History)}\n`)
