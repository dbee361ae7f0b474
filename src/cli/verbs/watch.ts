/** `pinnace watch`. */
import { findRun } from "../arguments/findRun.ts"
import { follow, followFormats } from "../running/follow.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { nodeChoice, shownNodes } from "../arguments/selectNodes.ts"
import { withView } from "../arguments/state.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN",
  about:
    "Follows a run until it ends, whichever process executes it: as a live tree on a terminal, otherwise as lines. Ctrl-C only stops watching. The exit code is that of the run's end.",
  takes: [1, 1],
  options: { ...shownNodes, output: outputOption(followFormats) },
  examples: [
    ["watch @latest", "follow the newest run"],
    ["watch nightly-1 -o ndjson", "every event as one line of JSON"]
  ],
  run: (call) =>
    withView(call.shell, async (pinnace) =>
      follow(call.shell, pinnace, await findRun(pinnace, call.args[0]!), {
        format: outputOf(call, followFormats),
        isChosen: nodeChoice(call.flags),
        executes: false
      }))
}
