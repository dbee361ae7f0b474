/** Runs that a node of another run starts: their ids, whose they are, what becomes of them at its end. Pure. */
import { createHash } from "node:crypto"
import type { OnParentEnd } from "../workflow/Definition.ts"

/** Every policy. */
const onParentEnds: ReadonlyArray<OnParentEnd> = ["leave", "stop", "terminate"]

/** The label that names the run whose node started this one. */
export const parentLabel = "pinnace/parent"

/** The label that names that node. */
export const parentNodeLabel = "pinnace/parent-node"

/** The label that says what becomes of it when that run ends. */
const parentEndLabel = "pinnace/on-parent-end"

/** The labels of a run that a node starts. */
export const childLabels = (run: string, node: string, policy: OnParentEnd): Readonly<Record<string, string>> => ({
  [parentLabel]: run,
  [parentNodeLabel]: node,
  [parentEndLabel]: policy
})

/** Labels without what is said of a run that a node started. */
export const withoutParent = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const { [parentLabel]: _, [parentNodeLabel]: __, [parentEndLabel]: ___, ...rest } = labels
  return rest
}

/** What becomes of a run when the one that started it ends. */
export const policyOf = (labels: Readonly<Record<string, string>>): OnParentEnd =>
  onParentEnds.find((policy) => policy === labels[parentEndLabel]) ?? "leave"

/** When a node starts its run: a later attempt, or the node in a later epoch, starts one of its own. */
export interface Turn {
  readonly epoch: number
  readonly attempt: number
}

/** The id of the run that a node starts where it chooses none: always the same, so that it is started once. */
export const childRunId = (run: string, path: string, { attempt, epoch }: Turn): string => {
  const plain = path.replace(/[^\w.-]+/g, "-")
  const mark = plain === path ? "" : `-${createHash("sha256").update(path).digest("hex").slice(0, 8)}`
  const turn = epoch === 1 && attempt === 1 ? "" : `.${epoch}-${attempt}`
  return `${run}.${plain.slice(0, 200)}${mark}${turn}`
}
