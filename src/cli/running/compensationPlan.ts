/** What undoing a run would undo, before anything is done. */
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { counted } from "../paint/counted.ts"
import { table } from "../paint/table.ts"
import type { Call } from "../Verb.ts"
import { planOf } from "./planOf.ts"

/** Prints what would be undone, the first before the others, and why the rest stays. */
export const showCompensation = (call: Call, id: string, workflow: SomeWorkflow): Promise<number> =>
  planOf(call, id, workflow, async (run) => {
    const { flags, shell } = call
    const plan = await run.planCompensation()
    if (flags.text("output") === "json") {
      shell.print(JSON.stringify(plan))
      return 0
    }
    const { skip, undo } = plan
    const rest = skip.length === 0 ? "" : `, and leave ${skip.length} as ${skip.length === 1 ? "it is" : "they are"}`
    shell.print(
      undo.length === 0
        ? `Nothing of ${id} is left to be undone`
        : `Would undo ${counted(undo.length, "node")} of ${id}${rest}:`
    )
    const rows = [
      ...undo.map((path, at) => [`  ${path}`, `undone as number ${at + 1}`]),
      ...skip.map(({ path, why }) => [`  ${path}`, `stays: ${why}`])
    ]
    for (const line of table(rows, shell.columns)) shell.print(line)
    return 0
  })
