/** What a command would do to a run, before anything is done. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { open } from "../../embed/open.ts"
import { nameOf } from "../arguments/nameOf.ts"
import type { Call } from "../Verb.ts"

/** Asks it of a run, whose workflow is made known without anything going on because of it. */
export const planOf = async <A>(
  { shell }: Call,
  id: string,
  workflow: SomeWorkflow,
  ask: (run: RunHandle, pinnace: Pinnace) => Promise<A>
): Promise<A> => {
  const pinnace = await open(shell.db, { actor: shell.actor })
  try {
    pinnace.engine.workflows.set(nameOf(workflow), workflow as never)
    return await ask((await pinnace.get(id))!, pinnace)
  } finally {
    await pinnace.close()
  }
}
