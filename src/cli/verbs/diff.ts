/** `pinnace diff`. */
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { differencesOf } from "../../view/compared.ts"
import { differenceLines } from "../paint/difference.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"
import { look } from "../arguments/rows.ts"

const formats = ["json"] as const

const diff = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args, shell } = call
    const [left, right] = await Promise.all(args.map(async (name) => findRun(pinnace, name)))
    const found = await look(pinnace, (source) => differencesOf(source, left!.id, right!.id))
    if (outputOf(call, formats) === "json") {
      shell.print(JSON.stringify({ left: left!.id, right: right!.id, nodes: found }, null, 2))
      return 0
    }
    for (const line of differenceLines(shell, left!.id, right!.id, found)) shell.print(line)
    return 0
  })

/** The verb. */
export const verb: Verb = {
  usage: "RUN RUN",
  about:
    "Compares two runs node by node: phases, messages, attempts, inputs, outputs, and times that differ by half or more.",
  takes: [2, 2],
  options: { output: outputOption(formats) },
  examples: [["diff nightly-1 nightly-2", "what was different last night"]],
  run: diff
}
