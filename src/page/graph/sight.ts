/** What is drawn of a graph, and how far it reaches. Pure. */
import { box, type Layout } from "./layout.ts"
import type { Graph } from "./model.ts"

/** What is drawn. */
export interface Drawn {
  readonly graph: Graph
  readonly laid: Layout
  readonly chosen: string
  /** Whether it is a definition, and not a run of it. */
  readonly isPlan?: boolean
  /** Ids of the vertices of the critical path, when it is shown. */
  readonly critical: ReadonlySet<string>
}

/** A rectangle of the graph. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The part of a graph that is in sight. */
export interface Sight extends Area {
  readonly drawn: Drawn
  readonly bounds: Area
}

/** How far a graph reaches; `undefined` for one without vertices. */
export const boundsOf = ({ laid: { places } }: Drawn): Area | undefined => {
  if (places.length === 0) return undefined
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let at = 0; at < places.length; at += 2) {
    left = Math.min(left, places[at]!)
    right = Math.max(right, places[at]! + box.width)
    top = Math.min(top, places[at + 1]!)
    bottom = Math.max(bottom, places[at + 1]! + box.height)
  }
  return { left, right, top, bottom }
}
