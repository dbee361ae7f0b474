/** Which task stands at a path of a workflow, so that a process that has only the workflow can run it. */
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import { baseOf } from "../../run/path.ts"
import type { AnyRunnable, AnyTask, HandlerDef, HookName, HooksDef } from "../../workflow/Definition.ts"
import { planOf } from "../life/plans.ts"

/** What stands somewhere: what runs, and what follows it. */
interface Found {
  readonly runnable: AnyRunnable | undefined
  readonly plan: Plan | undefined
  readonly followers: ReadonlyArray<{ readonly onExit?: HandlerDef | undefined; readonly hooks?: HooksDef }>
}

/** The task at a path; `undefined` for what a body has started, and where a workflow stands. */
export const taskAt = (plan: Plan, path: string): AnyTask | undefined => {
  const { workflow } = plan
  let found: Found | undefined = { runnable: workflow, plan, followers: [workflow] }
  for (const step of stepsOf(baseOf(path))) found = found === undefined ? undefined : next(found, step)
  return found?.runnable?._tag === "Task" ? found.runnable : undefined
}

/** The names, items and handlers on the way to a path. */
const stepsOf = (path: string): ReadonlyArray<string> =>
  path.match(/\.onExit|\.hooks\.\w+|\[[^\]]*\]|(?:^|\/)(?:(?!\.onExit|\.hooks\.)[^/[])+/g) ?? []

const next = ({ followers, plan, runnable }: Found, step: string): Found | undefined => {
  if (step.startsWith("[")) return { runnable, plan, followers }
  if (step.startsWith(".")) return following(followers, step)
  const node = plan?.byName.get(step.replace(/^\//, ""))
  return node === undefined ? undefined : nodeFound(node)
}

const nodeFound = ({ def, plan }: PlanNode): Found => ({
  runnable: def.runnable,
  plan,
  followers: [def, ...def.map === undefined ? [] : [def.map.item], ...def.runnable === undefined ? [] : [def.runnable]]
})

/** What a node says goes before what its task says. */
const following = (followers: Found["followers"], step: string): Found | undefined => {
  const name = step.slice(".hooks.".length) as HookName
  const all = followers.map(({ hooks, onExit }) => step === ".onExit" ? onExit : hooks?.[name])
  const task = all.find((def) => def !== undefined)?.task
  if (task === undefined) return undefined
  return { runnable: task, plan: task._tag === "Workflow" ? planOf(task) : undefined, followers: [task] }
}
