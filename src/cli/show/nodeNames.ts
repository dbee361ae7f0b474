/** Names of nodes by the engine's paths. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { byPath } from "../../view/RunView.ts"
import { isManifestRun } from "../../view/runHead.ts"

/** The names of nodes of manifests; looked up again for a node that is not known yet, since nodes go on beginning. */
export const nodeNames = async (
  pinnace: Pinnace,
  run: RunHandle,
  follow: boolean
): Promise<(path: string) => string> => {
  if (!follow && !isManifestRun(run.status())) return (path) => path
  const { viewRun } = await import("../../argo/view.ts")
  let nodes: ReadonlyMap<string, { readonly name: string }> = new Map()
  return (path) => {
    if (!nodes.has(path) && isManifestRun(run.status())) nodes = byPath(viewRun(pinnace.engine, run.id)?.nodes ?? [])
    return nodes.get(path)?.name ?? path
  }
}
