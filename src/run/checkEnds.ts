/**
 * N1: every started node ends exactly once in an epoch, after all
 * beneath it; nothing is open and nothing happens after the run's end.
 */
import type { Event, Recorded } from "./Event.ts"
import type { Invariant } from "./evidence.ts"
import type { Rows } from "./evolve.ts"
import { isHandlerRoot, isItem, parent } from "./path.ts"
import { isFailure, isTerminal } from "./Phase.ts"
import { phaseFor } from "./reason.ts"

/** The node a node must end before: handlers run beside or after their owner, so they count for what is above it. */
const scopeOf = (path: string): string => {
  const above = parent(path) ?? ""
  if (!isHandlerRoot(path)) return above
  // A hook that fired again is an item of its first firing.
  const owner = isItem(path) ? parent(above) ?? "" : above
  return owner === "" ? "" : parent(owner) ?? ""
}

type Report = (violation: string) => void

const checkRow = ({ event, seq }: Recorded, before: Rows, report: Report): void => {
  if (!("path" in event)) return
  const row = before.nodes.get(event.path)
  if (row !== undefined && isTerminal(row.phase)) {
    report(`N1: ${event.path} has ${event.type} (seq ${seq}) after it ended ${row.phase}`)
  }
  if (
    row === undefined && event.type !== "NodeStarted" &&
    !("kind" in event && event.kind !== undefined)
  ) {
    report(`N1: ${event.path} has ${event.type} (seq ${seq}) before it started`)
  }
}

const checkReason = ({ event, seq }: Recorded, report: Report): void => {
  if (event.type !== "NodeFinished") return
  const { phase, reason } = event.ending
  if (!isFailure(phase)) return
  if (reason === undefined) report(`N1: ${event.path} ended ${phase} without a reason (seq ${seq})`)
  else if (phaseFor(reason) !== phase) {
    report(`N1: ${event.path} ended ${phase}, but ${reason} means ${phaseFor(reason)}`)
  }
}

const isStart = (event: Event): boolean => event.type === "NodeStarted"

/** Checks N1. */
export const checkEnds: Invariant = (_, report) => {
  const open = new Map<string, number>()
  const count = (path: string, by: number) => open.set(scopeOf(path), (open.get(scopeOf(path)) ?? 0) + by)
  const node = ({ event, seq }: Recorded, before: Rows): void => {
    if (!("path" in event)) return
    const row = before.nodes.get(event.path)
    const begun = row !== undefined && row.attempt > 0 && !isTerminal(row.phase)
    if (isStart(event) && !begun) count(event.path, 1)
    if (event.type !== "NodeFinished") return
    if (begun) count(event.path, -1)
    const left = open.get(event.path) ?? 0
    if (left > 0) report(`N1: ${event.path} ended (seq ${seq}) with ${left} nodes open beneath it`)
  }
  const nothingOpen = (rows: Rows): void => {
    for (const { path, phase } of rows.nodes.values()) {
      if (!isTerminal(phase)) report(`N1: ${path} is ${phase} although the run ended`)
    }
  }
  return {
    see: (fact, before) => {
      if (isTerminal(before.run.phase) && fact.event.type !== "RunRetried") {
        report(`N1: ${fact.event.type} (seq ${fact.seq}) comes after the run ended`)
      }
      checkRow(fact, before, report)
      checkReason(fact, report)
      node(fact, before)
      if (fact.event.type === "RunFinished") nothingOpen(before)
    }
  }
}
