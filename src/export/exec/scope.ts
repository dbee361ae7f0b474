/** From the parameters of a container back to what the node in it can read. */
import { Bindings } from "../../engine/graph/Bindings.ts"
import { Ends } from "../../engine/graph/Ends.ts"
import { planOf } from "../../engine/life/plans.ts"
import { ended, type NodeEnd, nothing, succeeded } from "../../engine/node/NodeEnd.ts"
import { fromText } from "../../engine/node/value.ts"
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import type { Ending } from "../../run/Event.ts"
import type { AnyWorkflow, NodeDef } from "../../workflow/Definition.ts"
import { endName, inputName, statusName } from "../reads.ts"

/** Parameters by name. */
export type Parameters = Readonly<Record<string, string>>

/** The plan at the end of a path of nodes that are workflows. */
export const planAt = (workflow: AnyWorkflow, path: ReadonlyArray<string>): Plan =>
  path.reduce((plan, name) => nodeIn(plan, name).plan ?? missing(name), planOf(workflow))

/** A node of a plan by its name. */
export const nodeIn = (plan: Plan, name: string): PlanNode => plan.byName.get(name) ?? missing(name)

const missing = (name: string): never => {
  throw new Error(`The workflow of this image has no node "${name}": export the manifest again`)
}

/** What the nodes of a plan can read, by what the container was given. */
export const bindingsOf = (plan: Plan, parameters: Parameters): Bindings => {
  const ends = new Ends(plan.nodes.length)
  for (const { def, index } of plan.nodes) {
    const end = endOf(def, parameters[statusName(index)], parameters[endName(index)])
    if (end !== undefined) ends.set(index, end)
  }
  return new Bindings(plan, fromText(plan.workflow.input, parameters[inputName] ?? nothing), ends)
}

/** How a node ended: what it told, else what Argo says of it. `undefined` where it is not read. */
export const endOf = (def: NodeDef, status: string | undefined, told = ""): NodeEnd | undefined => {
  if (status === undefined) return undefined
  if (def.suspend !== undefined && status === "Succeeded") return succeeded(told === "" ? nothing : told)
  if (told !== "") return readEnd(told)
  return endOfStatus(status)
}

/** An end without more than its phase. */
export const endOfStatus = (status: string): NodeEnd => {
  switch (status) {
    case "Succeeded":
      return succeeded(nothing)
    case "Skipped":
      return ended("Skipped", "When", "Its guard `when` returned false")
    case "Omitted":
      return ended("Omitted", "Depends", "Its condition does not hold")
    case "Error":
      return ended("Error", "Crashed", "Its pod was lost")
    default:
      return ended("Failed", "ChildFailed", "A node in it failed")
  }
}

/** An end as a container writes it. */
export const endText = ({ cause, error, message, phase, reason, text }: NodeEnd): string =>
  JSON.stringify({
    phase,
    reason,
    message,
    ...text === undefined ? {} : { output: JSON.parse(text) as unknown },
    error,
    cause
  })

/** The end that such a text tells. */
export const readEnd = (text: string): NodeEnd => {
  const { output, ...ending } = JSON.parse(text) as Ending
  return ending.phase === "Succeeded" ? succeeded(JSON.stringify(output ?? null)) : ending
}
