/** The schemas of what nodes give and how they fail. */
import * as Schema from "effect/Schema"
import type { AnyCodec, NodeDef, RunDef } from "../../workflow/Definition.ts"
import { arrayOf } from "../../workflow/refCodec.ts"

/** The schemas of a node's output and error. */
export const codecsOf = (def: NodeDef): { readonly output: AnyCodec; readonly error: AnyCodec | undefined } => {
  if (def.suspend !== undefined) return { output: def.suspend.output, error: undefined }
  if (def.expand !== undefined) return { output: def.expand.output, error: undefined }
  if (def.run !== undefined) return runCodecs(def.run)
  const runnable = def.runnable!
  return { output: def.map === undefined ? runnable.output : arrayOf(runnable.output), error: runnable.error }
}

const runCodecs = ({ wait, workflow }: RunDef) =>
  wait ? { output: workflow.output, error: workflow.error } : { output: Schema.String as AnyCodec, error: undefined }
