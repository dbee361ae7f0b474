/**
 * Nodes by columns instead of rows: a tenth of the bytes, since names of fields are there once and most values repeat.
 */
import type { NodeView } from "../../run/view.ts"

/** Nodes by columns; what stands at one place of each list is one node. */
export interface NodeColumns {
  readonly path: ReadonlyArray<string>
  readonly kind: ReadonlyArray<NodeView["kind"]>
  readonly phase: ReadonlyArray<NodeView["phase"]>
  /** Milliseconds since the epoch; 0 for what has not happened. */
  readonly startedAt: ReadonlyArray<number>
  readonly finishedAt: ReadonlyArray<number>
  /** What only some nodes have, by the place of the node. */
  readonly more: Readonly<Record<number, Omit<NodeView, "path" | "kind" | "phase" | "startedAt" | "finishedAt">>>
}

/** The columns of these nodes. */
export const columnsOf = (nodes: ReadonlyArray<NodeView>): NodeColumns => ({
  path: nodes.map((it) => it.path),
  kind: nodes.map((it) => it.kind),
  phase: nodes.map((it) => it.phase),
  startedAt: nodes.map((it) => it.startedAt ?? 0),
  finishedAt: nodes.map((it) => it.finishedAt ?? 0),
  more: Object.fromEntries(nodes.flatMap((node, at) => {
    const rest = restOf(node)
    return rest === undefined ? [] : [[at, rest]]
  }))
})

const restOf = ({ finishedAt: _f, kind: _k, path: _p, phase: _h, startedAt: _s, ...rest }: NodeView) => {
  const { attempt, reruns, ...more } = rest
  const isOrdinary = (attempt === undefined || attempt === 1) && reruns === 0 && Object.keys(more).length === 0
  return isOrdinary ? undefined : rest
}
