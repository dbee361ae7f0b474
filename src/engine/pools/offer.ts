/** What a node that runs on a pool offers to workers, together with the fact that its attempt begins. */
import type { Write } from "../../journal/Journal.ts"
import type { NodeEvent } from "../../run/Event.ts"
import { locate } from "../../run/locate.ts"
import { parent } from "../../run/path.ts"
import { type Offer, offerKey, type Placed, spaces } from "../../run/placement.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import { ended, type NodeEnd } from "../node/NodeEnd.ts"
import { cell } from "./cells.ts"
import { taskAt } from "./locate.ts"
import type { OfferCell } from "./Placement.ts"

const none: ReadonlyArray<Write> = []

/** The offer of an attempt that is about to begin: to be written with its beginning. */
export const offerWrites = (live: LiveNode, spec: NodeSpec, event: NodeEvent): ReadonlyArray<Write> => {
  if (spec.on === undefined) return none
  const { nodes, row: { epoch: now, key: run } } = live.run.ledger
  const { attempt: number = 0, epoch = now, reruns = 0 } = nodes.get(spec.path) ?? {}
  const { attempt, rerun } = event.type === "AttemptStarted" ? event : { attempt: number || 1, rerun: reruns }
  const place = { run, path: spec.path, epoch, attempt, rerun }
  live.offer = offerOf(live, spec, place)
  return [cell(spaces.offers, live.offer.key, null, live.offer.data)]
}

/** An attempt as it is offered. */
export const offerOf = (live: LiveNode, spec: NodeSpec, place: Placed): OfferCell => {
  const { host, ledger, plan } = live.run
  const { attempt, total } = spec.timeouts
  const startedAt = ledger.nodes.get(spec.path)?.startedAt || host.now()
  const offer: Offer = {
    workflow: ledger.row.workflow,
    digest: plan.digest,
    kept: ledger.row.definition,
    ...(spec.order === undefined ? {} : { order: spec.order() }),
    ...(attempt === Infinity ? {} : { millis: attempt }),
    ...(total === Infinity ? {} : { until: startedAt + total }),
    ...(spec.onCrash === "fail" ? { once: true as const } : {})
  }
  return { key: offerKey(spec.on!, ledger.row.priority, host.now(), place), data: JSON.stringify(offer) }
}

/** Who made a node that the workflow does not have. */
const makerOf = ({ run: { plan } }: LiveNode, path: string): string => {
  for (let above = parent(path); above !== null && above !== ""; above = parent(above)) {
    if (locate(plan, above)?.node.def.expand !== undefined) return `node "${above}" expanded to it`
  }
  return "a body has started it"
}

/** Why no worker could run it: workers find a task by its place in the workflow. */
export const unplaceable = (live: LiveNode, { bounded, on, path }: NodeSpec): NodeEnd | undefined => {
  if (on === undefined || bounded === true || taskAt(live.run.plan, path) !== undefined) return undefined
  return ended(
    "Error",
    "BadInput",
    `It cannot run on pool "${on}", because ${
      makerOf(live, path)
    }: make it a node of the workflow, or take its \`on\` away`
  )
}
