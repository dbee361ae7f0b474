/** Pools: attempts a second that one process hands to another, on a state file and on a server of our own. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { open } from "../mod.ts"
import { hasPostgres, PostgresServer, withoutPostgres } from "../test/postgres/server.ts"
import type { CliRow } from "./cli.ts"
import { median } from "./statistics.ts"
import { attempts, pooled } from "./subjects/pools.ts"

/** What is measured, by what it is called in the report. */
export const poolFigures = {
  file: "attempts on a pool of 64 places in another process, a file",
  postgres: "attempts on a pool of 64 places in another process, PostgreSQL"
} as const

/** Every figure, the median of `reps` times. */
export const measurePools = async (
  reps: number,
  scratch: string
): Promise<{ readonly rows: ReadonlyArray<CliRow>; readonly skipped: ReadonlyArray<string> }> => {
  const folder = mkdtempSync(join(scratch, "pools-"))
  const server = hasPostgres ? new PostgresServer({ fsync: true }) : undefined
  try {
    const rows = [await rowOf("file", reps, (rep) => join(folder, `${rep}.db`))]
    if (server === undefined) return { rows, skipped: [`pools on PostgreSQL (${withoutPostgres})`] }
    return { rows: [...rows, await rowOf("postgres", reps, () => server.url)], skipped: [] }
  } finally {
    server?.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

const rowOf = async (
  figure: keyof typeof poolFigures,
  reps: number,
  place: (rep: number) => string
): Promise<CliRow> => {
  const values: Array<number> = []
  for (let rep = 0; rep < reps; rep++) values.push(await perSecond(place(rep)))
  return { name: poolFigures[figure], value: median(values), unit: "/s" }
}

const perSecond = async (place: string): Promise<number> => {
  const pinnace = await open(place, { workflows: [pooled] })
  const worker = await offering(place)
  try {
    const begun = performance.now()
    const ends = await pinnace.run(pooled, Array.from({ length: attempts }, (_, it) => it))
    if (ends.length !== attempts) throw new Error(`${ends.length} of ${attempts} attempts have ended`)
    return attempts / (performance.now() - begun) * 1_000
  } finally {
    worker.send("end")
    await once(worker, "exit")
    await pinnace.close()
  }
}

/** A process that offers the places. */
const offering = async (place: string): Promise<ChildProcess> => {
  const worker = fork(join(import.meta.dirname, "subjects/pools.ts"), [place])
  await once(worker, "message")
  return worker
}
