/** Runs are deleted in pieces: a long one goes at once for everybody, and its rows beside the path of commits. */
import { describe, expect, it, onTestFinished } from "vitest"
import type { Write } from "../../src/journal/Journal.ts"
import { append, createRun, event, nodeRow, until } from "../journal/JournalWorld.ts"
import { makeWorld, outside } from "./PgWorld.ts"
import { hasPostgres, withoutPostgres } from "./server.ts"

const tables = ["runs", "nodes", "events", "logs", "commands", "deleted_runs"]

/** How many rows there are of runs, by table. */
const count = async (runs: ReadonlyArray<{ readonly key: number }>): Promise<ReadonlyArray<number>> => {
  const of = (table: string) => table === "runs" ? "key" : "run"
  const counts = tables.map((it) => `(SELECT count(*)::int FROM ${it} WHERE ${of(it)} = ANY($1::int8[])) AS ${it}`)
  const [row] = await (await outside()).query(`SELECT ${counts.join(", ")}`, [runs.map(({ key }) => key)])
  return tables.map((table) => row![table] as number)
}

const rows = (run: number, many: number): ReadonlyArray<Write> =>
  Array.from({ length: many }, (_, n): ReadonlyArray<Write> => [
    event(run, n + 1),
    { kind: "node", row: nodeRow(run, `n${n}`) },
    { kind: "log", row: { run, path: `n${n}`, attempt: 1, at: 1, level: "info", text: "x" } }
  ]).flat()

describe.skipIf(!hasPostgres)(`with a server (${withoutPostgres})`, () => {
  it("one group deletes so many rows of all its runs; what is left goes later, also what the dead leave", async () => {
    const made = makeWorld()
    onTestFinished(() => made.dispose())
    const a = await made.open()
    const [long, other, short] = [
      await createRun(made, a, "long", { phase: "Failed" }),
      await createRun(made, a, "other", { phase: "Failed" }),
      await createRun(made, a, "short", { phase: "Failed" })
    ]
    await append(made, a, [...rows(long.key, 3_000), ...rows(other.key, 1_000), ...rows(short.key, 1)])
    const left = () => count([long, other, short])
    // Nobody sweeps: what one group alone deletes is seen.
    const session = await outside()
    await session.query("ALTER FUNCTION sweep(int) RENAME TO sweeps")
    await append(made, a, [{ kind: "delete", run: long.key }, { kind: "delete", run: other.key }])
    expect(await left()).toEqual([1, 2_001, 4_001, 4_001, 0, 2])
    expect([await a.findRun("long"), await a.findRun("other"), (await a.findRun("short"))?.id]).toEqual([
      undefined,
      undefined,
      "short"
    ])
    await session.query("ALTER FUNCTION sweeps(int) RENAME TO sweep")
    await made.open()
    await until(made, async () => (await left())[5] === 0)
    expect(await left()).toEqual([1, 1, 1, 1, 0, 0])
  })
})
