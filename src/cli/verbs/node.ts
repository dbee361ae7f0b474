/** `pinnace node set`. */
import * as Effect from "effect/Effect"
import { actOn } from "../running/act.ts"
import { findRun } from "../arguments/findRun.ts"
import { isManifestRun } from "../../view/runHead.ts"
import { givenBy, suspendOptions } from "../arguments/suspendOptions.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const set = (call: Call): Promise<number> => {
  const { args, flags } = call
  if (args[0] !== "set") throw new Usage(`there is no "node ${args[0]}": use node set RUN`)
  const given = givenBy(flags)
  if (Object.keys(given).length === 0) throw new Usage("say what to set: --output-parameter, --phase or --message")
  return actOn(
    call,
    async (run, pinnace) => {
      if (!isManifestRun(await run.status())) throw new Usage(`run ${run.id} does not come from a manifest: use signal`)
      const { setManifestNode } = await import("../../argo/commands/commands.ts")
      await Effect.runPromise(
        setManifestNode(pinnace.engine, run.id, given, flags.text("node-field-selector"))
      )
      return `Suspend nodes of run ${run.id} were set`
    },
    async (pinnace) => [await findRun(pinnace, args[1]!)]
  )
}

/** The verb. */
export const verb: Verb = {
  usage: "set RUN [options]",
  about:
    "Gives suspend nodes of a manifest's run values for their outputs, with which they go on waiting until `resume`, or another end than success with --phase. " +
    "All that wait are meant, or those that a selector chooses.",
  takes: [2, 2],
  options: suspendOptions,
  examples: [
    ["node set deploy-1 -p decision=YES --node-field-selector displayName=approve", "a value for one suspend node"],
    ["node set deploy-1 --phase Failed -m 'not today'", "let all that wait fail"]
  ],
  run: set
}
