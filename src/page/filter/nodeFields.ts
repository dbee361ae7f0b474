/** What of a node can be filtered for. Pure. */
import type { NodeView } from "../../view/RunView.ts"
import type { Fields } from "./filter.ts"

/** The keys, with what they mean. */
export const nodeKeys: ReadonlyArray<readonly [key: string, about: string]> = [
  ["phase:", "Failed, Error, Running, Pending, Succeeded, Skipped, Omitted"],
  ["type:", "task, map, workflow, suspend; Pod, Steps, DAG, …"],
  ["runs:", "the task or template"],
  ["waits:", "permit, signal, retry, timer"],
  ["took:", "a duration, as >10s"],
  ["attempt:", "a number, as >1"],
  ["in:", "part of the path"]
]

/** The fields of a node. */
export const nodeFields = (node: NodeView, now: number): Fields => (key) => {
  switch (key) {
    case "":
      return [node.label, node.name, node.runs]
    case "phase":
      return [node.phase]
    case "type":
      return [node.type]
    case "runs":
      return [node.runs]
    case "waits":
      return node.waiting === "" ? [] : [node.waiting]
    case "took":
      return node.startedAt === 0 ? undefined : (node.finishedAt || now) - node.startedAt
    case "attempt":
      return node.attempt
    case "in":
      return [node.path, node.name]
    default:
      return undefined
  }
}
