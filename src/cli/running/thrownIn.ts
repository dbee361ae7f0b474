/** What bodies have thrown, as lines of a log. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { LogView } from "../../run/view.ts"
import { thrownLines } from "../../view/failures.ts"
import { viewOf } from "../arguments/rows.ts"

/** What was thrown in the nodes that made the run fail. */
export const thrownIn = async (pinnace: Pinnace, run: RunHandle): Promise<ReadonlyArray<LogView>> => {
  const view = await pinnace.get(run.id) === undefined ? undefined : await viewOf(pinnace, run)
  return view !== undefined && (view.phase === "Failed" || view.phase === "Error") ? thrownLines(view) : []
}
