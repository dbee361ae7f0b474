/**
 * Undoes what was done beneath a scope that did not work out: a run, or a nested workflow. A nested workflow that has
 * succeeded is undone as a whole where it says how, else node by node. Each compensation is a node of its own,
 * `hotel.compensate`, so it is recorded, retried, taken over and spared by `stop` as any handler.
 *
 * Invariants
 * - U1 Each node that qualifies is undone exactly once in an epoch: its compensation has one recorded end.
 * - U2 Nothing is undone before all nodes of the scope have ended.
 * - U3 What was recorded last is undone first, so nothing is undone before what has read it. In parallel, only what
 *   worked side by side is undone side by side.
 * - U6 A scope that succeeded undoes nothing.
 */
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/Plan.ts"
import type { Recorded } from "../../run/Event.ts"
import { compensate, isHandler, parent } from "../../run/path.ts"
import { isFailure, type Reason } from "../../run/Phase.ts"
import type { NodeRow } from "../../run/State.ts"
import { inDoubt, wasCut } from "../../run/undoing.ts"
import type { CompensationDef } from "../../workflow/Definition.ts"
import type { LiveNode, LiveRun } from "../Live.ts"
import { endChild } from "../node/children.ts"
import { isKept } from "../node/isKept.ts"
import { type NodeEnd, nothing } from "../node/NodeEnd.ts"
import { surely } from "../node/surely.ts"
import { fromText } from "../node/value.ts"
import { sideBySide } from "./sideBySide.ts"
import { type Definitions, definitionsOf } from "./undoable.ts"

/** A node that is undone, and how; `undefined` where no process knows that any more. */
interface Undoing {
  readonly row: NodeRow
  readonly def: CompensationDef | undefined
  /** It failed by itself, but perhaps an earlier attempt of it was cut off. */
  readonly perhaps?: true
}

/** Undoes what was done beneath a scope that ended so; answers the paths of what could not be undone. */
export const undo = (
  scope: LiveNode,
  plan: Plan,
  prefix: string,
  end: NodeEnd
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    if (!isFailure(end.phase) || scope.isCancelled || isKept(scope) || isUnused(scope)) return []
    const failed: Array<string> = []
    const all = candidates(scope.run, yield* definitionsOf(scope.run, plan, prefix), prefix)
    if (all.length === 0) return failed
    const events = yield* eventsOf(scope.run, all)
    const one = (undoing: Undoing): Effect.Effect<void> =>
      Effect.gen(function* () {
        if (!(yield* isDue(scope.run, undoing, events))) return
        if (prefix === "") tell(scope.run)
        const done = undoing.def === undefined
          ? unknown(scope.run, undoing.row)
          : yield* undone(scope, undoing.row, undoing.def, end, events)
        if (!done) failed.push(undoing.row.path)
      })
    yield* plan.workflow.compensates === "parallel" ? sideBySide(all, one) : Effect.forEach(all, one, { discard: true })
    return failed
  })

/** The paths of what is left to be undone of a run that has ended. */
export const leftToUndo = (run: LiveRun): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const { nodes } = run.ledger
    const all = candidates(run, yield* definitionsOf(run, run.plan, ""), "", true).filter(({ row: { path } }) =>
      nodes.get(compensate(path))?.phase !== "Succeeded"
    )
    const events = yield* eventsOf(run, all)
    return (yield* Effect.filter(all, (undoing) => isDue(run, undoing, events))).map(({ row }) => row.path)
  })

/** Whether a candidate is to be undone, as its record tells. */
const isDue = (run: LiveRun, { def, perhaps, row }: Undoing, events: Events): Effect.Effect<boolean> => {
  if (def === undefined && !isUndoable(events.get(row.inputSeq))) return Effect.succeed(false)
  return perhaps === undefined ? Effect.succeed(true) : Effect.map(lifeOf(run, row), wasCut)
}

/** Ends at once all that is open beneath a node, handlers and hooks included, but not what undoes. */
export const cutWork = (live: LiveNode, reason: Reason): void => {
  for (const child of [...live.children]) {
    if (isUndoing(child)) continue
    if (hasUndoing(child)) cutWork(child, reason)
    else child.cancel(reason)
  }
}

const isUndoing = ({ spec }: LiveNode): boolean => spec?.kind === "compensate"

const hasUndoing = (live: LiveNode): boolean =>
  [...live.children].some((child) => isUndoing(child) || hasUndoing(child))

/** Says of a run that it is being undone, once in an epoch. */
const tell = ({ ledger }: LiveRun): void => {
  if (ledger.row.reason !== "Compensating") ledger.run({ type: "RunCompensating" })
}

/** Whether nothing that a scope has brings what undoes it; handlers are looked at anew. */
const isUnused = ({ handler, run: { takenOver, undoable } }: LiveNode): boolean =>
  undoable.size === 0 && !takenOver && !handler

