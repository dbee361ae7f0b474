/** What a user's own invariants say of a run as it is recorded. */
import { fromText } from "../../engine/node/value.ts"
import type { Disk } from "../../journal/Disk.ts"
import { readEvents } from "../../journal/diskReads.ts"
import type { RunRow } from "../../run/State.ts"
import { type NodeView, nodeView } from "../../run/view.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Setup, Simulated } from "./Simulated.ts"

/** The nodes of a run. */
export const nodesOf = (disk: Disk, row: RunRow | undefined): ReadonlyArray<NodeView> =>
  row === undefined ? [] : [...disk.nodes.get(row.key)?.values() ?? []].map(nodeView)

/** What is wrong, a sentence for each invariant that does not hold. */
export const brokenBy = (
  { invariants, workflow }: Setup,
  disk: Disk,
  row: RunRow,
  told: Pick<Simulated, "seed" | "over" | "now" | "crashes">
): ReadonlyArray<string> => {
  const state = {
    ...told,
    phase: row.phase,
    message: row.message ?? undefined,
    nodes: nodesOf(disk, row),
    output: row.phase === "Succeeded" ? outputOf(disk, row, workflow) : undefined
  }
  return invariants.flatMap(([name, holds]) => {
    const wrong = wrongWith(() => holds(state as Simulated<never>))
    return wrong === undefined ? [] : [wrong === "" ? name : `${name}: ${wrong}`]
  })
}

const outputOf = (disk: Disk, { key }: RunRow, workflow: AnyWorkflow): unknown => {
  const end = readEvents(disk, key, 0).map(({ event }) => event).findLast(({ type }) => type === "RunFinished")
  return end?.type === "RunFinished" ? fromText(workflow.output, JSON.stringify(end.ending.output ?? null)) : undefined
}

/** What is wrong, "" where nothing more is said of it. */
const wrongWith = (holds: () => boolean | string | void): string | undefined => {
  try {
    const said = holds()
    return said === undefined || said === true ? undefined : said === false ? "" : said
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
