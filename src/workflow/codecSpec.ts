// deno-lint-ignore-file no-explicit-any -- type parameters that a signature does not look at
/** How authors give schemas: a schema, or a record of fields, which means a struct. */
import * as Schema from "effect/Schema"
import type { AnyCodec } from "./Definition.ts"

/** A schema that needs no services. */
export type PureSchema = Schema.ConstraintCodec<any, any, never, never>

/** Schemas by field name. */
export type FieldSpec = Readonly<Record<string, PureSchema>>

/** A schema or a record of fields. */
export type CodecSpec = PureSchema | FieldSpec

/** The type of the values a specification stands for; none stands for `void`. */
export type TypeOf<S> = S extends Schema.Constraint ? S["Type"] : S extends FieldSpec ? Schema.Struct.Type<S> : void

/** The schema a specification stands for; none stands for `Schema.Void`. */
export const toCodec = (spec: CodecSpec | undefined): AnyCodec => {
  if (spec === undefined) return Schema.Void
  return (Schema.isSchema(spec) ? spec : Schema.Struct(spec as Schema.Struct.Fields)) as AnyCodec
}

/** Schemas of tagged errors, as `errors` lists them. */
export type ErrorSpec = ReadonlyArray<PureSchema>

/** The union of the listed errors; `never` for an empty list, or for none. */
export type ErrorOf<S extends ErrorSpec | undefined> = S extends ErrorSpec ? S[number]["Type"] : never

/** The schema of the union of the listed errors, or `undefined` when none is listed. */
export const toErrorCodec = (errors: ErrorSpec | undefined): AnyCodec | undefined => {
  if (errors === undefined || errors.length === 0) return undefined
  return (errors.length === 1 ? errors[0] : Schema.Union(errors)) as AnyCodec
}
