/** What a long history costs: everything that is asked of a file with many runs, to the same with few. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { CliRow } from "./cli.ts"
import { root, spawnNode } from "./spawnNode.ts"

/** Runs in the small file and in the large one. */
const sizes = { few: 1_000, many: 1_000_000 }

/** What is asked, by what it is called in the report. */
export const historyFigures = {
  open: "open",
  newest: "list the newest 100",
  workflow: "list by workflow",
  phase: "list a phase that 2 % have",
  nobody: "list a phase that nobody has",
  both: "list by workflow and a phase that nobody has",
  running: "list open runs",
  label: "list by a label that all have",
  page: "list what comes after a run in the middle",
  run: "start a run of one node and wait for its end",
  retention: "end a run that makes an older one go",
  close: "close"
} as const

/** Processor milliseconds of each. */
export type History = Readonly<Record<keyof typeof historyFigures, number>>

/** What a row of the report is called. */
export const historyRow = (name: keyof History): string => `1,000,000 runs, ${historyFigures[name]}: times 1,000 runs`

/** Every figure once: the files are large, and what is short is done many times in them. */
export const measureHistory = async (scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const few = await once(scratch, sizes.few)
  const many = await once(scratch, sizes.many)
  return (Object.keys(historyFigures) as Array<keyof History>).map((name) => ({
    name: historyRow(name),
    value: many[name] / few[name],
    unit: "x"
  }))
}

const once = async (scratch: string, runs: number): Promise<History> => {
  const folder = mkdtempSync(join(scratch, "history-"))
  try {
    const program = join(root, "bench/dist/bench/subjects/history.js")
    const { answer, code, errors } = await spawnNode([program, join(folder, "state.db"), String(runs)], 600_000)
    if (code !== 0 || answer === undefined) throw new Error(`history ended with ${code}:\n${errors.slice(0, 2_000)}`)
    return JSON.parse(answer) as History
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
