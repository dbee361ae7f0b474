/** Rules about DAGs. */
import { cyclesOf } from "../../plan/cycles.ts"
import { didYouMean } from "../document/decode/didYouMean.ts"
import { asked, DependsError, dependsOf, results } from "../language/Depends.ts"
import type { Call, Dag } from "../document/Manifest.ts"
import { checkCalls } from "./calls.ts"
import { report, type TemplateSubject } from "./Subject.ts"

/** Checks tasks, what they depend on, and targets. */
export const checkDag = (subject: TemplateSubject, dag: Dag): void => {
  const tasks = dag.tasks ?? []
  const named = byName(tasks)
  checkCalls(subject, tasks, "task")
  if (tasks.length === 0) report(subject, dag, "", { code: "dag", message: `The DAG "${subject.name}" has no tasks` })
  checkStyle(subject, tasks)
  for (const task of tasks) checkDepends(subject, task, named)
  checkCycles(subject, tasks, named)
  checkTargets(subject, dag, named)
}

const checkStyle = (subject: TemplateSubject, tasks: ReadonlyArray<Call>): void => {
  const enhanced = tasks.some((task) => task.depends !== undefined)
  for (const task of tasks) {
    if (!enhanced) continue
    if (task.dependencies !== undefined) {
      const message = `The DAG "${subject.name}" uses both depends and dependencies: choose one`
      report(subject, task, "dependencies", {
        code: "depends",
        message,
        hint: `Write depends: ${task.dependencies.join(" && ")}`
      })
    }
    if (task.continueOn !== undefined) {
      const hint = "Ask for the result instead, for example A.Succeeded || A.Failed"
      report(subject, task, "continueOn", { code: "depends", message: "continueOn cannot be used with depends", hint })
    }
    if (/^\d/.test(task.name ?? "")) {
      report(subject, task, "name", {
        code: "name",
        message: `Task "${task.name}" begins with a digit, which depends cannot read`
      })
    }
  }
}

/** Tasks by name; of two with one name the first. */
export type NamedTasks = ReadonlyMap<string, Call>

/** Tasks by their names. */
export const byName = (tasks: ReadonlyArray<Call>): NamedTasks =>
  new Map(tasks.map((task) => [task.name ?? "", task] as const).reverse())

/** The tasks that a task names in what it depends on. */
export const upstreamOf = (task: Call, tasks: NamedTasks): ReadonlyArray<string> => {
  try {
    const depends = dependsOf(task, (name) => tasks.get(name))
    return depends === undefined ? [] : [...new Set(asked(depends).map((it) => it.task))]
  } catch (error) {
    if (error instanceof DependsError) return []
    throw error
  }
}

const checkDepends = (subject: TemplateSubject, task: Call, tasks: NamedTasks): void => {
  const key = task.depends === undefined ? "dependencies" : "depends"
  try {
    const depends = dependsOf(task, (name) => tasks.get(name))
    for (const term of depends === undefined ? [] : asked(depends)) checkTerm(subject, task, key, term, tasks)
  } catch (error) {
    if (!(error instanceof DependsError)) throw error
    report(subject, task, key, { code: "depends", message: `Cannot read depends of "${task.name}": ${error.message}` })
  }
}

const checkTerm = (
  subject: TemplateSubject,
  task: Call,
  key: string,
  term: { readonly task: string; readonly result: string },
  tasks: NamedTasks
): void => {
  const other = tasks.get(term.task)
  const add = (message: string, hint: string) => report(subject, task, key, { code: "depends", message, hint })
  if (other === undefined) {
    add(
      `Task "${task.name}" depends on "${term.task}", which is not in this DAG`,
      didYouMean(term.task, [...tasks.keys()])
    )
  } else if (!results.some((it) => it === term.result)) {
    add(
      `Task "${task.name}" asks for "${term.task}.${term.result}": there is no such result`,
      didYouMean(term.result, results) || `Known: ${results.join(", ")}`
    )
  } else if ((term.result === "AnySucceeded" || term.result === "AllFailed") && !isLoop(other)) {
    add(
      `Task "${task.name}" asks for "${term.task}.${term.result}", but "${term.task}" is not a loop`,
      "Ask for .Succeeded or .Failed"
    )
  }
}

const isLoop = (task: Call): boolean =>
  task.withItems !== undefined || task.withParam !== undefined || task.withSequence !== undefined

const checkCycles = (subject: TemplateSubject, tasks: ReadonlyArray<Call>, named: NamedTasks): void => {
  const names = tasks.map(({ name }) => name ?? "")
  const indexes = new Map(names.map((name, index) => [name, index] as const).reverse())
  const upstreams = tasks.map((task) => upstreamOf(task, named).flatMap((name) => indexes.get(name) ?? []))
  for (const cycle of cyclesOf(upstreams, names)) {
    const path = cycle.map((index) => names[index]).join(" → ")
    report(subject, tasks[cycle[0]!]!, "depends", {
      code: "cycle",
      message: `Tasks wait for each other in a cycle: ${path}`
    })
  }
}

const checkTargets = (subject: TemplateSubject, dag: Dag, tasks: NamedTasks): void => {
  for (const target of (dag.target ?? "").split(/\s+/)) {
    if (target === "" || target.includes("{{") || tasks.has(target)) continue
    const hint = didYouMean(target, [...tasks.keys()])
    report(subject, dag, "target", { code: "target", message: `Target "${target}" is not a task of this DAG`, hint })
  }
}
