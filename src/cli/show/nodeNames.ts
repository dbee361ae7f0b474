/** Names of nodes by the engine's paths. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { isManifestRun } from "./runHead.ts"

/** The names of nodes of manifests; looked up again for a node that is not known yet, since nodes go on beginning. */
export const nodeNames = async (
  pinnace: Pinnace,
  run: RunHandle,
  follow: boolean
): Promise<(path: string) => string> => {
  if (!follow && !isManifestRun(run.status())) return (path) => path
  const { viewRun } = await import("../../manifest/view.ts")
  let names = new Map<string, string>()
  const known = (path: string): string | undefined => names.get(path) ?? names.get(path.replace(/\/~.*$/, ""))
  return (path) => {
    if (known(path) === undefined && isManifestRun(run.status())) {
      names = new Map(viewRun(pinnace.engine, run.id)?.nodes.map((it) => [it.path, it.name]))
    }
    return known(path) ?? path
  }
}
