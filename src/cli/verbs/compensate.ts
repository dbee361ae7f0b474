/** `pinnace compensate`. */
import { fileOption } from "../arguments/definitionOptions.ts"
import { definitionOf } from "../arguments/definition.ts"
import { choosing, eachRun } from "../arguments/eachRun.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOption } from "../arguments/outputOption.ts"
import { standOf } from "../arguments/rows.ts"
import { withState } from "../arguments/state.ts"
import { showCompensation } from "../running/compensationPlan.ts"
import { detach, detachOption, waitOption } from "../running/detach.ts"
import { execute, logOption } from "../running/execute.ts"
import { followFormats } from "../running/follow.ts"
import type { Call, Verb } from "../Verb.ts"

const compensate = async (call: Call): Promise<number> => {
  const { args: [name = ""], flags, shell } = call
  const isPlan = flags.on("dry-run") || flags.on("plan")
  if (flags.on("detach") && !isPlan) return detach(call, "compensate", verb.options)
  const { id, workflow } = await withState(shell, async (pinnace) => {
    const run = await findRun(pinnace, name)
    return { id: run.id, workflow: await definitionOf({ shell, run, files: flags.all("file"), verb: "compensate" }) }
  })
  if (isPlan) return showCompensation(call, id, workflow)
  const code = await execute(call, workflow, async (pinnace) => {
    const run = (await pinnace.get(id))!
    const after = (await standOf(pinnace, run)).seq
    await run.compensate()
    return { run, after }
  })
  return await isUndone(call, id) ? 0 : code
}

/** The run ends as failed; the command has worked where all was undone. */
const isUndone = ({ shell }: Call, id: string): Promise<boolean> =>
  withState(shell, async (pinnace) => {
    const { phase, reason } = await (await findRun(pinnace, id)).status()
    return phase !== "Running" && reason !== "CompensationFailed"
  })

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Undoes what an ended run did, in the same run, the last first: also one that succeeded or was terminated, and what could not be undone before. The run then is Failed. It is executed here to its end, or with --detach in the background.",
  takes: [0, Infinity],
  options: {
    ...choosing,
    ...fileOption,
    "dry-run": { type: "boolean", about: "Only show what would be undone, in which order, and why the rest stays" },
    plan: { type: "boolean", about: "The same as --dry-run" },
    detach: detachOption,
    wait: waitOption,
    log: logOption,
    output: outputOption(followFormats)
  },
  examples: [
    ["compensate order-9", "give back what the order has booked"],
    ["compensate order-9 --dry-run", "see what would be given back, and what would stay"],
    ["compensate --status Failed -l trip=oslo", "one after the other, all failed runs of a trip"]
  ],
  run: (call) => eachRun(call, verb.options, compensate)
}
