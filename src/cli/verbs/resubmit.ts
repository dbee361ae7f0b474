/** `pinnace resubmit`. */
import { inputOf } from "../arguments/definitionOptions.ts"
import { againOptions } from "../running/againOptions.ts"
import { detach } from "../running/detach.ts"
import { cacheOf } from "../arguments/cacheOption.ts"
import { choosing, eachRun } from "../arguments/eachRun.ts"
import { execute } from "../running/execute.ts"
import { findRun } from "../arguments/findRun.ts"
import { refuseUnknownParameters } from "../arguments/parameters.ts"
import { alsoAgain } from "../running/retryPlan.ts"
import { isManifestRun } from "../../view/runHead.ts"
import { definitionOf, labelsWith } from "../arguments/definition.ts"
import { withState } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const resubmit = async (call: Call): Promise<number> => {
  const { args: [name = ""], flags, shell } = call
  if (flags.on("detach")) return detach(call, "resubmit", verb.options)
  const { id, input, labels, workflow } = await withState(shell, async (pinnace) => {
    const run = await findRun(pinnace, name)
    return {
      id: run.id,
      input: inputOf(flags, isManifestRun(await run.status())),
      labels: labelsWith(await run.status(), flags.all("file")),
      workflow: await definitionOf({ shell, run, files: flags.all("file"), verb: "resubmit" })
    }
  })
  await refuseUnknownParameters(workflow, input)
  const request = {
    memoized: flags.on("memoized"),
    workflow,
    ...labels,
    ...cacheOf(flags),
    ...(input === undefined ? {} : { input })
  }
  return execute(call, workflow, async (pinnace) => {
    const run = (await pinnace.get(id))!
    const isManifest = isManifestRun(await run.status())
    const also = request.memoized && isManifest ? { keepReaders: true, ...await alsoAgain(pinnace, id) } : {}
    return { run: await run.resubmit({ ...request, ...also }) }
  })
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Starts a new run of the same definition and input, and executes it to its end, here or with --detach in the background.",
  takes: [0, Infinity],
  options: {
    ...choosing,
    memoized: { type: "boolean", about: "Keep the results of nodes that succeeded" },
    ...againOptions
  },
  examples: [
    ["resubmit @latest", "the same again"],
    ["resubmit report-1z --memoized", "only what did not succeed"],
    ["resubmit --status Failed,Error -l team=blue --detach", "all that failed of a team, in the background"],
    ["resubmit hello-1z -p message=bye --detach", "with another parameter, in the background"]
  ],
  run: (call) => eachRun(call, verb.options, resubmit)
}
