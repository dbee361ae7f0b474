/** Deletes many runs, some at a time, and tells of it. */
import type { RunHandle } from "../../embed/RunHandle.ts"
import { counted } from "../paint/counted.ts"
import type { Shell } from "../Shell.ts"
import { exitCodes } from "../Usage.ts"

/** Runs that are deleted at the same time, so that they share commits. */
const batch = 200

/** More runs than this are told as one number. */
const mostNamed = 10

/** How runs are deleted. */
export interface DeleteRunsOptions {
  /** Open ones are terminated first. */
  readonly force?: boolean
  /** Why one is to stay after all. */
  readonly unless?: (run: RunHandle) => Promise<string | undefined>
}

/** Deletes runs; one that is refused stops no other. The exit code is 1 when one was. */
export const deleteRuns = async (
  shell: Shell,
  runs: ReadonlyArray<RunHandle>,
  options: DeleteRunsOptions
): Promise<number> => {
  const deleted: Array<string> = []
  let code = 0
  for (let at = 0; at < runs.length; at += batch) {
    const some = runs.slice(at, at + batch)
    const refusals = await Promise.all(some.map((run) => refusalOf(run, options)))
    some.forEach(({ id }, index) => refusals[index] === undefined && deleted.push(id))
    for (const refusal of refusals) if (refusal !== undefined) shell.complain(`${shell.program}: ${refusal}`)
    if (refusals.some((it) => it !== undefined)) code = exitCodes.Failed
    note(shell, at + some.length, runs.length)
  }
  tell(shell, runs.length, deleted)
  return code
}

/** Deletes a run; answers why it is not deleted. */
const refusalOf = async (
  run: RunHandle,
  { force = false, unless }: DeleteRunsOptions
): Promise<string | undefined> => {
  const why = await unless?.(run)
  if (why !== undefined) return why
  try {
    await run.delete({ force })
    return undefined
  } catch (error) {
    const tag = (error as { readonly _tag?: string })._tag
    // Another process was faster, such as one that keeps to the time that ended runs are kept.
    if (tag === "RunNotFound") return undefined
    if (tag !== "Refused") throw error
    return (error as Error).message
  }
}

/** How far it is, for a person who waits. */
const note = (shell: Shell, done: number, all: number): void => {
  if (shell.isTerminal && all > batch) shell.write(done < all ? `\rDeleting ${done} of ${all} runs` : "\r\x1b[K")
}

const tell = (shell: Shell, asked: number, deleted: ReadonlyArray<string>): void => {
  if (asked === 0) return shell.print("No runs found")
  const [only] = deleted
  if (only === undefined) return
  if (deleted.length === 1) return shell.print(`Workflow '${only}' deleted`)
  if (deleted.length <= mostNamed) { for (const id of deleted) shell.print(`Workflow '${id}' deleted`) }
  shell.print(`${counted(deleted.length, "workflow")} deleted`)
}
