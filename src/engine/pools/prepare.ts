/** What a worker needs to run a body of somebody else's run: its node, its task, its input. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Plan } from "../../plan/Plan.ts"
import type { Recorded } from "../../run/Event.ts"
import { isHandler } from "../../run/path.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { Offer, Placed } from "../../run/placement.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"
import { definitionOf } from "../life/definitions.ts"
import { planOf } from "../life/plans.ts"
import { joinTrace } from "../life/telling.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { LiveNode, LiveRun, type Work } from "../Live.ts"
import { type NodeEnd, nothing } from "../node/NodeEnd.ts"
import { calledSpec } from "../node/spec.ts"
import { taskAt } from "./locate.ts"
import { PlacedLedger } from "./PlacedLedger.ts"

/** A body that can begin. */
export interface Prepared {
  readonly live: LiveNode
  readonly work: Work
  readonly attempt: number
}

/** A body that this process cannot run, and why. */
export interface Unfit {
  readonly unfit: string
}

/**
 * Prepares a body, whose progress is noted; `Unfit` where this process lacks its workflow or has another version of it;
 * `stale`: nobody waits for it any more.
 */
export const prepare = (
  engine: Engine,
  place: Placed,
  { digest, order }: Offer,
  note: (progress: string) => void
): Effect.Effect<Prepared | Unfit | "stale", JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    const run = yield* reads.getRun(place.run)
    const row = yield* reads.node(place.run, place.path)
    if (run === undefined || row === undefined || !isOwed(run, row, place)) return "stale"
    const workflow = yield* definitionOf(engine, run)
    if (typeof workflow === "string") return { unfit: workflow }
    if (planOf(workflow).digest !== digest) return { unfit: otherVersion(run) }
    const plan = planOf(workflow)
    const task = order === undefined ? taskAt(plan, place.path) : undefined
    if (task === undefined && (order === undefined || workflow.kept?.ordered === undefined)) {
      return { unfit: otherVersion(run) }
    }
    const told = yield* reads.eventsAt(place.run, [1, row.inputSeq])
    const first = told.find(({ seq }) => seq === 1)
    const begun = told.find(({ seq }) => seq === row.inputSeq)
    const { path } = place
    const live = liveNode(engine, run, row, plan, note, first)
    if (task === undefined) {
      return { live, work: orderedWork(workflow, order!, inputOf(first?.event)), attempt: row.attempt }
    }
    const spec = calledSpec({
      runnable: task,
      plan: undefined,
      path,
      handler: live.handler,
      input: () => undefined
    })
    return { live, work: spec.bind(inputOf(begun?.event)), attempt: row.attempt }
  })

const otherVersion = ({ workflow }: RunRow): string =>
  `This process has another version of workflow "${workflow}" than the run: start it with the same code`

/** What an interpreter ordered; its own workers know what that means. */
const orderedWork = ({ kept }: AnyWorkflow, order: string, input: string): Work => ({
  text: order,
  attempt: (live) => Effect.suspend((): Effect.Effect<NodeEnd> => kept!.ordered!(live, order, input))
})

const isOwed = ({ phase }: RunRow, row: NodeRow, { attempt, epoch, rerun }: Placed): boolean =>
  !isTerminal(phase) && row.phase === "Running" && row.epoch === epoch && row.attempt === attempt &&
  row.reruns === rerun

const inputOf = (event: object | undefined): string =>
  event !== undefined && "input" in event ? JSON.stringify(event.input) : nothing

const liveNode = (
  { host }: Engine,
  run: RunRow,
  row: NodeRow,
  plan: Plan,
  note: (progress: string) => void,
  first: Recorded | undefined
): LiveNode => {
  const ledger = new PlacedLedger(host.journal, host.now, run, 0, host.limits)
  ledger.onProgress = note
  ledger.nodes.set(row.path, row)
  joinTrace(host, ledger, first, row)
  const live = new LiveRun(host, ledger, plan, undefined)
  live.placed = true
  return new LiveNode(live, live.root, row.path, isHandler(row.path), false)
}
