/** Names of nodes by the engine's paths. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { viewOf } from "./rows.ts"
import { byPath, everyNode, type NodeView } from "../../view/RunView.ts"

/** The names of some paths; a path that is not known yet is looked up again, since nodes go on beginning. */
export const nodeNames = (
  pinnace: Pinnace,
  run: RunHandle
): (paths: ReadonlyArray<string>) => Promise<(path: string) => string> => {
  let nodes: ReadonlyMap<string, NodeView> = new Map()
  return async (paths) => {
    if (paths.some((it) => !nodes.has(it))) nodes = byPath(everyNode(await viewOf(pinnace, run)))
    return (path) => nodes.get(path)?.name ?? path
  }
}
