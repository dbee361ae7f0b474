/** What does not move in a state file, by the names that people know. */
import * as Effect from "effect/Effect"
import type { Stuck } from "../engine/observe/stuck.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { readRun } from "./readRun.ts"
import type { RunSource } from "./RunSource.ts"
import { byPath, everyNode, type NodeView } from "./RunView.ts"

/** A run or node that does not move, as it is shown. */
export interface StuckView extends Stuck {
  /** The node as people call it; empty for the run as a whole. */
  readonly name: string
  readonly isManifest: boolean
  /** Outputs of a suspend node of a manifest that still have no value. */
  readonly outputs: ReadonlyArray<string>
}

/** What the engine tells of, each with the names of its node. */
export const namedStuck = (
  source: RunSource,
  found: ReadonlyArray<Stuck>
): Effect.Effect<ReadonlyArray<StuckView>, JournalError> =>
  Effect.map(
    Effect.forEach(Map.groupBy(found, ({ run }) => run), ([id, stuck]) =>
      Effect.map(readRun(source, id, "none"), (run) => {
        const nodes = byPath(run === undefined ? [] : everyNode(run))
        return stuck.map((it) =>
          [it, named(it, nodes.get(it.node), run?.isManifest === true)] as const
        )
      })),
    (named) => {
      const views = new Map(named.flat())
      return found.map((it) => views.get(it)!)
    }
  )

const named = (it: Stuck, node: NodeView | undefined, isManifest: boolean): StuckView => ({
  ...it,
  name: node?.name ?? it.node,
  kind: node?.asks === undefined ? it.kind : "signal",
  because: node === undefined ? it.because : askedOf(node, it.because),
  isManifest,
  outputs: node?.asks ?? []
})

/** Why a node waits, of a suspend node of a manifest with the outputs that a person gives values for. */
export const askedOf = ({ asks = [], defaults = {}, type }: NodeView, because: string): string => {
  if (type !== "Suspend") return because
  const until = /^it waits until (.*)$/.exec(because)?.[1]
  const values = asks.length === 0 ? "" : ` with ${asks.join(", ")}`
  const others = Object.entries(defaults).map(([name, value]) => `; ${name} is ${JSON.stringify(value)} by default`)
  return `it waits for a signal${values}${until === undefined ? "" : ` until ${until}`}${others.join("")}`
}
