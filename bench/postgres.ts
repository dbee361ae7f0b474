/** A database instead of the file: nodes a second on a server of our own, to those on a state file, both with fsync. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { open, type Pinnace, task, workflow } from "../mod.ts"
import { hasPostgres, PostgresServer, withoutPostgres } from "../test/postgres/server.ts"
import type { CliRow } from "./cli.ts"
import { median } from "./statistics.ts"

/** What is measured, by what it is called in the report. */
export const postgresFigures = {
  chain: "PostgreSQL to the file: a chain of 500 nodes",
  wide: "PostgreSQL to the file: 5,000 nodes side by side",
  many: "PostgreSQL to the file: 500 runs of 5 nodes"
} as const

type Figure = keyof typeof postgresFigures

const step = task("step", { run: () => 1 })
const sized = (name: string, many: number, isChain: boolean) =>
  workflow(name, {}, (w) => {
    let before = w.node("n0", step)
    for (let n = 1; n < many; n++) before = w.node(`n${n}`, step, isChain ? { after: [before] } : {})
  })
const [chain, wide, five] = [sized("chain", 500, true), sized("wide", 5_000, false), sized("five", 5, true)]

const work: Readonly<Record<Figure, (pinnace: Pinnace) => Promise<unknown>>> = {
  chain: (pinnace) => pinnace.run(chain),
  wide: (pinnace) => pinnace.run(wide),
  many: (pinnace) => Promise.all(Array.from({ length: 500 }, () => pinnace.run(five)))
}

/** Every figure, the median of `reps` times; the two follow each other. */
export const measurePostgres = async (
  reps: number,
  scratch: string
): Promise<{ readonly rows: ReadonlyArray<CliRow>; readonly skipped: ReadonlyArray<string> }> => {
  if (!hasPostgres) return { rows: [], skipped: [`PostgreSQL (${withoutPostgres})`] }
  const folder = mkdtempSync(join(scratch, "postgres-"))
  const server = new PostgresServer({ fsync: true })
  try {
    const rows: Array<CliRow> = []
    for (const figure of Object.keys(postgresFigures) as ReadonlyArray<Figure>) {
      const ratios: Array<number> = []
      for (let rep = 0; rep < reps; rep++) {
        const file = await millis(join(folder, `${figure}-${rep}.db`), work[figure])
        ratios.push(file / await millis(server.url, work[figure]))
      }
      rows.push({ name: postgresFigures[figure], value: median(ratios), unit: "x" })
    }
    return { rows, skipped: [] }
  } finally {
    server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

const millis = async (place: string, what: (pinnace: Pinnace) => Promise<unknown>): Promise<number> => {
  const pinnace = await open(place)
  try {
    const begun = performance.now()
    await what(pinnace)
    return performance.now() - begun
  } finally {
    await pinnace.close()
  }
}
