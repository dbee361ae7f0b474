/** What the nodes of an interpreted program show of a rehearsal. Pure. */
import type { Recorded, Shown } from "../run/Event.ts"
import { aboveOf, parent } from "../run/path.ts"
import { isTerminal } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"
import type { Rehearsal } from "./Rehearsal.ts"

/** A node that a program will begin, if it comes to that. */
export interface Foreseen {
  /** Its path, or that of a node above it that begins first. */
  readonly at: string
  readonly name: string
}

/** How nodes are shown, by their paths. */
export const shownIn = (events: ReadonlyArray<Recorded>): ReadonlyMap<string, Shown> =>
  new Map(
    events.flatMap(({ event }) =>
      "shows" in event && event.shows !== undefined ? [[event.path, event.shows] as const] : []
    )
  )

/** Nodes with nothing beneath that is shown: those that are open would work now, those that succeeded did no work. */
export const seenOf = (
  nodes: ReadonlyArray<NodeRow>,
  shown: ReadonlyMap<string, Shown>,
  foreseen: ReadonlyArray<Foreseen>
): Rehearsal => {
  const rows = new Map(nodes.map((row) => [row.path, row]))
  const above = new Set(nodes.flatMap(({ path }) => shown.has(path) ? aboveOf(path) : []))
  const leaves = nodes.filter(({ path }) => shown.has(path) && !above.has(path))
  const nameOf = ({ path }: NodeRow): string => {
    const around = shown.get(parent(path) ?? "")
    return (around?.type === "Retry" ? around : shown.get(path)!).displayName
  }
  return {
    runs: leaves.filter(({ phase }) => !isTerminal(phase)).map((row) => ({ node: nameOf(row), changed: [] })),
    mayRun: foreseen.filter(({ at }) => !rows.has(at) && isOpen(rows.get(parent(at) ?? ""))).map(({ name }) => name),
    reused: leaves.filter(({ phase }) => phase === "Succeeded").map(nameOf)
  }
}

const isOpen = (row: NodeRow | undefined): boolean => row !== undefined && !isTerminal(row.phase)
