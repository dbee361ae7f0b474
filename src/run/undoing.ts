/** Which nodes are undone, and what follows from it. Pure. */
import { aboveOf, compensate, isBeneath, isHandler, undoneBy } from "./path.ts"
import type { Recorded } from "./Event.ts"
import { isFailure, type Reason } from "./Phase.ts"
import type { NodeRow } from "./State.ts"

const cut: ReadonlySet<Reason> = new Set(["Timeout", "Stopped", "Terminated", "FailFast", "Crashed"])

/** Whether an attempt was cut off, so that nobody knows what it did. */
export const inDoubt = ({ attempt, phase, reason }: NodeRow): boolean =>
  attempt > 0 && isFailure(phase) && reason !== null && cut.has(reason)

/** Whether what was recorded of a node tells of an attempt that was cut off, also when a later one failed by itself. */
export const wasCut = (events: ReadonlyArray<Recorded>): boolean =>
  events.some(({ event }) =>
    event.type === "AttemptFailed" && cut.has(event.reason) || event.type === "AttemptStarted" && event.rerun > 0
  )

/** Whether a retry has reset it and it is for what is around its node to come to it: whoever undoes, if anything is. */
export const isUndoneLater = ({ attempt, path }: NodeRow): boolean => attempt === 0 && path.includes(compensate(""))

/** Nodes that were undone, or were about to be: what they gave must not be read any more. */
export const undoneNodes = (nodes: ReadonlyMap<string, NodeRow>): ReadonlyArray<string> =>
  [...nodes.values()].flatMap(({ attempt, kind, path, phase }) => {
    // One that the latest epoch did not come to is omitted.
    if (kind !== "compensate" || attempt === 0 && !isFailure(phase)) return []
    const node = undoneBy(path)
    return nodes.has(node) ? [node] : []
  })

/** Compensations that are to be tried again, with all beneath them: those that did not succeed. */
export const failedUndoing = (nodes: ReadonlyMap<string, NodeRow>): ReadonlyArray<string> => {
  const failed = [...nodes.values()].filter(({ kind, phase }) => kind === "compensate" && phase !== "Succeeded")
  return [...nodes.keys()].filter((path) => failed.some((it) => it.path === path || isBeneath(path, it.path))).sort()
}

/** A node that stays as it is when a run is undone, and why. */
interface Spared {
  readonly path: string
  readonly why: string
}

/** The nodes that worked and are not among those that are undone, in the order of their paths. */
export const sparedOf = (nodes: ReadonlyMap<string, NodeRow>, undo: ReadonlyArray<string>): ReadonlyArray<Spared> => {
  const planned = new Set(undo)
  const wasUndone = (path: string): boolean => nodes.get(compensate(path))?.phase === "Succeeded"
  const spared: Array<Spared> = []
  for (const row of nodes.values()) {
    const { path } = row
    const isWork = (row.kind === "task" || row.kind === "run") && row.attempt > 0
    if (planned.has(path) || isHandler(path) || !isWork && !wasUndone(path)) continue
    const above = aboveOf(path).find((it) => planned.has(it) || wasUndone(it))
    spared.push({ path, why: wasUndone(path) ? "it is undone already" : sparedFor(row, above) })
  }
  return spared.sort((a, b) => a.path < b.path ? -1 : 1)
}

const sparedFor = (row: NodeRow, above: string | undefined): string => {
  if (above !== undefined) return `it is left to what undoes ${above}`
  return row.phase === "Succeeded" || inDoubt(row) ? "it does not say how" : "it did nothing that is known to last"
}

/** How many nodes of a run were undone. */
export interface Compensated {
  readonly done: number
  readonly failed: number
  readonly of: number
}

/** The counts, or `undefined` where nothing had to be undone. */
export const compensatedIn = (nodes: ReadonlyMap<string, NodeRow>): Compensated | undefined => {
  const all = [...nodes.values()].filter(({ kind, phase }) =>
    kind === "compensate" && (phase === "Succeeded" || isFailure(phase))
  )
  if (all.length === 0) return undefined
  const done = all.filter(({ phase }) => phase === "Succeeded").length
  const failed = all.filter(({ phase }) => isFailure(phase)).length
  return { done, failed, of: all.length }
}
