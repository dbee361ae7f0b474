/** For how long an app stands still while its state file is looked after and its runs go on. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { CliRow } from "./cli.ts"
import { root, spawnNode } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** How much there is in the file. */
const sizes = { nodes: 20_000, runs: 1_000 }

/** What is done, by what it is called in the report. */
export const stallFigures = {
  nothing: "runs go on, and nothing else",
  backup: "runs go on while the app copies the file",
  deletion: "runs go on while one of 20,000 nodes is deleted",
  compaction: "runs go on while the file is compacted for the first time",
  again: "runs go on while the file is compacted again"
} as const

/** The longest of each while one of them was done, in milliseconds. */
export interface Stall {
  readonly name: keyof typeof stallFigures
  /** The longest turn of the event loop, in CPU time. */
  readonly turn: number
  /** The longest time by the clock that the event loop had for nobody. */
  readonly pause: number
  /** How long the slowest run took. */
  readonly wait: number
}

const kinds = { turn: "longest turn, CPU", pause: "longest pause", wait: "slowest run" } as const

/** What a row of the report is called. */
export const stallRow = (name: Stall["name"], kind: keyof typeof kinds): string =>
  `${stallFigures[name]}: ${kinds[kind]}`

/** What must hold of the longest turn, in milliseconds of CPU time. */
export const longestTurn = { nothing: 30, backup: 60, deletion: 30, compaction: 60, again: 60 } as const

/** All of them, `reps` times: of each the median. */
export const measureStalls = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const found: Array<ReadonlyArray<Stall>> = []
  for (let rep = 0; rep < reps; rep++) found.push(await once(scratch))
  return (found[0] ?? []).flatMap(({ name }, at) =>
    (["turn", "pause", "wait"] as const).map((kind): CliRow => ({
      name: stallRow(name, kind),
      value: median(found.map((stalls) => stalls[at]![kind])),
      unit: "ms"
    }))
  )
}

const once = async (scratch: string): Promise<ReadonlyArray<Stall>> => {
  const folder = mkdtempSync(join(scratch, "stalls-"))
  try {
    const program = join(root, "bench/dist/bench/subjects/stalls.js")
    const args = [program, join(folder, "state.db"), JSON.stringify(sizes)]
    const { answer, code, errors } = await spawnNode(args, 600_000)
    if (code !== 0 || answer === undefined) throw new Error(`stalls ended with ${code}:\n${errors.slice(0, 2_000)}`)
    return JSON.parse(answer) as ReadonlyArray<Stall>
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
