/** `pinnace delete`. */
import { acting, actOn, chosen } from "../act.ts"
import { collectEstate } from "../collectEstate.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Call, Verb } from "../Verb.ts"

const which = (call: Call, pinnace: Pinnace): ReadonlyArray<RunHandle> =>
  call.flags.on("all")
    ? pinnace.list({ limit: Number.MAX_SAFE_INTEGER }).map(({ id }) => pinnace.get(id)!)
    : chosen(call, pinnace)

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Deletes ended runs with their events and logs, and their artifacts as their strategy says. A run that is open is refused; with --force it is terminated first.",
  takes: [0, Infinity],
  options: {
    ...acting,
    all: { type: "boolean", about: "All runs" },
    force: { type: "boolean", about: "Also runs that are open: they are terminated first" }
  },
  examples: [
    ["delete report-1z", "one run"],
    ["delete --completed --older 7d", "what ended more than a week ago"],
    ["delete --all --dry-run", "see what would go"]
  ],
  run: (call) =>
    actOn(call, async (run, pinnace) => {
      await run.delete({ force: call.flags.on("force") })
      const count = await collectEstate(pinnace, call.shell)
      return `Workflow '${run.id}' deleted${count === 0 ? "" : `, and ${count} of its artifacts`}`
    }, (pinnace) => which(call, pinnace))
}
