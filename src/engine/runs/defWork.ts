/** The work of a plan's node that starts a run of its own, or makes its graph as it begins. */
import type { NodeDef } from "../../workflow/Definition.ts"
import { expandWork } from "../graph/expand.ts"
import type { Work } from "../Live.ts"
import { childRunWork } from "./childRun.ts"

/** The work of such a node, or `undefined` for any other; `given` is asked for where nothing is recorded. */
export const defWork = (
  { expand, run }: NodeDef,
  path: string,
  recorded: string | undefined,
  given: () => unknown
): Work | undefined => {
  if (expand !== undefined) return expandWork(expand, path, recorded, given)
  return run === undefined ? undefined : childRunWork(run, path, recorded, given)
}
