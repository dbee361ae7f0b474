/** `pinnace suspend`. */
import { acting, actOn } from "../act.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Lets nothing new begin in runs; what runs goes on to its end. `resume` lets them go on, also after a restart.",
  takes: [0, Infinity],
  options: acting,
  examples: [
    ["suspend @latest", "pause the newest run"],
    ["suspend --running", "pause everything"]
  ],
  run: (call) => actOn(call, async (run) => (await run.suspend()).message)
}
