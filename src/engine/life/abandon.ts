/**
 * Ends a run without running anything of it: for terminated runs after a crash and for runs whose definition is gone.
 */
import { closeAll } from "../../run/abandon.ts"
import type { Reason } from "../../run/Phase.ts"
import type { Ledger } from "../Ledger.ts"

/** Records the end of every open node, the deepest first, then of the run. */
export const abandon = (ledger: Ledger, reason: Reason, message: string, done?: () => void): void => {
  const events = closeAll(ledger.row, ledger.nodes, reason, message)
  for (const event of events) {
    if ("path" in event) ledger.node(event)
    else ledger.run(event, event.type === "RunFinished" ? () => done?.() : undefined)
  }
}
