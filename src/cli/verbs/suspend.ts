/** `pinnace suspend`. */
import { acting, actOn } from "../running/act.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Pauses runs: running nodes go on to their end, and no new ones begin. `resume` continues them, also after a restart.",
  takes: [0, Infinity],
  options: acting,
  examples: [
    ["suspend @latest", "pause the newest run"],
    ["suspend --running", "pause everything"]
  ],
  run: (call) => actOn(call, async (run) => (await run.suspend()).message)
}
