/** Lets a suspended run go on, as Argo understands it: suspend nodes that wait succeed too. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { isTerminal } from "../../run/Phase.ts"
import { everyNode, type NodeView } from "../../view/RunView.ts"
import { isManifestRun } from "../../view/runHead.ts"
import { viewOf } from "../arguments/rows.ts"

/** Answers what was done; `selector` chooses among the suspend nodes of a manifest. Rejects with `Refused`. */
export const resumeRun = async (run: RunHandle, pinnace: Pinnace, selector: string | undefined): Promise<string> => {
  if (!isManifestRun(await run.status()) || isTerminal((await run.status()).phase)) return (await run.resume()).message
  const { handlers, nodes } = await viewOf(pinnace, run)
  if (!(await run.status()).suspended && !everyNode({ handlers, nodes }).some(isWaiting)) {
    return `Nothing in run ${run.id} is suspended`
  }
  const { resumeManifest } = await import("../../argo/commands/commands.ts")
  await Effect.runPromise(resumeManifest(pinnace.engine, run.id, selector))
  return `Run ${run.id} was resumed`
}

const isWaiting = ({ finishedAt, type }: NodeView): boolean => type === "Suspend" && finishedAt === 0
