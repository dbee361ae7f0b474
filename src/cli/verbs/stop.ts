/** `pinnace stop`. */
import { ending, endRuns } from "../running/endRuns.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Ends the main part of runs, then lets their exit handlers run. Open nodes are interrupted in an orderly way. Also works on runs that other processes execute.",
  takes: [0, Infinity],
  options: ending,
  examples: [
    ["stop @latest --message 'wrong input'", "end the newest run and say why"],
    ["stop deploy-1 --node-field-selector displayName=approve -m no", "let one suspend node of a manifest fail"],
    ["stop --running --workflow report", "all open runs of one workflow"]
  ],
  run: (call) => endRuns(call, "stop")
}
