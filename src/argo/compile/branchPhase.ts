/** The phase of a DAG from the ends of its tasks: a task that never ran passes on what came before it. */
import type { Call } from "../document/Manifest.ts"
import type { NodeResult } from "../values/Result.ts"

/** A task with how it ended and what it depends on. */
export interface TaskEnd {
  readonly call: Call
  readonly result: NodeResult
  readonly upstream: ReadonlyArray<string>
}

type BranchPhase = "Succeeded" | "Failed" | "Error"

/** The phase of a DAG by its targets. */
export const dagPhase = (
  targets: ReadonlyArray<string>,
  tasks: ReadonlyMap<string, TaskEnd>,
  continues: (call: Call, result: NodeResult) => boolean
): BranchPhase => {
  const known = new Map<string, BranchPhase>()
  for (const target of targets) {
    const task = tasks.get(target)
    if (task === undefined) continue
    const phase = branchPhase(task, tasks, known)
    if (phase !== "Succeeded" && !(isOwn(task.result) && continues(task.call, task.result))) return phase
  }
  return "Succeeded"
}

const isOwn = ({ phase }: NodeResult): boolean => phase === "Failed" || phase === "Error"

const branchPhase = (
  { call, result, upstream }: TaskEnd,
  tasks: ReadonlyMap<string, TaskEnd>,
  known: Map<string, BranchPhase>
): BranchPhase => {
  const name = call.name ?? ""
  const found = known.get(name)
  if (found !== undefined) return found
  const { phase } = result
  const made = phase === "Succeeded" || phase === "Failed" || phase === "Error" ? phase : worst(
    upstream.flatMap((it) => tasks.get(it) ?? []).map((task) => branchPhase(task, tasks, known))
  )
  known.set(name, made)
  return made
}

const worst = (phases: ReadonlyArray<BranchPhase>): BranchPhase =>
  phases.findLast((phase) => phase !== "Succeeded") ?? "Succeeded"
