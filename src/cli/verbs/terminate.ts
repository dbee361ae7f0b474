/** `pinnace terminate`. */
import { acting, actOn } from "../running/act.ts"
import { nodeSelector } from "../arguments/selectNodes.ts"
import { stopNodes } from "../running/stopNodes.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about: "Ends runs at once, without exit handlers. Resources that tasks have acquired are still released.",
  takes: [0, Infinity],
  options: {
    ...acting,
    ...nodeSelector("Let only these suspend nodes of a manifest fail; the run goes on"),
    message: { type: "string", short: "m", value: "TEXT", about: "Why; recorded with the run" }
  },
  examples: [
    ["terminate @latest", "end the newest run now"],
    ["terminate --running --workflow report", "all open runs of one workflow"]
  ],
  run: (call) =>
    actOn(
      call,
      async (run, pinnace) =>
        await stopNodes(run, pinnace, call.flags) ?? (await run.terminate(call.flags.text("message"))).message
    )
}
