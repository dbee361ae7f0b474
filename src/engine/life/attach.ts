/** What an engine does by itself: it answers commands of other processes and takes over runs that nobody executes. */
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { answerInbox } from "../control/inbox.ts"
import { planOf } from "./plans.ts"
import { holdRefused, recover } from "./recover.ts"

/** Lets the engine react to notices of its journal. */
export const attach = (engine: Engine): Engine => {
  engine.onNotice = (notice) => {
    if (notice.type === "commands") answerInbox(engine)
    if (notice.type === "died" || notice.type === "freed") takeOverAll(engine, [...engine.workflows.keys()])
    if (notice.type === "died") keepHouse(engine)
  }
  engine.onRefused = (ledger, error) => holdRefused(engine, ledger.row.key, error.message)
  keepHouse(engine)
  return engine
}

/** Goes on with what the dead began to delete, and takes their alarms over. */
const keepHouse = ({ collection, retention }: Engine): void => {
  retention.wake()
  collection.wake()
}

/** Makes workflows known and takes over their runs that nobody executes; throws `InvalidWorkflow`. */
export const register = (engine: Engine, workflows: ReadonlyArray<AnyWorkflow>): void => {
  const fresh = workflows.filter((workflow) => engine.workflows.get(workflow.name) !== workflow)
  for (const workflow of fresh) {
    planOf(workflow)
    engine.workflows.set(workflow.name, workflow)
  }
  if (fresh.length > 0) takeOverAll(engine, fresh.map((workflow) => workflow.name))
}

/** Commands that were sent to the dead owner are acted on now or never. */
const takeOverAll = (engine: Engine, workflows: ReadonlyArray<string>): void => {
  if (recover(engine, workflows) > 0) answerInbox(engine)
}
