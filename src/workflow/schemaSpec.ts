/** The rule for schemas as authors give them. */
import * as Schema from "effect/Schema"
import { record, type Rule } from "./admit.ts"
import { shown } from "./values.ts"

/** A schema. */
export const schema: Rule = (value) =>
  Schema.isSchema(value) ? undefined : { what: `is ${shown(value)}`, hint: "Use a Schema" }

const fields = record((value) => {
  for (const [name, field] of Object.entries(value)) {
    if (!Schema.isSchema(field)) return { what: `has a field ${shown(name)} that is not a Schema`, hint: schemaHint }
  }
  return undefined
}, "Use a Schema, or a record of them such as { name: Schema.String }")

const schemaHint = "Use a Schema, or a record of them such as { name: Schema.String }"

/** A schema, or a record of fields. */
export const schemaSpec: Rule = Object.assign(
  (value: unknown) => Schema.isSchema(value) ? undefined : fields(value),
  { copy: (value: unknown) => Schema.isSchema(value) ? value : fields.copy!(value) }
)
