/** `pinnace delete`. */
import { counted } from "../paint/counted.ts"
import { acting, actOn, chosen, handlesOf } from "../running/act.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Shell } from "../Shell.ts"
import { withState } from "../arguments/state.ts"
import { exitCodes } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

/** Runs that are deleted at the same time, so that they share commits. */
const batch = 200

/** More runs than this are told as one number. */
const mostNamed = 10

const which = async (call: Call, pinnace: Pinnace): Promise<ReadonlyArray<RunHandle>> =>
  call.flags.on("all") ? await handlesOf(pinnace, await pinnace.list({ limit: Infinity })) : await chosen(call, pinnace)

const remove = (call: Call): Promise<number> =>
  withState(call.shell, async (pinnace) => {
    const { flags, shell } = call
    const runs = await which(call, pinnace)
    const deleted: Array<string> = []
    let code = 0
    for (let at = 0; at < runs.length; at += batch) {
      const some = runs.slice(at, at + batch)
      const refusals = await Promise.all(some.map((run) => refusalOf(run, flags.on("force"))))
      some.forEach(({ id }, index) => refusals[index] === undefined && deleted.push(id))
      for (const refusal of refusals) if (refusal !== undefined) shell.complain(`${shell.program}: ${refusal}`)
      if (refusals.some((it) => it !== undefined)) code = exitCodes.Failed
      note(shell, at + some.length, runs.length)
    }
    tell(shell, runs.length, deleted)
    return code
  })

/** Deletes a run; answers why it is not deleted. */
const refusalOf = async (run: RunHandle, force: boolean): Promise<string | undefined> => {
  try {
    await run.delete({ force })
    return undefined
  } catch (error) {
    if ((error as { readonly _tag?: string })._tag !== "Refused") throw error
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

/** The verb. */
export const verb: Verb = {
  usage: "RUN… [options]",
  about:
    "Deletes ended runs with their events and logs, and their artifacts if their strategy says so. Open runs are refused, or with --force terminated first.",
  takes: [0, Infinity],
  options: {
    ...acting,
    all: { type: "boolean", about: "All runs" },
    force: { type: "boolean", about: "Also runs that are open: they are terminated first" }
  },
  examples: [
    ["delete report-1z", "one run"],
    ["delete --completed --older 7d", "what ended more than a week ago"],
    ["delete --all --dry-run", "see what would be deleted"]
  ],
  run: (call) =>
    call.flags.on("dry-run") ? actOn(call, async () => "", (pinnace) => which(call, pinnace)) : remove(call)
}
