/** What the two kinds of runs do differently when they are shown; the tree itself is one (`RunTree.ts`). */
import type { Arrangement } from "../run/Arrangement.ts"
import type { NodeRow } from "../run/State.ts"
import type { NodeView, RunView } from "./RunView.ts"

/** How the nodes of one run are shown. */
export interface Showing {
  readonly places: Arrangement
  /** Takes note of a node that began or changed; answers the shown nodes whose lists changed. */
  readonly put: (path: string) => ReadonlyArray<string>
  /** Where a node stands among its siblings: numbers that are compared one after the other, then the paths. */
  readonly rank: (row: NodeRow) => ReadonlyArray<number>
  /** A node, with what is shown directly beneath it. */
  readonly node: (row: NodeRow, children: ReadonlyArray<NodeView>) => NodeView
  /** What is shown in the place of a node: itself, nothing, or the one node that it holds. */
  readonly inPlaceOf: (node: NodeView) => ReadonlyArray<NodeView>
  /** Whether a node at the top is an exit handler or hook, which are shown apart. */
  readonly isHandler: (node: NodeView) => boolean
  /** What is told of the run itself. */
  readonly run: () => Pick<RunView, "isManifest" | "name"> & Partial<RunView>
}
