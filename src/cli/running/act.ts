/**
 * What the verbs that act on runs have in common: each run is found first, then asked, and one refusal stops no other.
 */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { RunView } from "../../run/view.ts"
import { findRun } from "../arguments/findRun.ts"
import { isSelective, selection, selectRuns } from "../arguments/selectRuns.ts"
import { withState } from "../arguments/state.ts"
import { exitCodes, Usage } from "../Usage.ts"
import type { Call, Options } from "../Verb.ts"

/** The options of verbs that act on many runs. */
export const acting: Options = {
  ...selection,
  "dry-run": { type: "boolean", about: "Only show which runs are chosen" }
}

/** Acts on the named or chosen runs; prints what each act answers. The exit code is 1 when a run refused. */
export const actOn = (
  call: Call,
  act: (run: RunHandle, pinnace: Pinnace) => Promise<string>,
  chosenBy: (pinnace: Pinnace) => Promise<ReadonlyArray<RunHandle>> = (pinnace) => chosen(call, pinnace)
): Promise<number> =>
  withState(call.shell, async (pinnace) => {
    const { flags, shell } = call
    let code = 0
    const runs = await chosenBy(pinnace)
    if (runs.length === 0) shell.print("No runs found")
    for (const run of runs) {
      try {
        shell.print(flags.on("dry-run") ? `${run.id} (dry run, nothing done)` : await act(run, pinnace))
      } catch (error) {
        if ((error as { readonly _tag?: string })._tag !== "Refused") throw error
        shell.complain(`${shell.program}: ${(error as Error).message}`)
        code = exitCodes.Failed
      }
    }
    return code
  })

/** The runs that a command line means, by name or by what they are. Throws Usage when it means none. */
export const chosen = async ({ args, flags, shell }: Call, pinnace: Pinnace): Promise<ReadonlyArray<RunHandle>> => {
  if (args.length === 0 && !isSelective(flags)) {
    throw new Usage("name a RUN, or choose runs with options such as --status")
  }
  const named = await Promise.all(args.map((name) => findRun(pinnace, name)))
  const selected = isSelective(flags) ? await handlesOf(pinnace, await selectRuns(pinnace, flags, shell.now())) : []
  return [...new Map([...named, ...selected].map((run) => [run.id, run])).values()]
}

/** The handles on runs that are there. */
export const handlesOf = async (
  pinnace: Pinnace,
  rows: ReadonlyArray<Pick<RunView, "id">>
): Promise<ReadonlyArray<RunHandle>> => {
  const handles = await Promise.all(rows.map(({ id }) => pinnace.get(id)))
  return handles.filter((run) => run !== undefined)
}
