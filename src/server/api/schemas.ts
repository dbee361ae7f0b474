/** JSON Schemas of what workflows take, give and wait for: for forms, and for checks before anything is sent. Pure. */
import * as Schema from "effect/Schema"
import { baseOf } from "../../run/path.ts"
import { jsonCodec } from "../../workflow/codec.ts"
import type { AnyCodec, AnyRunnable, AnyWorkflow, NodeDef } from "../../workflow/Definition.ts"

/** The schema of a codec; `null` for what has none. */
export const schemaOf = (codec: AnyCodec | undefined): unknown => {
  if (codec === undefined) return null
  try {
    const { definitions, schema } = Schema.toJsonSchemaDocument(jsonCodec(codec))
    const isAlone = Object.keys(definitions).length === 0
    return {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      ...schema,
      ...(isAlone ? {} : { $defs: definitions })
    }
  } catch {
    return null
  }
}

/** The schemas of all that a workflow waits for, by the paths of its nodes; `m[*]` is any item of the map m. */
export const signalsOf = (workflow: AnyWorkflow, prefix = ""): Readonly<Record<string, unknown>> =>
  Object.fromEntries(workflow.nodes.flatMap((node) => {
    const path = `${prefix}${node.name}`
    if (node.suspend !== undefined) return [[path, schemaOf(node.suspend.output)]]
    const below = nested(node.runnable)
    return below === undefined ? [] : Object.entries(signalsOf(below, `${path}${node.kind === "map" ? "[*]" : ""}/`))
  }))

/** The schema of what the node at a path waits for; `null` where it waits for nothing, or no definition has it. */
export const signalAt = (workflow: AnyWorkflow, path: string): unknown => {
  const [first = "", ...rest] = baseOf(path).split("/").map((step) => step.replace(/\[.*$/, ""))
  const node = workflow.nodes.find(({ name }) => name === first)
  if (node === undefined) return null
  if (rest.length === 0) return node.suspend === undefined ? null : schemaOf(node.suspend.output)
  const below = nested(node.runnable)
  return below === undefined ? null : signalAt(below, rest.join("/"))
}

const nested = (runnable: NodeDef["runnable"]): AnyWorkflow | undefined =>
  runnable !== undefined && isWorkflow(runnable) ? runnable : undefined

const isWorkflow = (runnable: AnyRunnable): runnable is AnyWorkflow => "nodes" in runnable
