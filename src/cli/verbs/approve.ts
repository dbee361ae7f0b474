/** `pinnace approve`. */
import { actOn } from "../running/act.ts"
import { findRun } from "../arguments/findRun.ts"
import { viewOf } from "../arguments/rows.ts"
import type { Verb } from "../Verb.ts"
import { waitingNode } from "../arguments/waiting.ts"

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
        return (await run.approve(path)).message.replace(path, name).replace(/got its value$/, "is approved")
      },
      async (pinnace) => [await findRun(pinnace, call.args[0]!)]
    )
}
