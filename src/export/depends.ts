/** When a task of a DAG runs, in the words of Argo's `depends`. */
import type { PlanNode } from "../plan/Plan.ts"
import { type Condition, nodesOf, type Question } from "../workflow/Condition.ts"

/** The tasks of a graph. */
export interface Tasks {
  readonly at: (index: number) => PlanNode
  /** The task of a node. */
  readonly named: (name: string) => string
  /** The task that stands for a node whose failure is continued on, where it has one. */
  readonly gate: (name: string) => string | undefined
}

/** The `depends` of a node; `undefined` where it waits for nothing. */
export const dependsOf = (node: PlanNode, { at, gate, named }: Tasks): string | undefined => {
  const names = node.upstream.map((index) => at(index).name)
  if (node.depends === undefined) {
    return names.length === 0 ? undefined : names.map((it) => gate(it) ?? passing(named(it))).join(" && ")
  }
  const asked = new Set(nodesOf(node.depends))
  const others = names.filter((it) => !asked.has(it)).map((it) => over(gate(it) ?? named(it)))
  return [conditionText(node.depends, named), ...others].join(" && ")
}

/** Whether a failure of a node is continued on: then another task speaks for its branch. */
export const hasGate = ({ def: { continueOn } }: PlanNode): boolean => continueOn.failed || continueOn.error

/** The `depends` of the task that stands for such a node. */
export const gateDepends = (task: string): string => any(task, ["Succeeded", "Skipped", "Failed", "Errored"])

/** It has ended, however. */
export const over = (task: string): string => any(task, ["Succeeded", "Failed", "Errored", "Skipped", "Omitted"])

const passing = (task: string): string => any(task, ["Succeeded", "Skipped"])

const any = (task: string, words: ReadonlyArray<string>): string =>
  `(${words.map((word) => `${task}.${word}`).join(" || ")})`

/** Where a node is not a map, the questions about items are about the node. */
const words: Readonly<Record<Question, string>> = {
  succeeded: "Succeeded",
  failed: "Failed",
  errored: "Errored",
  skipped: "Skipped",
  omitted: "Omitted",
  anySucceeded: "Succeeded",
  allFailed: "Failed"
}

const conditionText = (condition: Condition, named: (name: string) => string): string => {
  switch (condition._tag) {
    case "Is":
      return `${named(condition.node)}.${words[condition.question]}`
    case "Not":
      return `!(${conditionText(condition.condition, named)})`
    default: {
      const joined = condition.conditions.map((it) => conditionText(it, named))
      return `(${joined.join(condition._tag === "And" ? " && " : " || ")})`
    }
  }
}
