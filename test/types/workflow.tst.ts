/** What the compiler infers of workflows, and what it refuses. */
import * as Schema from "effect/Schema"
import { not, or } from "../../src/workflow/Condition.ts"
import { handler } from "../../src/workflow/Handler.ts"
import type { Outcome } from "../../src/workflow/Outcome.ts"
import type { FailureOf, InputOf, OutputOf, ServicesOf } from "../../src/workflow/Runnable.ts"
import type { Signal } from "../../src/workflow/Signal.ts"
import type { TaskContext } from "../../src/workflow/TaskContext.ts"
import { task } from "../../src/workflow/Task.ts"
import { type Workflow, workflow } from "../../src/workflow/Workflow.ts"
import { holds, type Same } from "./assert.ts"
import { approval, countRows, countWords, Db, fetchPage, hello, notify, RateLimited } from "./fixtures.ts"

const report = workflow("report", { input: { urls: Schema.Array(Schema.String) }, errors: [RateLimited] }, (w) => {
  const pages = w.map("pages", w.input.urls, fetchPage, (url) => ({ url }), { concurrency: 8 })
  const words = w.node("words", countWords, { needs: { pages }, input: ({ pages }) => ({ pages }) })
  w.onExit(({ outcome }) => {
    if (outcome.phase === "Failed") holds<Same<typeof outcome.error, RateLimited | undefined>>()
  })
  return words
})
holds<Same<typeof report, Workflow<{ readonly urls: ReadonlyArray<string> }, number, RateLimited, never>>>()

workflow("lists", {}, (w) => {
  const listed = w.node("listed", task("list", { output: Schema.Array(Schema.String), run: () => [] }))
  const inferred = w.node("inferred", task("list", { run: async () => ["a", "b"] }))
  w.map("over-listed", listed, fetchPage, (url) => {
    holds<Same<typeof url, string>>()
    return { url }
  })
  w.map("over-inferred", inferred, fetchPage, (url) => ({ url }))
  w.map("without-input", listed, hello)
  w.map("over-map", w.map("inner", [{ url: "" }], fetchPage, (one) => one), fetchPage, (url) => ({ url }))
})

const fields = { urls: Schema.Array(Schema.String), at: Schema.String, note: Schema.optionalKey(Schema.String) }

const outer = workflow("outer", { input: fields }, (w) => {
  holds<Same<InputOf<typeof report>["urls"], ReadonlyArray<string>>>()
  const greeting = w.node("greeting", hello)
  const first = w.node("first", report, { input: { urls: w.input.urls } })
  const mixed = w.node("mixed", report, { input: { urls: [greeting, "x"] }, after: [first] })
  // A guard or `continueOn` makes the output optional, a default makes it certain again.
  const guarded = w.node("guarded", report, { input: w.input, when: (_, input) => input.urls.length > 1 })
  const certain = w.node("certain", report, {
    needs: { guarded },
    input: (_, { urls }) => ({ urls }),
    when: ({ guarded }) => guarded !== undefined && guarded > 1,
    default: 5
  })
  const flaky = w.node("flaky", fetchPage, { input: { url: w.input.at("at") }, continueOn: { failed: true } })
  const told = w.node("told", notify, {
    needs: { outcome: flaky.outcome, certain, note: w.input.note },
    input: ({ certain, note, outcome }) => {
      holds<Same<typeof outcome, Outcome<string, RateLimited>>>()
      holds<Same<typeof certain, number>>()
      holds<Same<typeof note, string | undefined>>()
      return outcome.phase
    }
  })
  // With `depends` a need may be missing.
  w.node("late", notify, {
    needs: { greeting },
    depends: or(greeting.failed, not(w.outcome("told").succeeded)),
    input: ({ greeting }) => {
      holds<Same<typeof greeting, string | undefined>>()
      return greeting ?? ""
    }
  })
  const approved = w.suspend(approval)
  const answer = w.suspend("answer", { output: Schema.String, duration: "1 hour" })
  const sure = w.suspend("sure", { output: Schema.String, duration: "1 hour", default: "none" })
  w.sleep("pause", "1 second", { after: [approved] })
  const handled = w.node("handled", fetchPage, {
    input: { url: greeting },
    retry: { limit: 3, while: (error) => error.after > 1 },
    onExit: handler(notify, (exit) => {
      holds<Same<typeof exit.outcome, Outcome<string, RateLimited>>>()
      return exit.outcome.phase
    })
  })
  const many = w.map("many", [1, 2], report, (n, index, { flaky }) => ({ urls: [flaky ?? "", String(n + index)] }), {
    needs: { flaky },
    key: (n) => String(n),
    item: { retry: { limit: 1, while: (error) => error.after > 1 } }
  })
  w.on("failed", ({ run }) => void (run satisfies string))
  return { guarded, certain, flaky, told, approved, answer, sure, handled, many, mixed, length: greeting.at("length") }
})
holds<
  Same<OutputOf<typeof outer>, {
    readonly guarded: number | undefined
    readonly certain: number
    readonly flaky: string | undefined
    readonly told: void
    readonly approved: boolean
    readonly answer: string | undefined
    readonly sure: string
    readonly handled: string
    readonly many: ReadonlyArray<number>
    readonly mixed: number
    readonly length: number
  }>
