/** `pinnace delete`. */
import { acting, actOn, chosen, handlesOf } from "../running/act.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { deleteRuns } from "../running/deleteRuns.ts"
import { withState } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const which = async (call: Call, pinnace: Pinnace): Promise<ReadonlyArray<RunHandle>> =>
  call.flags.on("all") ? await handlesOf(pinnace, await pinnace.list({ limit: Infinity })) : await chosen(call, pinnace)

const remove = (call: Call): Promise<number> =>
  withState(
    call.shell,
    async (pinnace) => deleteRuns(call.shell, await which(call, pinnace), { force: call.flags.on("force") })
  )

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Deletes ended runs with their events and logs, and their artifacts if their strategy says so. Open runs are refused, or with --force terminated first.",
  leavesNothingHalf: true,
  takes: [0, Infinity],
  options: {
    ...acting,
    all: { type: "boolean", about: "All runs" },
    force: { type: "boolean", about: "Also runs that are open: they are terminated first" }
  },
  examples: [
    ["delete report-1z", "one run"],
    ["delete --completed --older 7d", "what ended more than a week ago"],
    ["delete --all --dry-run", "see what would be deleted"]
  ],
  run: (call) =>
    call.flags.on("dry-run") ? actOn(call, async () => "", (pinnace) => which(call, pinnace)) : remove(call)
}
