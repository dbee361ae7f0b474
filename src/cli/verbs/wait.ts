/** `pinnace wait`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { chosen } from "../running/act.ts"
import { findRun } from "../arguments/findRun.ts"
import { isSelective, selection } from "../arguments/selectRuns.ts"
import { instant } from "../../run/instant.ts"
import { withView } from "../arguments/state.ts"
import { exitCodes, NotThere } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const wait = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args, flags, shell } = call
    const named = (await Promise.all(args.map(async (name) => found(pinnace, name, flags.on("ignore-not-found")))))
      .flat()
    const runs = args.length > 0 && !isSelective(flags)
      ? named
      : await chosen({ ...call, args: named.map(({ id }) => id) }, pinnace)
    const codes = await Promise.all(runs.map(async (run) => {
      const { phase } = await run.ending()
      shell.print(`${run.id} ${shell.paint.phase(phase)} at ${instant((await run.status()).finishedAt ?? 0)}`)
      return phase === "Succeeded" ? 0 : exitCodes.Failed
    }))
    return Math.max(0, ...codes)
  })

const found = async (pinnace: Pinnace, name: string, ignore: boolean) => {
  try {
    return [await findRun(pinnace, name)]
  } catch (error) {
    if (ignore && error instanceof NotThere) return []
    throw error
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Waits until the runs have ended, whichever process executes them, without polling. The exit code is 0 if all succeeded, else 1.",
  takes: [0, Infinity],
  options: {
    ...selection,
    "ignore-not-found": { type: "boolean", about: "Do not fail for a run that does not exist" }
  },
  examples: [
    ["wait @latest && echo done", "go on when the newest run has succeeded"],
    ["wait nightly-1 nightly-2", "wait for both"],
    ["wait --running -l team=blue", "wait for all open runs of a team"]
  ],
  run: wait
}