/** Those that may have to be undone, the last first. */
const candidates = (
  run: LiveRun,
  definitions: Definitions,
  prefix: string,
  // Who asks that a run be undone means all of it, also what a retry has kept.
  isAll: boolean = run.ledger.row.stopping === "undo"
): ReadonlyArray<Undoing> => {
  const { nodes, row: { epoch } } = run.ledger
  const above = prefix === "" ? "" : `${prefix}/`
  const found: Array<Undoing> = []
  for (const row of nodes.values()) {
    if (row.epoch !== epoch && !isAll || row.attempt === 0 || !row.path.startsWith(above)) continue
    const doubt = inDoubt(row)
    const perhaps = !doubt && isFailure(row.phase) && (row.attempt > 1 || row.reruns > 0)
    if (row.phase !== "Succeeded" && !doubt && !perhaps) continue
    const within = row.path.slice(above.length)
    if (isHandler(within)) continue
    const def = run.undoable.get(row.path) ?? definitions.of(within)
    if (def === "unknown" && run.takenOver && row.phase === "Succeeded") found.push({ row, def: undefined })
    if (def === undefined || def === "unknown") continue
    if (row.phase === "Succeeded") found.push({ row, def })
    else if (def.when === "began" && row.kind === "task") found.push(perhaps ? { row, def, perhaps } : { row, def })
  }
  return withoutCovered(found).sort((a, b) => b.row.resultSeq - a.row.resultSeq)
}

/**
 * What is beneath a workflow that is undone as a whole is left to that. What a body called is left to the body where
 * that is undone itself, and nobody knows what was called any more.
 */
const withoutCovered = (found: ReadonlyArray<Undoing>): Array<Undoing> => {
  const undone = new Map(found.flatMap(({ def, row }) => def === undefined ? [] : [[row.path, row.kind] as const]))
  return found.filter(({ def, row }) => {
    for (let above = parent(row.path); above !== null && above !== ""; above = parent(above)) {
      const kind = undone.get(above)
      if (kind === "workflow" || kind !== undefined && def === undefined) return false
    }
    return true
  })
}

type Events = ReadonlyMap<number, Recorded["event"]>

/** What went into them and came out of them, by the numbers of the events that say so. */
const eventsOf = (run: LiveRun, all: ReadonlyArray<Undoing>): Effect.Effect<Events> => {
  const { reads } = run.host.journal
  const seqs = all.flatMap(({ row }) => [row.inputSeq, row.resultSeq])
  return Effect.map(
    surely(Effect.andThen(run.host.journal.drained, reads.eventsAt(run.ledger.row.key, seqs))),
    (events) => new Map(events.map(({ event, seq }) => [seq, event]))
  )
}

/** What was recorded of a node in this epoch. */
const lifeOf = ({ host, ledger }: LiveRun, { inputSeq, path, resultSeq }: NodeRow) =>
  surely(host.journal.reads.eventsOf(ledger.row.key, path, inputSeq, resultSeq))

const isUndoable = (event: Recorded["event"] | undefined): boolean =>
  event?.type === "NodeStarted" && event.undo === true

/** A child of a body that ended before a crash: nobody here knows the task that was called. */
const unknown = ({ ledger }: LiveRun, { path }: NodeRow): false => {
  const at = compensate(path)
  const row = ledger.nodes.get(at)
  // A retry leaves a row that says nothing yet.
  if (row !== undefined && row.phase !== "Pending") return false
  const message = "It was called by a body that ended before a crash, so its compensation is not known any more"
  ledger.node({
    type: "NodeFinished",
    path: at,
    kind: "compensate",
    ending: { phase: "Error", reason: "Crashed", message }
  })
  return false
}

const undone = (
  scope: LiveNode,
  row: NodeRow,
  def: CompensationDef,
  end: NodeEnd,
  events: Events
): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const { kernel } = scope.run.host
    const spec = kernel.calledSpec({
      runnable: def.task,
      plan: undefined,
      path: compensate(row.path),
      handler: true,
      kind: "compensate",
      input: () => told(scope.run, row, def.of, end, events)
    })
    const live = kernel.launch(scope, spec, ({ phase }) => resume(Effect.succeed(phase === "Succeeded")))
    return endChild(live, scope.reason)
  })

const told = (
  { ledger }: LiveRun,
  row: NodeRow,
  of: CompensationDef["of"],
  end: NodeEnd,
  events: Events
): unknown => {
  const started = events.get(row.inputSeq)
  const finished = events.get(row.resultSeq)
  const input = started !== undefined && "input" in started ? JSON.stringify(started.input) : nothing
  const ending = finished !== undefined && "ending" in finished ? finished.ending : undefined
  const output = ending?.phase === "Succeeded"
    ? { output: fromText(of.output, JSON.stringify(ending.output ?? null)) }
    : {}
  return {
    input: fromText(of.input, input),
    ...output,
    cause: { reason: end.reason ?? end.phase, message: end.message ?? "" },
    run: ledger.row.id,
    node: row.path
  }
}
