/** Tells lines of logs to whatever sends them away. */
import type { LogLine } from "../../journal/Journal.ts"
import { fieldsOf } from "../../run/view.ts"
import { standardContext } from "../../trace/traceparent.ts"
import type { LiveRun } from "../Live.ts"
import { spanAt } from "./spanAt.ts"

/** Tells a line of a node with the span it belongs to, where somebody asks for lines. */
export const tellLine = (run: LiveRun, path: string, { at, attempt, data, level, text }: LogLine): void => {
  const { host: { telemetry }, ledger: { row: { id, workflow } } } = run
  if (telemetry?.tellsLines !== true) return
  const fields = fieldsOf(data)
  telemetry.tellLine({
    at,
    level,
    text,
    attributes: {
      "pinnace.run.id": id,
      "pinnace.workflow": workflow,
      "pinnace.node.path": path,
      "pinnace.attempt": attempt
    },
    ...(fields === undefined ? {} : { data: fields }),
    ...standardContext(spanAt(run, path))
  })
}