>()
holds<Same<FailureOf<typeof outer>, RateLimited>>()

const stated = workflow(
  "stated",
  { output: { a: Schema.String }, services: [Db] },
  (w) => ({ a: w.node("a", hello, { after: [w.node("b", countRows)] }) })
)
holds<Same<OutputOf<typeof stated>, { readonly a: string }>>()
holds<Same<ServicesOf<typeof stated>, Db>>()
holds<Same<OutputOf<ReturnType<typeof silent>>, void>>()
const silent = () => workflow("silent", {}, () => {})

// A body that starts children sees their types.
export const composite = async (context: TaskContext): Promise<void> => {
  holds<Same<Awaited<ReturnType<typeof first>>, string>>()
  const first = () =>
    context.call("a", fetchPage, { url: "" }, { retry: { limit: 1, while: (error) => error.after > 1 } })
  await context.call("b", hello)
  // @ts-expect-error the input is missing
  await context.call("c", fetchPage)
  // @ts-expect-error the input is wrong
  await context.call("d", fetchPage, { url: 5 })
}

// Whoever sends a signal is held to its type.
declare const send: <O>(signal: Signal<O>, value: NoInfer<O>) => void
send(approval, true)
// @ts-expect-error a wrong signal value
send(approval, "yes")

workflow("refused", { input: { n: Schema.Number }, output: Schema.String }, (w) => {
  const text = w.node("text", hello)
  // @ts-expect-error the input is missing
  w.node("a", fetchPage)
  // @ts-expect-error the input is missing among options
  w.node("a", fetchPage, {})
  // @ts-expect-error a value of the wrong type
  w.node("a", fetchPage, { input: { url: 5 } })
  // @ts-expect-error a reference of the wrong type
  w.node("a", fetchPage, { input: { url: w.input.n } })
  // @ts-expect-error an input field that does not exist
  w.node("a", fetchPage, { input: { url: w.input.nope } })
  // @ts-expect-error a mapping to the wrong type
  w.node("a", fetchPage, { needs: { text }, input: ({ text }) => ({ url: text.length }) })
  // @ts-expect-error an unknown upstream in a mapping
  w.node("a", fetchPage, { needs: { text }, input: ({ nope }) => ({ url: nope }) })
  // @ts-expect-error a name instead of a reference
  w.node("a", fetchPage, { needs: { text: "text" }, input: () => ({ url: "" }) })
  // @ts-expect-error an optional output where a certain one is needed
  w.node("a", fetchPage, { input: { url: w.node("b", hello, { when: () => true }) } })
  // @ts-expect-error a guard that does not answer yes or no
  w.node("a", hello, { when: () => "yes" })
  // @ts-expect-error an unknown property of an output
  w.node("a", fetchPage, { input: { url: text.at("nope") } })
  // @ts-expect-error a default of the wrong type
  w.node("a", fetchPage, { input: { url: "" }, when: () => true, default: 5 })
  // @ts-expect-error a service the workflow does not list
  w.node("a", countRows)
  // @ts-expect-error a retry predicate on an error the task cannot raise
  w.node("a", fetchPage, { input: { url: "" }, retry: { while: (error) => error._tag === "NotFound" } })
  // @ts-expect-error a retry predicate on a task that raises no typed error
  w.node("a", hello, { retry: { while: () => true } })
  // @ts-expect-error a default that is no value of the signal
  w.suspend("a", { output: Schema.String, duration: 5, default: 5 })
  // @ts-expect-error items that are no list
  w.map("a", text, fetchPage, (url) => ({ url }))
  // @ts-expect-error items of the wrong type
  w.map("a", [1], fetchPage, (url) => ({ url }))
  // @ts-expect-error a handler mapped to the wrong input
  w.node("a", hello, { onExit: handler(notify, () => 5) })
  // @ts-expect-error a node that is none
  w.node("a", hello, { after: ["text"] })
  return text
})
// @ts-expect-error a result that does not fit the output schema
workflow("refused", { output: Schema.Number }, (w) => w.node("text", hello))
// @ts-expect-error a result that is not a reference
workflow("refused", {}, () => 5)

// A union is given as a plain value; references go deep.
const choice = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("a"), n: Schema.Number }),
  Schema.Struct({ kind: Schema.Literal("b"), pair: Schema.Tuple([Schema.String, Schema.Number]) })
])
const choose = task("choose", { input: choice, run: () => {} })
const customer = { order: Schema.Struct({ customer: Schema.Struct({ name: Schema.String, since: Schema.Date }) }) }
workflow("plain", { input: customer }, (w) => {
  w.node("a", choose, { input: { kind: "a", n: 1 } })
  w.node("b", choose, { input: { kind: "b", pair: ["x", 1] } })
  w.node("e", notify, { input: w.input.order.customer.name })
  w.node("f", fetchPage, { input: { url: w.input.order.customer.name } })
  // @ts-expect-error a date is one value
  w.node("g", notify, { input: w.input.order.customer.since.getTime })
})
