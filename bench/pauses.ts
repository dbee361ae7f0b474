/** For how long the engine keeps the event loop of its process from everything else, while it does what is large. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { CliRow } from "./cli.ts"
import { root, spawnNode } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** How much of each. */
const sizes = { nodes: 100_000, artifacts: 100_000, runs: 10_000 }

/** What is done, by what it is called in the report. */
export const pauseFigures = {
  fanOut: "100,000 nodes of one map",
  deletion: "a run of 100,000 nodes deleted",
  collection: "100,000 artifacts collected",
  list: "10,000 runs listed",
  backup: "a copy of the file that another process makes, while runs go on",
  deletions: "10,000 runs deleted",
  output: "1 GiB that a step left, stored and loaded by another"
} as const

/** Pauses while one of them was done, in milliseconds. */
export interface Pause {
  readonly name: keyof typeof pauseFigures
  readonly p99: number
  readonly max: number
  readonly millis: number
}

/** What must hold of them, in milliseconds, where it is not what holds of all. */
export const longestPause: Readonly<Partial<Record<Pause["name"], number>>> = { backup: 60, deletions: 30 }

/** What the row of the time that 10,000 runs take to be deleted is called. */
export const deletionsTime = `${pauseFigures.deletions}: time`

/** What a row of the report is called. */
export const pauseRow = (name: Pause["name"], which: "p99" | "max"): string => `${pauseFigures[name]}: pause, ${which}`

/** All of them, `reps` times. */
export const measurePauses = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const found: Array<ReadonlyArray<Pause>> = []
  for (let rep = 0; rep < reps; rep++) found.push(await once(scratch))
  return (found[0] ?? []).flatMap(({ name }, at) => {
    const row = (title: string, which: "max" | "millis" | "p99"): CliRow => ({
      name: title,
      value: median(found.map((pauses) => pauses[at]![which])),
      unit: "ms"
    })
    const rows = (["p99", "max"] as const).map((which) => row(pauseRow(name, which), which))
    return name === "deletions" ? [...rows, row(deletionsTime, "millis")] : rows
  })
}

const once = async (scratch: string): Promise<ReadonlyArray<Pause>> => {
  const folder = mkdtempSync(join(scratch, "pauses-"))
  try {
    const program = join(root, "bench/dist/bench/subjects/pauses.js")
    const args = [program, join(folder, "state.db"), JSON.stringify(sizes)]
    const { answer, code, errors } = await spawnNode(args, 600_000)
    if (code !== 0 || answer === undefined) throw new Error(`pauses ended with ${code}:\n${errors.slice(0, 2_000)}`)
    return JSON.parse(answer) as ReadonlyArray<Pause>
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
