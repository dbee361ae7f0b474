/** `pinnace terminate`. */
import { ending, endRuns } from "../running/endRuns.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about: "Ends runs at once, without exit handlers. Resources that tasks have acquired are still released.",
  takes: [0, Infinity],
  options: {
    ...ending,
    compensate: { type: "boolean", about: "First undo what the runs did, as after a failure; exit handlers do not run" }
  },
  examples: [
    ["terminate @latest", "end the newest run now"],
    ["terminate order-9 --compensate", "end it, and undo what it did"],
    ["terminate --running --workflow report", "all open runs of one workflow"]
  ],
  run: (call) => endRuns(call, "terminate")
}
