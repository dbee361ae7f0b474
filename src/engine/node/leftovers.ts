/** What an earlier life of a node left open beneath it. */
import { openBeneath } from "../../run/beneath.ts"
import { isUndoneLater } from "../../run/undoing.ts"
import { isHandlerRoot, parent } from "../../run/path.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import { imposed } from "./interrupted.ts"
import { ended, type NodeEnd, toEnding } from "./NodeEnd.ts"

/** What an earlier life of this node left open beneath it, and this one did not come to, ends before it does. */
export const closeLeftovers = (live: LiveNode, spec: NodeSpec, end: NodeEnd): void => {
  const { ledger } = live.run
  const ending = end.phase === "Succeeded"
    ? ended("Omitted", "Depends", "Its parent did not get to it after the restart")
    : imposed(end.reason ?? "Terminated")
  for (const path of openBeneath(ledger.nodes.values(), live.path)) {
    if (isUndoneLater(ledger.nodes.get(path)!)) continue
    // Only a map has items; a hook's `[2]` is another firing of it.
    if (path[live.path.length] !== "[" || spec.kind === "map") {
      // A node beneath that holds permits until its handler has ended gives them back with the handler.
      const owner = isHandlerRoot(path) ? parent(path) : null
      const holders = owner === null || owner === live.path ? [path] : [path, owner]
      const releases = holders.map((holder) => ({ kind: "release", run: ledger.row.key, path: holder }) as const)
      ledger.node({ type: "NodeFinished", path, ending: toEnding(ending) }, undefined, undefined, releases)
    }
  }
}
