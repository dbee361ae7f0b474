/** `pinnace artifacts`. */
import { findRun } from "../arguments/findRun.ts"
import { handlesOf } from "../running/act.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { artifactsOf } from "../running/artifactsOf.ts"
import { table } from "../paint/table.ts"
import { bytes } from "../paint/times.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const artifacts = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name], shell } = call
    const runs = name === undefined
      ? await handlesOf(pinnace, await pinnace.list({ limit: Infinity }))
      : [await findRun(pinnace, name)]
    const found = (await Promise.all(runs.map((run) => artifactsOf(pinnace, run, shell)))).flat()
    if (outputOf(call, formats) === "json") {
      shell.print(JSON.stringify(found.map(({ copy: _, ...rest }) => rest), null, 2))
      return 0
    }
    if (found.length === 0) shell.print("No artifacts found")
    const rows = found.map((
      { id, name, node, run, size, state }
    ) => [name, run, node, size === undefined ? "" : bytes(size), state, id])
    for (
      const line of found.length === 0
        ? []
        : table([["NAME", "RUN", "NODE", "SIZE", "STATE", "ID"], ...rows], shell.columns)
    ) shell.print(line)
    return 0
  })

/** The verb. */
export const verb: Verb = {
  usage: "[RUN]",
  about: "Lists the artifacts of a run, or of all runs: their nodes, sizes, and whether they can still be read.",
  takes: [0, 1],
  options: { output: outputOption(formats) },
  examples: [["artifacts @latest", "what the newest run has saved"]],
  run: artifacts
}
