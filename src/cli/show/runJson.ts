/** A run as one JSON object: with Argo's keys, whoever defined it. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { holder } from "../../run/path.ts"
import { instant } from "../paint/times.ts"
import { isManifestRun, payload } from "./runHead.ts"
import { labelOf } from "./ofRows.ts"
import { nodeRowsOf, rowOf } from "../arguments/rows.ts"

/** The run with its nodes, inputs and outputs. */
export const runJson = async (pinnace: Pinnace, run: RunHandle): Promise<object> => {
  const row = rowOf(pinnace, run)
  const nodes = nodeRowsOf(pinnace, run, true)
  if (isManifestRun(row)) {
    const { viewRun } = await import("../../argo/view.ts")
    const { hidden: _, nodes, ...run } = viewRun(pinnace.engine, row.id)!
    return { ...run, nodes: nodes.map(({ hidden: _, ...node }) => node) }
  }
  const beneath = Map.groupBy(nodes, ({ path }) => holder(path)?.replace(/#\d+$/, "") ?? "")
  return {
    id: row.id,
    name: row.id,
    workflow: row.workflow,
    phase: row.phase,
    reason: row.reason,
    message: row.message ?? "",
    startedAt: instant(row.startedAt),
    finishedAt: instant(row.finishedAt),
    input: payload(pinnace, row, row.inputSeq) ?? null,
    output: payload(pinnace, row, row.resultSeq) ?? null,
    labels: row.labels,
    nodes: nodes.map((node) => ({
      id: node.path,
      name: node.path,
      displayName: labelOf(node.path),
      type: node.kind,
      phase: node.phase,
      reason: node.reason,
      message: node.message ?? "",
      waiting: node.waiting,
      input: node.input ?? null,
      output: node.output ?? null,
      children: (beneath.get(node.path) ?? []).map(({ path }) => path),
      startedAt: instant(node.startedAt),
      finishedAt: instant(node.finishedAt),
      attempt: node.attempt,
      ...(node.attempts === 0 ? {} : { attempts: node.attempts })
    }))
  }
}
