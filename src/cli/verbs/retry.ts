/** `pinnace retry`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { againOptions } from "../running/againOptions.ts"
import { detach } from "../running/detach.ts"
import { cacheOf } from "../arguments/cacheOption.ts"
import { choosing, eachRun } from "../arguments/eachRun.ts"
import { execute } from "../running/execute.ts"
import { findRun } from "../arguments/findRun.ts"
import { nodeSelector } from "../arguments/selectNodes.ts"
import { definitionOf } from "../arguments/definition.ts"
import { requestOf, showPlan } from "../running/retryPlan.ts"
import { withState } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"
import { standOf } from "../arguments/rows.ts"

const retry = async (call: Call): Promise<number> => {
  const { args: [name = ""], flags, shell } = call
  if (flags.on("detach") && !flags.on("dry-run")) return detach(call, "retry", verb.options)
  const { id, workflow } = await withState(shell, async (pinnace) => {
    const run = await findRun(pinnace, name)
    return { id: run.id, workflow: await definitionOf({ shell, run, files: flags.all("file"), verb: "retry" }) }
  })
  if (flags.on("dry-run")) return showPlan(call, id, workflow)
  return execute(call, workflow, async (pinnace) => {
    const run = (await pinnace.get(id))!
    const after = (await standOf(pinnace, run)).seq
    await again(call, pinnace, run)
    return { run, after }
  })
}

const again = async ({ flags }: Call, pinnace: Pinnace, run: RunHandle): Promise<void> =>
  void await run.retry({
    ...await requestOf(flags, pinnace, run, (await run.status()).kind === "manifest"),
    ...cacheOf(flags)
  })

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Runs the failed part of an ended run again, in the same run: what succeeded is kept, and old attempts stay as history. It is executed here to its end, or with --detach in the background.",
  takes: [0, Infinity],
  options: {
    ...choosing,
    "dry-run": { type: "boolean", about: "Only show what would run again, and why" },
    node: { type: "string", multiple: true, value: "NODE", about: "Only these nodes, and what came after them" },
    ...nodeSelector("The same, for nodes of manifests"),
    "restart-successful": { type: "boolean", about: "Also rerun chosen nodes that succeeded" },
    ...againOptions
  },
  examples: [
    ["retry @latest", "go on where the newest run failed"],
    ["retry @latest --dry-run", "see what would run again, and why"],
    ["retry --status Failed --since 1d -l team=blue", "one after the other, all that failed of a team today"],
    ["retry report-1z --node publish --restart-successful", "do one node again although it succeeded"]
  ],
  run: (call) => eachRun(call, verb.options, retry)
}
