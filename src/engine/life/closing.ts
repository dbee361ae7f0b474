/** Ends what a run leaves open when it ends: nodes this epoch or this life of it did not come to. */
import { leftovers } from "../../run/abandon.ts"
import { unread } from "../../run/early.ts"
import { openBeneath } from "../../run/beneath.ts"
import { phaseFor } from "../../run/reason.ts"
import type { LiveRun } from "../Live.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"

/** Records the ends of all nodes that are still open; nothing to do unless the run was retried or taken over. */
export const closeNodes = (live: LiveRun, end: NodeEnd): void => {
  if (live.ledger.keepsEarly && end.next === undefined) {
    for (const event of unread(live.ledger.nodes)) live.ledger.node(event)
  }
  if (live.ledger.row.epoch > 1) closeReset(live, end)
  if (live.takenOver) closeOpen(live, end)
}

/** What a manual retry reset, and this epoch did not come to. */
const closeReset = (live: LiveRun, end: NodeEnd): void => {
  for (const event of leftovers(live.ledger.nodes, end.phase === "Succeeded" ? undefined : end.reason)) {
    live.ledger.node(event)
  }
}

/** What an earlier life of the run left open, and this one did not come to because it was cut short. */
const closeOpen = (live: LiveRun, end: NodeEnd): void => {
  const { reason = "Terminated" } = end
  for (const path of openBeneath(live.ledger.nodes.values(), "")) {
    live.ledger.node({
      type: "NodeFinished",
      path,
      ending: { phase: phaseFor(reason), reason, message: "The run ended first" }
    })
  }
}
