/** What one machine can do with one file, and how much room that takes: the table in `docs/performance.md`. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { CliRow } from "./cli.ts"
import { root, spawnNode } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** What is measured, by what it is called in the report, with its unit. */
export const capacityFigures = {
  small: ["a run of one node on the disk", "KB"],
  logged: ["a run of three nodes with two labels and six lines of log on the disk", "KB"],
  perSecond: ["runs of three nodes for each second of processor time", "/s"],
  backup: ["a copy of the file while runs go on", "MB/s"],
  deletion: ["runs deleted", "/s"]
} as const

/** All of them, as numbers. */
export type Capacity = Readonly<Record<keyof typeof capacityFigures, number>>

/** The table, `reps` times, each on a fresh file. */
export const measureCapacity = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const found: Array<Capacity> = []
  for (let rep = 0; rep < reps; rep++) found.push(await once(scratch))
  return (Object.keys(capacityFigures) as Array<keyof Capacity>).map((name) => {
    const [title, unit] = capacityFigures[name]
    return { name: `capacity: ${title}`, value: median(found.map((one) => one[name])), unit }
  })
}

const once = async (scratch: string): Promise<Capacity> => {
  const folder = mkdtempSync(join(scratch, "capacity-"))
  try {
    const program = join(root, "bench/dist/bench/subjects/capacity.js")
    const { answer, code, errors } = await spawnNode([program, folder], 600_000)
    if (code !== 0 || answer === undefined) throw new Error(`capacity ended with ${code}:\n${errors.slice(0, 2_000)}`)
    return JSON.parse(answer) as Capacity
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
