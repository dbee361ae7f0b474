/** `pinnace export`. */
import { existsSync, statSync } from "node:fs"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { chosen } from "../running/act.ts"
import { findRun } from "../arguments/findRun.ts"
import { isSelective, selection } from "../arguments/selectRuns.ts"
import type { Shell } from "../Shell.ts"
import { bytes } from "../paint/times.ts"
import { withView } from "../arguments/state.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const write = async (shell: Shell, run: RunHandle, file: string): Promise<void> => {
  if (existsSync(file)) throw new NotThere(`${file} exists: remove it, or name another file`)
  await run.export(file)
  shell.print(`${run.id} → ${file} (${bytes(statSync(file).size)})`)
}

const exportRuns = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name, path], flags, shell } = call
    if (!isSelective(flags)) {
      if (name === undefined) throw new Usage("name a RUN, or choose runs with options such as --status")
      const run = await findRun(pinnace, name)
      await write(shell, run, path ?? `${run.id}.tgz`)
      return 0
    }
    if (name !== undefined) throw new Usage("chosen runs are written to RUN.tgz each: leave out the names")
    const runs = await chosen(call, pinnace)
    if (runs.length === 0) shell.print("No runs found")
    for (const run of runs) await write(shell, run, `${run.id}.tgz`)
    return 0
  })

/** The verb. */
export const verb: Verb = {
  usage: "RUN [FILE.tgz] | OPTIONS",
  about:
    "Writes an ended run with its events, logs and artifacts into one file, which `import` takes in elsewhere. Default RUN.tgz. " +
    "Options choose several runs, which are written to a file each.",
  takes: [0, 2],
  options: selection,
  examples: [
    ["export @latest failed.tgz", "send a run to somebody who wants to look at it"],
    ["export --completed -l team=blue", "all ended runs of a team, a file each"]
  ],
  run: exportRuns
}
