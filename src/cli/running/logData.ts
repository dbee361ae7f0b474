/** Lines of a log as objects, for log shippers. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { instant } from "../../run/instant.ts"
import type { LogView } from "../../run/view.ts"
import { logSpans } from "../../view/logSpans.ts"
import { look, standOf } from "../arguments/rows.ts"

/** A line as log shippers take it, with what it belongs to. */
export const asData = async (pinnace: Pinnace, run: RunHandle) => {
  const { row } = await standOf(pinnace, run)
  // What happens while the run is followed is not among them: its lines have the span of their node.
  const spanOf = logSpans(row.id, await look(pinnace, (source) => source.events(row.key, 0)))
  return (line: LogView, node: string): string => {
    const { at, attempt, data, level, path, text } = line
    const { spanId, traceId } = spanOf(line) ?? {}
    const span = traceId === undefined ? {} : { trace_id: traceId, span_id: spanId }
    const { id, workflow } = row
    const place = { workflow, run: id, node, path, attempt }
    return JSON.stringify({ time: instant(at), level, msg: text, ...place, ...span, data })
  }
}
