/** What the run of a CronWorkflow is called, and which labels and annotations it has. */
import type { RunRow } from "../../run/State.ts"
import type { Metadata, WorkflowDocument } from "../Manifest.ts"
import { cronLabel, markOf } from "./CronRuns.ts"

/** Argo's annotation with the instant at which a run was due. */
const dueAnnotation = "workflows.argoproj.io/scheduled-time"

/** The metadata of a run: its document's, or for one that was due that of Argo, with the run's own name. */
export const runMetadata = ({ cron, metadata }: WorkflowDocument, row: Pick<RunRow, "id" | "labels">): Metadata => {
  const mark = markOf(row)
  if (cron === undefined || mark === undefined) return metadata
  const { annotations, labels } = cron.workflowMetadata ?? {}
  return {
    name: row.id,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: { ...labels, [cronLabel]: metadata.name ?? "" },
    annotations: { ...annotations, [dueAnnotation]: new Date(mark.due).toISOString().replace(".000Z", "Z") }
  }
}
