/** Verbs that execute runs again, for several runs: one after the other, each as a use of the verb of its own. */
import { chosen } from "../running/act.ts"
import { passedOn } from "../running/detach.ts"
import { isSelective, selection } from "./selectRuns.ts"
import { withState } from "./state.ts"
import { exitCodes } from "../Usage.ts"
import type { Call, Options } from "../Verb.ts"

/** The options that choose runs. */
export const choosing: Options = selection

/**
 * Does `one` for each run that the command line means; one refusal
 * stops no other, an interrupt all. The exit code is the worst.
 */
export const eachRun = async (
  call: Call,
  options: Options,
  one: (call: Call) => Promise<number>
): Promise<number> => {
  if (call.args.length === 1 && !isSelective(call.flags)) return one(call)
  const ids = await withState(call.shell, async (pinnace) => (await chosen(call, pinnace)).map(({ id }) => id))
  if (ids.length === 0) call.shell.print("No runs found")
  let worst = 0
  for (const id of ids) {
    const code = await refusable(call, () => one({ ...call, args: [id], raw: [id, ...wordsFor(call, options)] }))
    worst = Math.max(worst, code)
    if (code >= exitCodes.interrupted) break
  }
  return worst
}

const refusable = async ({ shell }: Call, act: () => Promise<number>): Promise<number> => {
  try {
    return await act()
  } catch (error) {
    if ((error as { readonly _tag?: string })._tag !== "Refused") throw error
    shell.complain(`${shell.program}: ${(error as Error).message}`)
    return exitCodes.Failed
  }
}

/** The options as they were written, without those that choose runs. */
const wordsFor = ({ raw }: Call, options: Options): ReadonlyArray<string> =>
  passedOn(raw, options).filter((it) => /^--./.test(it) && !(it.slice(2).split("=")[0]! in selection))
