/** `pinnace stop`. */
import { acting, actOn } from "../running/act.ts"
import { nodeSelector } from "../arguments/selectNodes.ts"
import { stopNodes } from "../running/stopNodes.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Ends the main part of runs, then lets their exit handlers run. Open nodes are interrupted in an orderly way. Also works on runs that other processes execute.",
  takes: [0, Infinity],
  options: {
    ...acting,
    ...nodeSelector("Let only these suspend nodes of a manifest fail; the run goes on"),
    message: { type: "string", short: "m", value: "TEXT", about: "Why; recorded with the run" }
  },
  examples: [
    ["stop @latest --message 'wrong input'", "end the newest run and say why"],
    ["stop deploy-1 --node-field-selector displayName=approve -m no", "let one suspend node of a manifest fail"],
    ["stop --running --workflow report", "all open runs of one workflow"]
  ],
  run: (call) =>
    actOn(
      call,
      async (run, pinnace) =>
        await stopNodes(run, pinnace, call.flags) ?? (await run.stop(call.flags.text("message"))).message
    )
}
