/** Reads a run from the state file as it is shown. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { ofRows } from "./ofRows.ts"
import { isManifestRun } from "./runHead.ts"
import type { RunView } from "./RunView.ts"
import { nodeRowsOf, rowOf } from "../arguments/rows.ts"

/** The run as it stands. */
export const viewOf = async (pinnace: Pinnace, run: RunHandle): Promise<RunView> => {
  const row = rowOf(pinnace, run)
  if (!isManifestRun(row)) return ofRows(pinnace, row, nodeRowsOf(pinnace, run))
  const { ofManifest } = await import("./ofManifest.ts")
  return ofManifest(pinnace, row)
}
