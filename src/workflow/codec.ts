// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/**
 * Values to JSON and back by schema, compiled once per schema. Undefined
 * (and so `void`) is recorded as `null`; secrets are recorded by name.
 *
 * Owns: the compiled functions per schema.
 */
import * as Schema from "effect/Schema"
import type { AnyCodec } from "./Definition.ts"
import { toJson } from "./json.ts"
import { type Fits, fitsOf } from "./plainJson.ts"
import { seal } from "./sealing.ts"

/** Any JSON value. */
export type Json = Schema.Json

/** For outputs without a schema: plain JSON values as they are; anything else is refused with the path to it. */
export const anyJson: AnyCodec = Schema.Unknown.annotate({ title: "JSON" }) as AnyCodec

interface Compiled {
  readonly encode: (value: any) => Json
  readonly decode: (json: any) => unknown
  /** Tells values that need neither, where there may be such. */
  readonly fits?: Fits | undefined
}

const compiled = new WeakMap<AnyCodec, Compiled>()

const compiledOf = (codec: AnyCodec): Compiled => {
  const known = compiled.get(codec)
  if (known !== undefined) return known
  const made = compile(codec)
  compiled.set(codec, made)
  return made
}

/**
 * The function from typed values to JSON; it throws an error that
 * names the path inside the value and never quotes the value.
 */
export const encodeJson = (codec: AnyCodec): (value: unknown) => Json => compiledOf(codec).encode

/** The function from JSON to typed values; it throws an error that names the path inside the value. */
export const decodeJson = (codec: AnyCodec): (json: unknown) => unknown => compiledOf(codec).decode

/** A typed value as JSON text; throws as `encodeJson` does. */
export const encodeText = (codec: AnyCodec, value: unknown): string => {
  const { encode, fits } = compiledOf(codec)
  return JSON.stringify(fits?.(value) === true ? value : encode(value)) ?? "null"
}

/** The typed value of a JSON text; throws as `decodeJson` does. */
export const decodeText = (codec: AnyCodec, text: string): unknown => {
  const { decode, fits } = compiledOf(codec)
  const json = JSON.parse(text) as unknown
  return fits?.(json) === true ? json : decode(json)
}

/** The schema whose plain encoding is the recorded form; throws when the schema has none. */
export const jsonCodec = (codec: AnyCodec): Schema.Codec<any, Json> =>
  Schema.toCodecJson(seal(codec)) as Schema.Codec<any, Json>

const compile = (codec: AnyCodec): Compiled => {
  if (codec === anyJson) return { encode: toJson, decode: (json) => json }
  const slow = general(codec)
  const { ast } = codec
  if (ast.checks !== undefined || ast.encoding !== undefined) return slow
  switch (ast._tag) {
    case "String":
      return passing((value) => typeof value === "string", slow)
    case "Boolean":
      return passing((value) => typeof value === "boolean", slow)
    case "Void":
      return { encode: () => null, decode: () => undefined }
    default:
      return { ...slow, fits: fitsOf(ast) }
  }
}

// Primitives are their own JSON; the general path is taken only to make the error.
const passing = (is: (value: unknown) => value is Json, slow: Compiled): Compiled => ({
  encode: (value) => is(value) ? value : slow.encode(value),
  decode: (json) => is(json) ? json : slow.decode(json)
})

const general = (codec: AnyCodec): Compiled => {
  let made: Compiled | undefined
  const make = (): Compiled => {
    const json = jsonCodec(codec)
    return made = { encode: Schema.encodeUnknownSync(json), decode: Schema.decodeUnknownSync(json) }
  }
  return { encode: (value) => (made ?? make()).encode(value), decode: (json) => (made ?? make()).decode(json) }
}
