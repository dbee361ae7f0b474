/**
 * Digests: the same for the same shape, different for different ones
 * (sha-256 over a canonical text). Functions inside are not looked at.
 */
import { createHash } from "node:crypto"
import * as Schema from "effect/Schema"
import { anyJson, jsonCodec } from "../workflow/codec.ts"
import type { AnyCodec, AnyRef, AnyRunnable, HandlerDef, NodeDef } from "../workflow/Definition.ts"
import type { Condition } from "../workflow/Condition.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { nodesAtOnce, type Pieces } from "./pieces.ts"

/** Divides `nodesAtOnce`. */
const atOnce = 100

/** The digest of a workflow whose nested workflows have the digests that `nested` gives. */
export function* digesting(workflow: AnyWorkflow, nested: (workflow: AnyWorkflow) => string): Pieces<string> {
  const hash = createHash("sha256")
  hash.update(JSON.stringify(headOf(workflow)))
  // By name, so that the order of writing does not matter.
  const nodes = [...workflow.nodes].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  // A call of the hash costs as much as the text of a node.
  for (let at = 0; at < nodes.length; at += atOnce) {
    if (at > 0 && at % nodesAtOnce === 0) yield
    hash.update(nodes.slice(at, at + atOnce).map((node) => JSON.stringify(shapeOf(node, nested))).join(""))
  }
  return hash.digest("hex").slice(0, 32)
}

const headOf = (workflow: AnyWorkflow): unknown => [
  "workflow/1",
  workflow.name,
  schemaDigest(workflow.input),
  schemaDigest(workflow.output),
  workflow.statesErrors ? optionalDigest(workflow.error) : null,
  workflow.result === undefined ? null : refShape(workflow.result),
  handlerShape(workflow.onExit),
  Object.keys(workflow.hooks).sort(),
  ...workflow.kept === undefined ? [] : [workflow.kept.digest],
  ...workflow.flow === undefined ? [] : ["flow"]
]

const shapeOf = (def: NodeDef, nested: (workflow: AnyWorkflow) => string): unknown => [
  def.name,
  def.kind,
  runnableShape(def.runnable, nested),
  Object.keys(def.needs).sort().map((key) => [key, refShape(def.needs[key]!)]),
  [...def.after].sort(),
  def.depends === undefined ? null : conditionShape(def.depends),
  def.when !== undefined,
  [def.continueOn.failed, def.continueOn.error, def.fallback !== undefined],
  def.map === undefined ? null : [refShape(def.map.items), def.map.key !== undefined],
  def.suspend === undefined ? null : [schemaDigest(def.suspend.output), String(def.suspend.duration)],
  handlerShape(def.onExit),
  Object.keys(def.hooks).sort(),
  ...def.expand === undefined ? [] : ["expand"],
  ...def.run === undefined ? [] : [[def.run.workflow.name, schemaDigest(def.run.workflow.output), def.run.wait]]
]

const runnableShape = (runnable: AnyRunnable | undefined, nested: (workflow: AnyWorkflow) => string): unknown => {
  if (runnable === undefined) return null
  if (runnable._tag === "Workflow") return [runnable.name, nested(runnable)]
  return [runnable.name, schemaDigest(runnable.input), schemaDigest(runnable.output), optionalDigest(runnable.error)]
}

const handlerShape = (handler: HandlerDef | undefined): unknown =>
  handler === undefined ? null : [handler.task._tag, handler.task.name]

const refShape = (ref: AnyRef): unknown => {
  if (ref.of === "record") return Object.keys(ref.fields ?? {}).sort().map((key) => [key, refShape(ref.fields![key]!)])
  return [ref.of, ref.node ?? null, ref.at]
}

const conditionShape = (condition: Condition): unknown => {
  switch (condition._tag) {
    case "Is":
      return [condition.question, condition.node]
    case "Not":
      return ["not", conditionShape(condition.condition)]
    default:
      return [condition._tag, condition.conditions.map(conditionShape)]
  }
}

const schemas = new WeakMap<AnyCodec, string>()

const optionalDigest = (codec: AnyCodec | undefined): string | null => codec === undefined ? null : schemaDigest(codec)

/** The digest of what a schema records. */
export const schemaDigest = (codec: AnyCodec): string => {
  const known = schemas.get(codec)
  if (known !== undefined) return known
  const digest = codec === anyJson
    ? "json"
    : createHash("sha256").update(schemaText(codec)).digest("base64").slice(0, 22)
  schemas.set(codec, digest)
  return digest
}

const schemaText = (codec: AnyCodec): string => {
  try {
    return JSON.stringify(Schema.toJsonSchemaDocument(jsonCodec(codec)))
  } catch {
    return `schema without a JSON form: ${codec.ast._tag}`
  }
}
