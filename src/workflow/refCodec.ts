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

const arrays = new WeakMap<AnyCodec, AnyCodec>()

/** The schema of a list, the same one each time: what is written by a schema need not be read to be written by it. */
export const arrayOf = (codec: AnyCodec): AnyCodec => {
  const known = arrays.get(codec)
  if (known !== undefined) return known
  const made = Schema.Array(codec) as unknown as AnyCodec
  arrays.set(codec, made)
  return made
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
  const whole = def.map === undefined ? own : arrayOf(own)
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
