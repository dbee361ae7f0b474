/** What the mistakes beside this file are made with. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Schema, signal, task } from "../../../mod.ts"

export class Busy extends Schema.TaggedError<Busy>()("Busy", { after: Schema.Number }) {}

export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {}) {}

export class Db extends Context.Service<Db, { readonly count: Effect.Effect<number> }>()("Db") {}

export const hello = task("hello", { run: () => "hi" })

export const fetchPage = task("fetch-page", {
  input: { url: Schema.String },
  output: { status: Schema.Number, body: Schema.String },
  errors: [Busy],
  run: () => ({ status: 200, body: "" })
})

export const countRows = task("count-rows", { services: [Db], run: () => Effect.flatMap(Db, (db) => db.count) })

export const approval = signal("approval", { approved: Schema.Boolean })
