/**
 * N6: an exit handler runs at most once in an epoch, not before its scope ended, and it does run where it is defined,
 * unless terminated. Once that of the run has begun, nothing of its main part begins.
 */
import type { Plan } from "../plan/Plan.ts"
import type { HandlerDef } from "../workflow/Definition.ts"
import type { Invariant } from "./evidence.ts"
import type { Rows } from "./evolve.ts"
import { locate } from "./locate.ts"
import { isHandler, onExit, parent } from "./path.ts"
import { isFailure, isTerminal } from "./Phase.ts"
import type { NodeRow } from "./State.ts"

/** Whether a handler runs whatever happened. */
const isCertain = (def: HandlerDef | undefined): boolean => def !== undefined && def.when === undefined

const hasHandler = (plan: Plan, path: string): boolean => {
  const place = locate(plan, path)
  if (place === undefined) return false
  const { map, onExit: own, runnable } = place.node.def
  if (map === undefined) return isCertain(own ?? runnable?.onExit)
  return isCertain(place.item ? map.item.onExit ?? runnable?.onExit : own)
}

/** The part of the run an exit handler must wait for that is still open. */
const openScope = (owner: string, rows: Rows): ReadonlyArray<string> => {
  const open = (row: NodeRow | undefined): row is NodeRow =>
    row !== undefined && !isTerminal(row.phase) && row.attempt > 0
  if (owner !== "") return open(rows.nodes.get(owner)) ? [owner] : []
  return [...rows.nodes.values()].filter((row) => open(row) && !isHandler(row.path)).map((row) => row.path)
}

const isCompleted = ({ attempt, phase, reason }: NodeRow): boolean =>
  attempt > 0 && (phase === "Succeeded" || (isFailure(phase) && reason !== "Terminated"))

/** Checks N6; that a handler is missing can be told with the plan only. */
export const checkHandlers: Invariant = ({ plan }, report) => {
  const begun = new Set<string>()
  const reused = new Set<string>()
  let terminated = false
  const start = (path: string, seq: number, rows: Rows): void => {
    if (begun.has(path)) report(`N6: ${path} runs a second time in epoch ${rows.run.epoch} (seq ${seq})`)
    begun.add(path)
    for (const open of openScope(parent(path) ?? "", rows)) {
      report(`N6: ${path} started (seq ${seq}) while ${open} is open`)
    }
  }
  const missing = (plan: Plan, rows: Rows, goesOn: boolean): void => {
    const need = (path: string) => begun.has(onExit(path)) || report(`N6: the run ended without ${onExit(path)}`)
    // That of a flow that goes on in another run is due when its chain ends.
    if (!goesOn && isCertain(plan.workflow.onExit)) need("")
    for (const row of rows.nodes.values()) {
      const mine = row.epoch === rows.run.epoch && isCompleted(row) && !reused.has(row.path)
      if (mine && hasHandler(plan, row.path)) need(row.path)
    }
  }
  return {
    see: ({ event, seq }, before) => {
      if (event.type === "RunRetried") {
        begun.clear()
        terminated = event.undo === true
      }
      if (event.type === "RunMigrated" && event.lost !== undefined) begun.clear()
      if (event.type === "RunStopping" && event.mode !== "stop") terminated = true
      if (event.type === "NodeStarted" && event.path.endsWith(".onExit")) start(event.path, seq, before)
      if (event.type === "NodeStarted" && !isHandler(event.path) && begun.has(onExit(""))) {
        report(`N6: ${event.path} begins (seq ${seq}) after the exit handler of the run`)
      }
      if (event.type === "NodeFinished" && event.from !== undefined) reused.add(event.path)
      if (event.type !== "RunFinished" || plan === undefined) return
      // A run that never began, or that nobody can execute any more, is closed without handlers.
      const executed = before.run.phase === "Running" && before.run.held === null
      if (executed && !terminated && event.ending.reason !== "Terminated") {
        missing(plan, before, event.ending.reason === "Continued")
      }
    }
  }
}
