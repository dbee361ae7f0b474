/** The tasks of a workflow, nested ones included. */
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { planOf } from "../../engine/life/plans.ts"
import type { Plan } from "../../plan/Plan.ts"
import type { AnyTask, AnyWorkflow } from "../../workflow/Definition.ts"

/** Each task that a node of it runs. */
export const everyTask = (workflow: SomeWorkflow): ReadonlyArray<AnyTask> =>
  tasksOf(planOf(workflow as unknown as AnyWorkflow))

const tasksOf = ({ nodes }: Plan): ReadonlyArray<AnyTask> =>
  nodes.flatMap(({ def: { runnable }, plan }) => {
    if (plan !== undefined) return tasksOf(plan)
    return runnable?._tag === "Task" ? [runnable] : []
  })
