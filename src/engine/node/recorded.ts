/** What the journal already knows: a node that ended in this run is never run again, its recorded ending is used. */
import { isTerminal } from "../../run/Phase.ts"
import type { NodeRow } from "../../run/State.ts"
import type { Ledger } from "../Ledger.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import type { NodeSpec } from "../Live.ts"

/** The recorded ending of a node, or `undefined` when it must (still) run. */
export const recorded = (ledger: Ledger, spec: Pick<NodeSpec, "path">): NodeEnd | undefined => {
  const row = ledger.nodes.get(spec.path)
  return row === undefined ? undefined : recordedEnd(ledger, row)
}

const recordedEnd = (ledger: Ledger, row: NodeRow): NodeEnd | undefined => {
  if (!isTerminal(row.phase)) return undefined
  const base = { phase: row.phase, reason: row.reason ?? undefined, message: row.message ?? undefined }
  if (row.phase === "Succeeded") return { ...base, text: ledger.resultText(row) }
  const failure = ledger.failures.get(row.resultSeq)
  return { ...base, error: failure?.error, cause: failure?.cause }
}
