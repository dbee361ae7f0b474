/** `pinnace fork`. */
import { fileOption, inputOf, inputOptions } from "../arguments/definitionOptions.ts"
import { cacheOf, cacheOption } from "../arguments/cacheOption.ts"
import { detach, detachOption } from "../running/detach.ts"
import { execute } from "../running/execute.ts"
import { findNode } from "../arguments/findNode.ts"
import { findRun } from "../arguments/findRun.ts"
import { followFormats } from "../running/follow.ts"
import { outputOption } from "../arguments/outputOption.ts"
import { isManifestRun } from "../../view/runHead.ts"
import { viewOf } from "../arguments/rows.ts"
import { definitionOf, labelsWith } from "../arguments/definition.ts"
import { withState } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const fork = async (call: Call): Promise<number> => {
  const { args: [name = "", node = ""], flags, shell } = call
  if (flags.on("detach")) return detach(call, "fork", verb.options)
  const { id, path, request, workflow } = await withState(shell, async (pinnace) => {
    const run = await findRun(pinnace, name)
    const status = await run.status()
    const isManifest = isManifestRun(status)
    const input = inputOf(flags, isManifest)
    return {
      id: run.id,
      request: {
        ...cacheOf(flags),
        ...labelsWith(status, flags.all("file")),
        ...(input === undefined ? {} : { input, keepReaders: isManifest })
      },
      path: findNode(await viewOf(pinnace, run), node).path,
      workflow: await definitionOf({ shell, run, files: flags.all("file"), verb: "fork" })
    }
  })
  return execute(call, workflow, async (pinnace) => ({ run: await (await pinnace.get(id))!.fork(path, request) }))
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN NODE [options]",
  about: "Starts a new run that keeps all results of an old one, except those of one node and of everything after it.",
  takes: [2, 2],
  options: {
    ...fileOption,
    ...inputOptions,
    cache: cacheOption,
    detach: detachOption,
    output: outputOption(followFormats)
  },
  examples: [
    ["fork @latest publish", "do it again from one node on, and leave the old run as it is"],
    ["fork @latest publish -p channel=beta", "the same with another input"]
  ],
  run: fork
}
