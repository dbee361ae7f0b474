/** Definitions of runs that are kept as data: known again here before such a run is done again. */
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { RunView } from "../../run/view.ts"
import type { Site } from "../Site.ts"
import { GrpcError } from "./grpc.ts"

/** Makes the definition of a run known in this process, or says why it cannot be. */
export const defineHere = async (site: Site, run: RunHandle, { kind, workflow }: RunView): Promise<void> => {
  const { pinnace } = site
  if (kind !== "manifest") {
    if (pinnace.engine.workflows.has(workflow)) return
    throw new GrpcError(
      "FailedPrecondition",
      `this server does not know workflow "${workflow}": do it where it is known`
    )
  }
  const kept = await run.definition()
  if (kept === undefined) {
    throw new GrpcError("FailedPrecondition", `the definition of run ${run.id} was not kept: do it with its file`)
  }
  const { loadKept } = await import("../../argo/document/load.ts")
  pinnace.register(loadKept(kept.text, site.store.sources(), site.manifests))
}
