/** `pinnace approve`. */
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { Refused } from "../../engine/EngineError.ts"
import { actOn } from "../running/act.ts"
import { answerFor } from "../running/tellStuck.ts"
import { findRun } from "../arguments/findRun.ts"
import { viewOf } from "../arguments/rows.ts"
import type { Call, Verb } from "../Verb.ts"
import { waitingNode } from "../arguments/waiting.ts"

/** Lets it go on; one that asks for a value refuses with the command that gives one. */
const approved = async ({ shell }: Call, pinnace: Pinnace, run: RunHandle, path: string): Promise<string> => {
  try {
    return (await run.approve(path)).message
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const next = await answerFor(shell, pinnace, run.id, path)
    throw next === undefined ? error : new Refused({ ...error, message: `${error.message}\n  ${next}` })
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN [NODE]",
  about: "Approves a node that waits for a person and needs no value. NODE can be left out when only one waits.",
  takes: [1, 2],
  options: {},
  examples: [
    ["approve @latest", "let the only waiting node go on"],
    ["approve deploy-1 review", "let one of several go on"]
  ],
  run: (call) =>
    actOn(
      call,
      async (run, pinnace) => {
        const { name, path } = waitingNode(await viewOf(pinnace, run), call.args[1])
        return (await approved(call, pinnace, run, path)).replace(path, name).replace(/got its value$/, "is approved")
      },
      async (pinnace) => [await findRun(pinnace, call.args[0]!)]
    )
}
