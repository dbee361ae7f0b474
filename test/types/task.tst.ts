/** What the compiler infers of tasks, and what it refuses. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { FailureOf, InputOf, OutputOf, ServicesOf } from "../../src/workflow/Runnable.ts"
import { keyedSemaphore } from "../../src/workflow/KeyedSemaphore.ts"
import { storedLimit } from "../../src/workflow/Semaphore.ts"
import { type Task, task } from "../../src/workflow/Task.ts"
import { holds, type Same } from "./assert.ts"
import { type countRows, Db, type fetchPage, NotFound, RateLimited } from "./fixtures.ts"

// A body's value, Promise or Effect gives the output.
const value = task("t", { run: () => "x" })
holds<Same<typeof value, Task<void, string, never, never>>>()
const promise = task("t", { run: async () => 5 })
holds<Same<typeof promise, Task<void, number, never, never>>>()
const effect = task("t", { run: () => Effect.succeed({ a: 1 }) })
holds<Same<typeof effect, Task<void, { a: number }, never, never>>>()
const union = task("t", { run: (_, { attempt }) => attempt > 1 ? "again" : "first" })
holds<Same<OutputOf<typeof union>, "again" | "first">>()
const either = task("t", { run: (_, { signal }) => signal.aborted ? Promise.resolve(1) : 2 })
holds<Same<OutputOf<typeof either>, number>>()
const nothing = task("t", { run: async () => {} })
holds<Same<OutputOf<typeof nothing>, void>>()
// What may be undefined is read back as null.
const perhaps = task("t", { run: (): string | undefined => undefined })
holds<Same<OutputOf<typeof perhaps>, string | null>>()

// Without a schema the output is JSON by its type; what nobody knows is left to the check of the value.
interface Tree {
  readonly name?: string | undefined
  readonly kids: ReadonlyArray<Tree>
}
const tree = task("t", { run: (): Tree => ({ kids: [] }) })
holds<Same<OutputOf<typeof tree>, Tree>>()
task("t", { run: (): Schema.Json => 5 })
task("t", { run: (): Record<string, ReadonlyArray<number>> => ({}) })
task("t", { run: async () => JSON.parse("5") })
task("t", { run: (): unknown => 5 })
task("t", {
  run: async () => {
    throw new Error("always")
  }
})

// Permits are told by the typed input; a keyed semaphore needs a key.
const perTenant = keyedSemaphore("tenant", { each: (key) => key.length, total: storedLimit(3) })
task("t", {
  input: { tenant: Schema.String, weight: Schema.Number },
  permits: ({ tenant, weight }) => [perTenant.take(weight, tenant)],
  run: ({ tenant }) => tenant
})
// @ts-expect-error -- without a key there is nothing to take
perTenant.take(1)
// @ts-expect-error -- the input has no such field
task("t", { input: { tenant: Schema.String }, permits: ({ user }) => [perTenant.take(1, user)], run: () => 1 })
// @ts-expect-error -- the key is a text
task("t", { input: { tenant: Schema.Number }, permits: ({ tenant }) => [perTenant.take(1, tenant)], run: () => 1 })

// Input by schema or by fields; output by schema or by fields.
const bySchema = task("t", { input: Schema.String, run: (text) => text.length })
holds<Same<typeof bySchema, Task<string, number, never, never>>>()
holds<Same<InputOf<typeof fetchPage>, { readonly url: string }>>()
const byFields = task("t", { output: { a: Schema.String, b: Schema.optionalKey(Schema.Date) }, run: () => ({ a: "" }) })
holds<Same<OutputOf<typeof byFields>, { readonly a: string; readonly b?: Date }>>()
const literal = task("t", { output: { kind: Schema.Literals(["a", "b"]) }, run: async () => ({ kind: "a" }) })
holds<Same<OutputOf<typeof literal>, { readonly kind: "a" | "b" }>>()
const pairs = task("t", { output: Schema.Array(Schema.Tuple([Schema.String, Schema.Number])), run: () => [["a", 1]] })
holds<Same<OutputOf<typeof pairs>, ReadonlyArray<readonly [string, number]>>>()
const [a, b] = [Schema.Literals(["a", "b"]), Schema.Literal("b")]
const effects = task("t", {
  output: { a, b },
  errors: [RateLimited],
  run: Effect.fnUntraced(function* () {
    if ((yield* Effect.succeed(1)) > 1) return yield* new RateLimited({ after: 1 })
    return { a: "a", b: "b" }
  })
})
holds<Same<OutputOf<typeof effects>, { readonly a: "a" | "b"; readonly b: "b" }>>()
const mixed = (again: boolean) => again ? { a: "b", b: "b" } as const : Promise.resolve({ a: "a", b: "b" } as const)
task("t", { output: { a, b }, run: (_, { attempt }) => mixed(attempt > 1) })
task("t", {
  output: { a, b },
  run: (_, { attempt }) => {
    if (attempt > 1) return { a: "a", b: "b" }
    return Promise.resolve({ a: "b", b: "b" })
  }
})
const token = task("t", { input: { token: Schema.Redacted(Schema.String) }, run: ({ token }) => Redacted.value(token) })
holds<Same<InputOf<typeof token>, { readonly token: Redacted.Redacted<string> }>>()

// Errors are the union of the declared ones; services those listed.
holds<Same<FailureOf<typeof fetchPage>, RateLimited>>()
const two = task("t", { errors: [RateLimited, NotFound], run: () => 1 })
holds<Same<FailureOf<typeof two>, RateLimited | NotFound>>()
holds<Same<ServicesOf<typeof countRows>, Db>>()
task("t", { errors: [RateLimited], run: () => Effect.fail(new RateLimited({ after: 1 })) })
task("t", {
  errors: [RateLimited, NotFound],
  run: Effect.fnUntraced(function* () {
    if ((yield* Effect.succeed(1)) > 1) return yield* new NotFound()
    return 1
  })
})

// Handlers know the error, and the output where a schema declares it.
task("t", {
  output: Schema.Number,
  errors: [RateLimited],
  run: () => 5,
  onExit: ({ outcome }) => {
    if (outcome.phase === "Succeeded") holds<Same<typeof outcome.output, number>>()
    if (outcome.phase === "Failed") holds<Same<typeof outcome.error, RateLimited | undefined>>()
  }
})

// Retry policies see the declared errors.
task("t", { errors: [RateLimited], retry: { limit: 2, while: (error) => error.after > 1 }, run: () => 1 })
task("t", { errors: [RateLimited], retry: Schedule.exponential("1 second"), run: () => 1 })
task("t", {
  errors: [RateLimited],
  retry: Schedule.recurs(3).pipe(
    Schedule.setInputType<RateLimited>(),
    Schedule.while(({ input }) => input.after < 100)
  ),
  run: () => 1
})

// @ts-expect-error an Effect body fails with an error that is not declared
task("t", { run: () => Effect.fail(new RateLimited({ after: 1 })) })
// @ts-expect-error nobody knows with what it fails
task("t", { run: (): Effect.Effect<number, unknown> => Effect.succeed(1) })
// @ts-expect-error also where an output schema is given
task("t", { output: Schema.Number, run: (): Effect.Effect<number, unknown> => Effect.succeed(1) })
// @ts-expect-error another error is declared
task("t", { errors: [NotFound], run: () => Effect.fail(new RateLimited({ after: 1 })) })
// @ts-expect-error also where an output schema is given
task("t", { output: Schema.Number, run: () => Effect.fail(new RateLimited({ after: 1 })) })
// @ts-expect-error a service is used and not listed
task("t", { run: () => Effect.flatMap(Db, (db) => db.count()) })
// @ts-expect-error also where an output schema is given
task("t", { output: Schema.Number, run: () => Effect.flatMap(Db, (db) => db.count()) })
// @ts-expect-error the value does not fit the output schema
task("t", { output: Schema.String, run: () => 5 })
// @ts-expect-error the Promise does not fit the output schema
task("t", { output: Schema.String, run: async () => 5 })
// @ts-expect-error the Effect does not fit the output schema
task("t", { output: Schema.String, run: () => Effect.succeed(5) })
// @ts-expect-error a literal that is none of the schema's
task("t", { output: { kind: Schema.Literals(["a", "b"]) }, run: () => ({ kind: "c" }) })
// @ts-expect-error a field the input does not have
task("t", { input: { url: Schema.String }, run: ({ uri }) => uri })
// @ts-expect-error a retry predicate on an error the task cannot raise
task("t", { errors: [RateLimited], retry: { while: (_: NotFound) => true }, run: () => 5 })
// @ts-expect-error a tag the task cannot raise
task("t", { errors: [RateLimited], retry: { while: (error) => error._tag === "NotFound" }, run: () => 5 })
// @ts-expect-error a retry predicate on a task that raises no typed error
task("t", { retry: { while: () => true }, run: () => 5 })
// @ts-expect-error a schedule that looks at an error the task cannot raise
task("t", { errors: [NotFound], retry: Schedule.recurs(3).pipe(Schedule.setInputType<RateLimited>()), run: () => 5 })
// @ts-expect-error a schedule that looks at errors, on a task that raises none
task("t", { retry: Schedule.recurs(3).pipe(Schedule.setInputType<RateLimited>()), run: () => 5 })
// @ts-expect-error a schema that needs services to decode
task("t", { input: {} as Schema.Codec<string, string, Db>, run: () => 5 })
// @ts-expect-error nothing of these is JSON
task("t", { run: () => new Map([["a", 1]]) })
// @ts-expect-error nor with more around it
task("t", { run: () => Effect.succeed({ list: [{ at: new Date() }] }) })
// @ts-expect-error nor binary data
task("t", { run: async () => new Uint8Array(1) })
class Counter {
  count() {}
}
// @ts-expect-error nor what has methods
task("t", { run: () => new Counter() })
// @ts-expect-error nor a list with holes
task("t", { run: (): [number, undefined] => [1, undefined] })
