/** Executes runs in this process, with the state file opened for their workflow. */
import * as Effect from "effect/Effect"
import type { Selector } from "../../argo/commands/selector.ts"
import { openToExecute } from "./openToExecute.ts"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { follow, type FollowFormat, followFormats, isData } from "./follow.ts"
import { alsoServed } from "./alsoServed.ts"
import { HeldHere } from "./HeldHere.ts"
import { isLeaving, leftSentence } from "./onLeave.ts"
import { outputOf } from "../arguments/outputOption.ts"
import type { Call, Option } from "../Verb.ts"

/** The option of verbs that execute and show. */
export const logOption: Option = {
  type: "boolean",
  about:
    "Show everything that was logged below the tree; by default only if it is short. Without a tree it is shown as it comes"
}

/** A run that begins, or begins again after an event. */
export interface Begun {
  readonly run: RunHandle
  readonly after?: number
  /** Which nodes are shown; default all. */
  readonly isChosen?: Selector | undefined
}

/**
 * Opens the state file, begins a run and follows it; runs of the same workflow that were interrupted go on meanwhile.
 */
export const execute = async (
  call: Call,
  workflow: SomeWorkflow,
  begin: (pinnace: Pinnace) => Promise<Begun>
): Promise<number> => {
  const format = outputOf(call, followFormats)
  const { shell } = call
  const held = new HeldHere(shell)
  const pinnace = await openToExecute(shell.db, { actor: shell.actor, onHeld: held.hear })
  let left: string | undefined
  let served = (): Promise<void> => Promise.resolve()
  try {
    pinnace.register(workflow as never)
    served = await alsoServed(call, pinnace)
    const { after = 0, isChosen, run } = await begin(pinnace)
    announce(call, pinnace, run, format)
    const code = await follow(shell, pinnace, run, {
      format,
      executes: true,
      held: held.of(run.id),
      after,
      isChosen,
      log: call.flags.on("log")
    })
    if (isLeaving(code)) left = leftSentence(shell, [run.id])
    // Artifacts that go with the end of the run: no later process need come for them. Nobody has asked for it.
    else await Effect.runPromise(pinnace.engine.collection.settled)
    return code
  } finally {
    await served()
    await pinnace.close()
    if (left !== undefined) shell.complain(left)
  }
}

/** Tells of other runs that this process has taken over. */
const announce = ({ shell }: Call, pinnace: Pinnace, run: RunHandle, format: FollowFormat | undefined): void => {
  if (isData(format)) return
  const others = [...pinnace.engine.live.values()].map((live) => live.ledger.row.id).filter((id) => id !== run.id)
  if (others.length === 0) return
  shell.complain(
    `Interrupted runs go on as well: ${others.join(", ")} (${shell.program} stop RUN ends them)`
  )
}
