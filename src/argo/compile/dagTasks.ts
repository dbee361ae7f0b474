/** The tasks of a DAG: what they wait for and how they ended. */
import { asked, type Depends, dependsHolds, dependsOf } from "../language/Depends.ts"
import type { Call } from "../document/Manifest.ts"
import { substitute } from "../language/template/substitute.ts"
import type { Frame } from "./Frame.ts"
import { isLoop } from "./loop.ts"
import type { Unit } from "./Unit.ts"
import { isBad, type NodeResult, succeeded } from "../values/Result.ts"

/** A task of a DAG while it runs. */
export interface Task {
  readonly call: Call
  readonly depends: Depends | undefined
  readonly loops: boolean
  readonly upstream: ReadonlyArray<string>
  result: NodeResult | undefined
  /** The turns of a loop that has any, once it may begin. */
  turns: ReadonlyArray<Unit> | undefined
  /** How they ended. */
  results: ReadonlyArray<NodeResult> | undefined
  variables: ReadonlyArray<readonly [string, string | null]>
  /** Whether its template is a daemon, which serves from the end of its node on. */
  isDaemon: boolean
}

/** Whether what a task depends on ended as it asks. */
export const isMet = ({ depends }: Task, tasks: ReadonlyMap<string, Task>): boolean =>
  depends === undefined || dependsHolds(depends, (name, result) => ended(tasks.get(name), result))

const ended = (task: Task | undefined, result: string): boolean => {
  const turns = task?.results ?? []
  if (result === "AnySucceeded") return turns.some(({ phase }) => phase === "Succeeded")
  if (result === "AllFailed") return turns.length > 0 && turns.every(({ phase }) => phase === "Failed")
  // Argo shows a daemon that serves as Running: it is Daemoned, and not yet Succeeded.
  if (task?.isDaemon === true && task.result?.phase === "Succeeded") return result === "Daemoned"
  return task?.result?.phase === (result === "Errored" ? "Error" : result)
}

/** The result of a loop from those of its turns. */
export const groupResult = (results: ReadonlyArray<NodeResult>): NodeResult => {
  const bad = results.findLast(isBad)
  if (bad === undefined) return succeeded()
  return { phase: bad.phase, ...(bad.message === undefined ? {} : { message: bad.message }) }
}

/** The tasks of a DAG by name. Throws DependsError. */
export const tasksOf = (calls: ReadonlyArray<Call>): ReadonlyMap<string, Task> =>
  new Map(calls.map((call) => [call.name ?? "", taskOf(call, calls)]))

const taskOf = (call: Call, calls: ReadonlyArray<Call>): Task => {
  const depends = dependsOf(call, (name) => calls.find((it) => it.name === name))
  return {
    call,
    depends,
    loops: isLoop(call),
    upstream: depends === undefined ? [] : [...new Set(asked(depends).map(({ task }) => task))],
    result: undefined,
    turns: undefined,
    results: undefined,
    variables: [],
    isDaemon: false
  }
}

/** The named targets, or the tasks nobody depends on. */
export const targetsOf = (frame: Frame, tasks: ReadonlyMap<string, Task>): ReadonlyArray<string> => {
  const { target = "" } = frame.template.dag ?? {}
  const named = substitute(target, { variables: frame.variables, now: frame.session.parts.now }).split(/\s+/).filter((
    it
  ) => it !== "")
  if (named.length > 0) return named
  const needed = new Set([...tasks.values()].flatMap(({ upstream }) => upstream))
  return [...tasks.keys()].filter((name) => !needed.has(name))
}

/** The tasks of these names and all they depend on, in the order of the manifest. */
export const reachable = (names: ReadonlyArray<string>, tasks: ReadonlyMap<string, Task>): ReadonlyArray<Task> => {
  const seen = new Set(names)
  for (const name of seen) for (const before of tasks.get(name)?.upstream ?? []) seen.add(before)
  return [...tasks].filter(([name]) => seen.has(name)).map(([, task]) => task)
}
