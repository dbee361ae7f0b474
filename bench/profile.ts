/**
 * Where the time and memory of a node go, by layer of the sources: `npm run bench -- --profile`. The figures are
 * sampled and hold the cost of sampling; they say where to look, not how fast it is.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { contestants } from "./contestants.ts"
import type { Durability } from "./Request.ts"
import { spawnNode } from "./spawnNode.ts"
import type { Profile, Share } from "./subjects/Profile.ts"
import type { Workload } from "./Workload.ts"

/** Repetitions that are sampled, and those before that warm up. */
const repeat = 3
const discard = 1

/** The functions that took most, shown beneath the layers. */
const shownFunctions = 15

/** What one workload spends for each node. */
export interface Budget {
  readonly workload: string
  readonly durability: Durability
  readonly layers: ReadonlyArray<Share>
  readonly functions: ReadonlyArray<Share>
}

/** Samples one workload in a process of its own. */
export const measureBudget = async (
  { name, nodes, runs, shape }: Workload,
  durability: Durability,
  scratch: string
): Promise<Budget> => {
  const folder = mkdtempSync(join(scratch, "profile-"))
  const file = join(folder, "state.db")
  const request = { shape, nodes, runs, repeat, discard, durability, file, phase: "profile" }
  try {
    const { answer, code, errors } = await spawnNode([contestants.pinnace.program, JSON.stringify(request)])
    if (code !== 0 || answer === undefined) throw new Error(`the profile of ${name} ended with ${code}:\n${errors}`)
    const { functions, layers } = JSON.parse(answer) as Profile
    const each = perNode(nodes * runs * repeat)
    return {
      workload: name,
      durability,
      layers: layers.map(each),
      functions: functions.slice(0, shownFunctions).map(each)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const perNode = (nodes: number) => ({ bytes, micros, name }: Share): Share => ({
  name,
  micros: Math.round(micros / nodes * 100) / 100,
  bytes: Math.round(bytes / nodes)
})

/** The budgets as tables. */
export const budgetText = (budgets: ReadonlyArray<Budget>): string => budgets.map(table).join("\n\n")

const table = ({ durability, functions, layers, workload }: Budget): string => {
  const total = {
    name: "all",
    micros: layers.reduce((sum, { micros }) => sum + micros, 0),
    bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  return [
    `${workload}, ${durability}: µs and bytes of each node, sampled`,
    ...[total, ...layers].map(line),
    "  of these, by function",
    ...functions.map(line)
  ].join("\n")
}

const line = ({ bytes, micros, name }: Share): string =>
  `${micros.toFixed(1).padStart(9)} µs ${String(bytes).padStart(7)} B  ${name}`
