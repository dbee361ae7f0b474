/**
 * The errors behind an ending: the one its workflow may fail with,
 * by its type, and the one that the node raised which failed.
 */
import { baseOf } from "../../run/path.ts"
import type { Ending } from "../../run/Event.ts"
import type { AnyCodec, AnyWorkflow } from "../../workflow/Definition.ts"
import { codecsOf } from "../node/codecs.ts"
import { decodeTyped } from "../node/value.ts"

/** The error of an ending that the workflow states, or that is inferred for it; `undefined` for any other. */
export const statedError = (workflow: AnyWorkflow, ending: Ending): unknown => decodeTyped(workflow.error, ending.error)

/** The typed error of the node whose failure the run passes on, or `undefined` when it declares none that fits. */
export const raisedError = (workflow: AnyWorkflow, ending: Ending): unknown =>
  decodeTyped(errorAt(workflow, ending.cause), ending.error)

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
