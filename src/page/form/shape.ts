/** What a JSON Schema asks a person for. Pure. What it cannot tell is asked for as JSON. */
import type { Json } from "../../run/Event.ts"

/** A JSON Schema, as far as it is looked at. */
export interface Schema {
  readonly type?: string
  readonly enum?: ReadonlyArray<Json>
  readonly const?: Json
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: ReadonlyArray<string>
  readonly items?: Schema
  readonly anyOf?: ReadonlyArray<Schema>
  readonly oneOf?: ReadonlyArray<Schema>
  readonly allOf?: ReadonlyArray<Schema>
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly format?: string
  readonly title?: string
  readonly description?: string
  readonly default?: Json
  readonly minimum?: number
  readonly maximum?: number
}

/** A part of an object. */
export interface Part {
  readonly name: string
  readonly isRequired: boolean
  readonly shape: Shape
}

/** What is asked for. */
export type Shape =
  & {
    readonly description?: string
    /** What it is unless somebody says otherwise. */
    readonly begins?: Json
  }
  & (
    | { readonly is: "text" | "boolean" | "json" | "nothing" }
    | { readonly is: "number"; readonly whole: boolean; readonly least?: number; readonly most?: number }
    | { readonly is: "choice"; readonly of: ReadonlyArray<Json> }
    | { readonly is: "object"; readonly parts: ReadonlyArray<Part> }
    | { readonly is: "list"; readonly of: Shape }
    | { readonly is: "maybe"; readonly of: Shape }
    | { readonly is: "one"; readonly of: ReadonlyArray<{ readonly title: string; readonly shape: Shape }> }
  )

/** The most levels that are asked for one by one; what lies deeper is JSON. */
const deepest = 8

/** What a schema asks for. */
export const shapeOf = (schema: Schema, root: Schema = schema, depth = 0): Shape => {
  const { default: begins, description } = schema
  return {
    ...description === undefined ? {} : { description },
    ...begins === undefined ? {} : { begins },
    ...plainShape(schema, root, depth)
  }
}

const plainShape = (given: Schema, root: Schema, depth: number): Shape => {
  if (depth > deepest) return { is: "json" }
  const schema = resolved(given, root)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return unionShape(choices, root, depth)
  if (schema.const !== undefined) return { is: "choice", of: [schema.const] }
  if (schema.enum !== undefined) return { is: "choice", of: schema.enum }
  switch (schema.type) {
    case "string":
      return { is: "text" }
    case "boolean":
      return { is: "boolean" }
    case "null":
      return { is: "nothing" }
    case "number":
    case "integer":
      return numberShape(schema)
    case "array":
      return schema.items === undefined ? { is: "json" } : { is: "list", of: shapeOf(schema.items, root, depth + 1) }
    case "object":
      return objectShape(schema, root, depth)
    default:
      return { is: "json" }
  }
}

const numberShape = ({ maximum, minimum, type }: Schema): Shape => ({
  is: "number",
  whole: type === "integer",
  ...minimum === undefined || minimum < -1e15 ? {} : { least: minimum },
  ...maximum === undefined || maximum > 1e15 ? {} : { most: maximum }
})

const objectShape = (schema: Schema, root: Schema, depth: number): Shape => {
  if (schema.properties === undefined) return { is: "json" }
  const required = new Set(schema.required)
  return {
    is: "object",
    parts: Object.entries(schema.properties).map(([name, it]) => ({
      name,
      isRequired: required.has(name),
      shape: shapeOf(it, root, depth + 1)
    }))
  }
}

const resolved = (schema: Schema, root: Schema): Schema => {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? "")?.[1]?.replaceAll("~1", "/").replaceAll("~0", "~")
  const found = name === undefined ? undefined : root.$defs?.[name]
  const base = found === undefined ? schema : resolved(found, root)
  return base.allOf === undefined ? base : Object.assign({}, base, ...base.allOf.map((it) => resolved(it, root)))
}

/** Numbers that JSON has no number for. */
const isOdd = ({ enum: of }: Schema): boolean =>
  of?.every((it) => ["NaN", "Infinity", "-Infinity"].includes(it as string)) === true

const unionShape = (all: ReadonlyArray<Schema>, root: Schema, depth: number): Shape => {
  const choices = all.map((it) => resolved(it, root)).filter((it) => !isOdd(it))
  const real = choices.filter(({ type }) => type !== "null")
  const some = real.length === 1 ? shapeOf(real[0]!, root, depth) : unionOf(real, root, depth)
  return real.length < choices.length ? { is: "maybe", of: some } : some
}

const unionOf = (choices: ReadonlyArray<Schema>, root: Schema, depth: number): Shape => {
  const constants = choices.map((it) => it.const ?? (it.enum?.length === 1 ? it.enum[0] : undefined))
  if (!constants.includes(undefined)) return { is: "choice", of: constants as ReadonlyArray<Json> }
  return { is: "one", of: choices.map((it, at) => ({ title: titleOf(it, at), shape: shapeOf(it, root, depth + 1) })) }
}

/** The tag of a member of a union, else its type. */
const titleOf = (schema: Schema, at: number): string => {
  const tag = schema.properties?.["_tag"] ?? schema.properties?.["type"] ?? schema.properties?.["kind"]
  const value = tag?.const ?? tag?.enum?.[0]
  return typeof value === "string" ? value : schema.title ?? schema.type ?? `${at + 1}`
}

/** The value that a form begins with. */
export const beginningOf = (shape: Shape): Json | undefined => {
  if (shape.begins !== undefined) return shape.begins
  switch (shape.is) {
    case "text":
      return ""
    case "boolean":
      return false
    case "nothing":
    case "maybe":
      return null
    case "choice":
      return shape.of.length === 1 ? shape.of[0] : undefined
    case "list":
      return []
    case "object":
      return Object.fromEntries(
        shape.parts.filter(({ isRequired }) => isRequired).flatMap((part) => {
          const value = beginningOf(part.shape)
          return value === undefined ? [] : [[part.name, value]]
        })
      )
    case "one":
      return beginningOf(shape.of[0]!.shape)
    default:
      return undefined
  }
}

/** What is missing or wrong in a value, with its place; nothing when the server may have it. */
export const faultsOf = (shape: Shape, value: Json | undefined, at = ""): ReadonlyArray<string> => {
  const here = at === "" ? "The value" : at
  if (value === undefined) return [`${here} is missing`]
  switch (shape.is) {
    case "number": {
      if (typeof value !== "number") return [`${here} is not a number`]
      if (shape.whole && !Number.isInteger(value)) return [`${here} is not a whole number`]
      if (shape.least !== undefined && value < shape.least) return [`${here} is less than ${shape.least}`]
      return shape.most !== undefined && value > shape.most ? [`${here} is more than ${shape.most}`] : []
    }
    case "list":
      return Array.isArray(value) ? value.flatMap((it, index) => faultsOf(shape.of, it as Json, `${at}[${index}]`)) : []
    case "maybe":
      return value === null ? [] : faultsOf(shape.of, value, at)
    case "object": {
      const fields = value as Readonly<Record<string, Json | undefined>>
      return shape.parts.flatMap(({ isRequired, name, shape: part }) =>
        fields[name] === undefined && !isRequired
          ? []
          : faultsOf(part, fields[name], at === "" ? name : `${at}.${name}`)
      )
    }
    default:
      return []
  }
}
