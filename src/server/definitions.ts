/** Definitions of runs that are kept as data: known again in this process before such a run is done again. */
import type { RunHandle } from "../embed/RunHandle.ts"
import type { Site } from "./Site.ts"

/** Makes the definition of a manifest's run known; those of code are known, or the engine says that they are not. */
export const defineHere = async ({ manifests, pinnace, store }: Site, run: RunHandle): Promise<void> => {
  const { kind } = await run.status()
  const kept = kind === "manifest" ? await run.definition() : undefined
  if (kept === undefined) return
  const { loadKept } = await import("../argo/document/load.ts")
  pinnace.register(loadKept(kept.text, store.sources(), manifests))
}
