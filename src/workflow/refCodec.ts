/** The schema of what a reference reads, for workflows that do not state their output. */
import * as Schema from "effect/Schema"
import { anyJson } from "./codec.ts"
import type { AnyCodec, AnyRef, NodeDef, RunDef } from "./Definition.ts"

/** The schema of a reference's value; `anyJson` where the schemas do not say. */
export const refCodec = (ref: AnyRef | undefined, nodes: ReadonlyMap<string, NodeDef>, input: AnyCodec): AnyCodec => {
  if (ref === undefined) return Schema.Void
  switch (ref.of) {
    case "input":
      return along(input, ref.at)
    case "output":
      return along(nodeCodec(nodes.get(ref.node!)), ref.at)
    case "record":
      return recordCodec(ref.fields ?? {}, nodes, input)
    default:
      return anyJson
  }
}

/** The schema of an output that may be missing. */
export const outputOf = (codec: AnyCodec, missing: boolean): AnyCodec =>
  // `undefined` comes first, so that the `null` it is recorded as reads back as `undefined`.
  missing && codec.ast._tag !== "Void" ? Schema.Union([Schema.Undefined, codec]) as AnyCodec : codec

const recordCodec = (
  fields: Readonly<Record<string, AnyRef>>,
  nodes: ReadonlyMap<string, NodeDef>,
  input: AnyCodec
): AnyCodec => {
  const entries = Object.entries(fields).map(([key, ref]) => [key, refCodec(ref, nodes, input)] as const)
  return Schema.Struct(Object.fromEntries(entries)) as unknown as AnyCodec
}

const nodeCodec = (def: NodeDef | undefined): AnyCodec => {
  if (def === undefined) return anyJson
  const own = def.suspend?.output ?? runOutput(def.run) ?? def.expand?.output ?? def.runnable?.output ?? anyJson
  const whole = def.map === undefined ? own : Schema.Array(own) as unknown as AnyCodec
  return outputOf(whole, mayBeMissing(def))
}

const runOutput = (run: RunDef | undefined): AnyCodec | undefined =>
  run === undefined ? undefined : run.wait ? run.workflow.output : Schema.String

const mayBeMissing = (def: NodeDef): boolean =>
  def.fallback === undefined && (def.when !== undefined || def.continueOn.failed || def.continueOn.error)

// The part of a schema that a path of properties leads to, as far as structs tell.
const along = (codec: AnyCodec, path: ReadonlyArray<string>): AnyCodec => {
  let at: AnyCodec = codec
  for (const key of path) {
    const { fields } = at as { readonly fields?: Readonly<Record<string, AnyCodec>> }
    const next = fields?.[key]
    if (next === undefined) return anyJson
    at = outputOf(next, next.ast.context?.isOptional === true)
  }
  return at
}
