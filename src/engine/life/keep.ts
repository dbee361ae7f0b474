/** Copies results of one run into another. */
import { baseOf, holder, isHandler } from "../../run/path.ts"
import type { Json, Shown } from "../../run/Event.ts"
import type { Ledger } from "../Ledger.ts"

/** What an event says of a node: what went in, and how it is shown. */
export interface Given {
  readonly input?: Json
  readonly shows?: Shown
}

/**
 * Copies the results that stay valid, with what their nodes were given (by the
 * number of its event); nodes of earlier attempts of a composite are left behind.
 */
export const keepResults = (
  source: Ledger,
  inputs: ReadonlyMap<number, Given>,
  target: Ledger,
  reset: ReadonlySet<string>
): void => {
  // In the order of their record, which a flow goes by.
  for (const node of [...source.nodes.values()].sort((a, b) => a.resultSeq - b.resultSeq)) {
    if (node.phase !== "Succeeded" || reset.has(node.path) || isHandler(node.path) || !isCurrent(source, node.path)) {
      continue
    }
    const path = baseOf(node.path)
    const text = source.resultText(node)
    const given = inputs.get(node.inputSeq)
    const kept = { type: "NodeFinished", path, kind: node.kind, from: source.row.id, ...given } as const
    target.node({ ...kept, ending: { phase: "Succeeded" } }, text)
    target.texts.set(target.nodes.get(path)!.resultSeq, text)
  }
}

/** Whether a path lies in the last attempt of every composite above it, maps among them. */
const isCurrent = (ledger: Ledger, path: string): boolean => {
  for (let above = holder(path); above !== null && above !== ""; above = holder(above)) {
    const mark = /#(\d+)$/.exec(above)
    const row = ledger.nodes.get(above.replace(/#\d+$/, ""))
    if (row !== undefined && Number(mark?.[1] ?? 1) !== row.base + Math.max(row.attempt, 1)) return false
  }
  return true
}
