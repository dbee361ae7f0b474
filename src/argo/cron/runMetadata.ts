/** What a run is called, and which labels and annotations it has. */
import type { RunRow } from "../../run/State.ts"
import type { Metadata, WorkflowDocument, WorkflowSpec } from "../document/Manifest.ts"
import { cronLabel, markOf } from "./CronRuns.ts"

/** Argo's annotation with the instant at which a run was due. */
const dueAnnotation = "workflows.argoproj.io/scheduled-time"

/**
 * The metadata of a run: its document's, for one of a CronWorkflow
 * what Argo makes of that; its labels are those it has.
 */
export const runMetadata = (
  { cron, metadata }: WorkflowDocument,
  spec: WorkflowSpec,
  row: Pick<RunRow, "createdAt" | "id" | "labels">
): Metadata => {
  const added = spec.workflowMetadata?.annotations
  const labels = { ...(cron === undefined ? metadata.labels : undefined), ...shown(row.labels) }
  if (cron === undefined) return { ...metadata, labels, annotations: { ...metadata.annotations, ...added } }
  const mark = markOf(row)
  return {
    // What was not due is run once by hand, now, under the name of its document.
    ...(mark === undefined ? metadata : { name: row.id }),
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: { ...cron.workflowMetadata?.labels, [cronLabel]: metadata.name ?? "", ...labels },
    annotations: {
      ...cron.workflowMetadata?.annotations,
      ...added,
      [dueAnnotation]: new Date(mark?.due ?? row.createdAt).toISOString().replace(/\.\d+Z$/, "Z")
    }
  }
}

/** What is kept for the command itself is not a label of the manifest. */
const shown = (labels: RunRow["labels"]): RunRow["labels"] =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !/^(pinnace|imported)\//.test(name)))
