/** Errors, services, tasks and signals the type tests speak about. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { signal } from "../../src/workflow/Signal.ts"
import { task } from "../../src/workflow/Task.ts"

/** An error with a field. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", { after: Schema.Number }) {}

/** Another error. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {}) {}

/** A service of the embedding app. */
export class Db extends Context.Service<Db, { readonly count: () => Effect.Effect<number> }>()("test/Db") {}

/** No input, plain output. */
export const hello = task("hello", { run: () => "hi" })

/** A struct for input, a schema for output, one error. */
export const fetchPage = task("fetch-page", {
  input: { url: Schema.String },
  output: Schema.String,
  errors: [RateLimited],
  run: async ({ url }) => url
})

/** A list for input. */
export const countWords = task("count-words", {
  input: { pages: Schema.Array(Schema.String) },
  run: ({ pages }) => pages.length
})

/** Needs a service. */
export const countRows = task("count-rows", {
  services: [Db],
  output: Schema.Number,
  run: () => Effect.flatMap(Db, (db) => db.count())
})

/** Text for input, no output. */
export const notify = task("notify", { input: Schema.String, run: () => {} })

/** A signal with a value. */
export const approval = signal("approval", Schema.Boolean)
