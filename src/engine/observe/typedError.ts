/** Finds the schema that decodes a recorded error: the workflow's own, or that of the task whose failure the run passes on. */
import { baseOf } from "../../run/path.ts"
import type { Ending } from "../../run/Event.ts"
import type { AnyCodec, AnyWorkflow } from "../../workflow/Definition.ts"
import { codecsOf } from "../node/codecs.ts"
import { decodeTyped } from "../node/value.ts"

/** The typed error of an ending, or `undefined` when it was not declared anywhere. */
export const typedError = (workflow: AnyWorkflow, ending: Ending): unknown =>
  decodeTyped(workflow.error, ending.error) ?? decodeTyped(errorAt(workflow, ending.cause), ending.error)

const errorAt = (workflow: AnyWorkflow, cause: string | undefined): AnyCodec | undefined => {
  let at: AnyWorkflow | undefined = workflow
  let found: AnyCodec | undefined
  for (const step of baseOf(cause ?? "").split("/")) {
    const def: AnyWorkflow["nodes"][number] | undefined = at?.nodes.find((node) =>
      node.name === step.replace(/\[.*$/, "")
    )
    if (def === undefined) return found
    found = codecsOf(def).error
    at = def.runnable?._tag === "Workflow" ? def.runnable : undefined
  }
  return found
}
