/** Ends the suspend nodes of a manifest's run that a selector chooses, in place of the run. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Flags } from "../Verb.ts"

/** Answers what was done; `undefined` when no selector is given. Rejects with `Refused`, throws BadSelector. */
export const stopNodes = async (run: RunHandle, pinnace: Pinnace, flags: Flags): Promise<string | undefined> => {
  const selector = flags.text("node-field-selector")
  if (selector === undefined) return undefined
  const { stopManifestNodes } = await import("../../argo/commands/commands.ts")
  await Effect.runPromise(stopManifestNodes(pinnace.engine, run.id, selector, flags.text("message")))
  return `Suspend nodes of run ${run.id} were stopped`
}
