/** What values of a schema look like, in words and as an example, for people who have to give one. */
import * as Schema from "effect/Schema"
import { type Json, jsonCodec } from "./codec.ts"
import type { AnyCodec } from "./Definition.ts"

/** What values look like. */
export interface Form {
  /** In words: `{ approved: boolean, note?: string }`; empty where there is nothing to give. */
  readonly value: string
  /** A value to begin with. */
  readonly example?: Json
}

const forms = new WeakMap<AnyCodec, Form>()

/** The form of a codec's values. */
export const formOf = (codec: AnyCodec): Form => {
  const known = forms.get(codec)
  if (known !== undefined) return known
  const made = makeForm(codec)
  forms.set(codec, made)
  return made
}

const makeForm = (codec: AnyCodec): Form => {
  try {
    const { definitions, schema } = Schema.toJsonSchemaDocument(jsonCodec(codec)) as unknown as Document
    if (schema.type === "null") return { value: "" }
    const types = { definitions, depth: 0 }
    return { value: wordsFor(schema, types), example: exampleOf(schema, types) }
  } catch {
    return { value: "a value" }
  }
}

/** The fields of an object. */
export interface Fields {
  readonly names: ReadonlyArray<string>
  /** Those that hold a text and nothing else. */
  readonly texts: ReadonlySet<string>
}

/** The fields of a codec's values; `undefined` where these may have any, or are not objects. */
export const fieldsOf = (codec: AnyCodec): Fields | undefined => {
  try {
    const { definitions, schema } = Schema.toJsonSchemaDocument(jsonCodec(codec)) as unknown as Document
    const types = { definitions, depth: 0 }
    const { additionalProperties, properties } = resolved(schema, types)
    // A struct drops what it does not know; a schema there is that of further fields.
    if (properties === undefined || typeof additionalProperties === "object") return undefined
    const names = Object.keys(properties)
    return { names, texts: new Set(names.filter((name) => resolved(properties[name]!, types).type === "string")) }
  } catch {
    return undefined
  }
}

interface JsonSchema {
  readonly additionalProperties?: unknown
  readonly type?: string
  readonly $ref?: string
  readonly enum?: ReadonlyArray<Json>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
}

interface Document {
  readonly schema: JsonSchema
  readonly definitions: Readonly<Record<string, JsonSchema>>
}

interface Types {
  readonly definitions: Readonly<Record<string, JsonSchema>>
  readonly depth: number
}

const deepest = 6

const resolved = (schema: JsonSchema, { definitions }: Types): JsonSchema =>
  plainNumber(
    schema.$ref === undefined ? schema : definitions[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)] ?? {}
  )

const farNumbers: ReadonlySet<Json> = new Set(["NaN", "Infinity", "-Infinity"])

/** Numbers that JSON cannot write are strings in the schema of every number; people are asked for a number. */
const plainNumber = (schema: JsonSchema): JsonSchema => {
  const { anyOf } = schema
  if (anyOf?.some(({ type }) => type === "number") !== true) return schema
  const rest = anyOf.filter((it) => it.enum?.every((one) => farNumbers.has(one)) !== true)
  return rest.length === 1 ? rest[0]! : { ...schema, anyOf: rest }
}

const wordsFor = (given: JsonSchema, types: Types): string => {
  if (types.depth > deepest) return "…"
  const schema = resolved(given, types)
  const inner = { ...types, depth: types.depth + 1 }
  if (schema.enum !== undefined) return schema.enum.map((it) => JSON.stringify(it)).join(" | ")
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map((it) => wordsFor(it, inner)))].join(" | ")
  if (schema.type === "array") return schema.items === undefined ? "a list" : `[${wordsFor(schema.items, inner)}, …]`
  if (schema.type !== "object") return schema.type ?? "any value"
  const fields = Object.entries(schema.properties ?? {}).map(([name, it]) =>
    `${name}${schema.required?.includes(name) === true ? "" : "?"}: ${wordsFor(it, inner)}`
  )
  return fields.length === 0 ? "an object" : `{ ${fields.join(", ")} }`
}

const plainExamples: Readonly<Record<string, Json>> = { string: "…", number: 1, integer: 1, boolean: true, array: [] }

const exampleOf = (given: JsonSchema, types: Types): Json => {
  const schema = resolved(given, types)
  if (types.depth > deepest) return null
  const inner = { ...types, depth: types.depth + 1 }
  if (schema.enum !== undefined) return schema.enum[0] ?? null
  if (schema.anyOf !== undefined) return schema.anyOf[0] === undefined ? null : exampleOf(schema.anyOf[0], inner)
  if (schema.type !== "object") return plainExamples[schema.type ?? ""] ?? null
  const needed = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name) === true)
  return Object.fromEntries(needed.map(([name, it]) => [name, exampleOf(it, inner)]))
}
