/**
 * A workflow with every kind of node, whose bodies leave traces.
 * Its result depends on its variant only, never on what was killed.
 */
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import process from "node:process"
import { Schedule, Schema, signal, task, type TaskContext, workflow } from "../../mod.ts"
import { trace } from "./trace.ts"

/** What is in the workflow and how long its bodies take. */
export interface Variant {
  /** Milliseconds a body takes, at most. */
  readonly pace: number
  /** Whether it waits for a person. */
  readonly approval: boolean
  /** Whether a task that must not run twice is in it. */
  readonly payment: boolean
  /**
   * Whether a node fails until the file named by `PINNACE_TEST_MENDED`
   * exists, so that the run has to be retried by hand.
   */
  readonly broken: boolean
  readonly parallelism: number
}

/** A typed error that passes. */
export class Flaky extends Schema.TaggedError<Flaky>()("Flaky", { node: Schema.String }) {}

/** The signal the workflow waits for, when it has an approval. */
export const approval = signal("approval", Schema.Struct({ by: Schema.String }))

/** The input every run of it is started with. */
export const input = { keys: ["a", "b", "c", "d", "e"] }

/** Waits for some milliseconds, unless the signal fires. */
export const pause = (context: TaskContext, millis: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, millis)
    context.signal.addEventListener("abort", () => {
      clearTimeout(timer)
      trace(context, "aborted")
      reject(new Error("aborted"))
    })
  })

const spread = (text: string): number => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 97, 7) / 97

/** A body that traces its beginning and end and takes a time of its own. */
const work = async <A>(context: TaskContext, pace: number, result: () => A | Promise<A>): Promise<A> => {
  trace(context, "begin")
  await pause(context, pace * spread(`${context.node} ${context.attempt}`))
  const value = await result()
  trace(context, "end")
  return value
}

const isMended = (): boolean => existsSync(process.env["PINNACE_TEST_MENDED"] ?? "")

const text = Schema.String

/** A handler that only leaves its trace. */
const follow = (pace: number) => (_: unknown, context: TaskContext): Promise<void> => work(context, pace / 2, () => {})

const makeStep = (pace: number) =>
  task("step", {
    input: { text },
    output: text,
    cache: { version: 1 },
    run: (it, context) => work(context, pace, () => `${it.text}+`)
  })

const makePage = (pace: number) =>
  task("page", {
    input: { key: text },
    output: text,
    errors: [Flaky],
    cache: { version: 1 },
    retry: { limit: 2, backoff: "15 millis", while: (error) => error._tag === "Flaky" },
    onExit: follow(pace),
    run: ({ key }, context) =>
      work(context, pace, () => {
        if ("bd".includes(key) && context.attempt === 1) throw new Flaky({ node: context.node })
        return key.toUpperCase()
      })
  })

const makeFragile = (pace: number) =>
  task("fragile", {
    output: text,
    errors: [Flaky],
    retry: Schedule.exponential("10 millis").pipe(Schedule.upTo({ times: 3 })),
    hooks: { retrying: follow(pace), succeeded: follow(pace) },
    run: (_, context) =>
      work(context, pace, () => {
        if (context.attempt < 3) throw new Flaky({ node: context.node })
        return "third time lucky"
      })
  })

const makeLate = (pace: number) =>
  task("late", {
    output: text,
    timeout: "40 millis",
    retry: { limit: 1 },
    run: (_, context) => {
      const answer = () => context.attempt === 1 ? pause(context, 5000).then(() => "never") : "in time"
      return work(context, pace / 4, answer)
    }
  })

/** A body that starts children of its own. */
const makeGather = (pace: number) => {
  const [step, page] = [makeStep(pace), makePage(pace)]
  return task("gather", {
    output: Schema.Array(text),
    run: async (_, context) => {
      trace(context, "begin")
      const first = await context.call("part-1", step, { text: "p" })
      const others = await Promise.all([
        context.call("part-2", page, { key: "b" }),
        context.call("part-3", step, { text: "q" })
      ])
      trace(context, "end")
      return [first, ...others]
    }
  })
}

const makeGuarded = (pace: number) =>
  task("guarded", {
    output: text,
    run: (_, context) =>
      Effect.gen(function* () {
        trace(context, "begin")
        yield* Effect.acquireRelease(Effect.succeed(0), () => Effect.sync(() => trace(context, "released")))
        yield* Effect.sleep(pace * spread(context.node))
        trace(context, "end")
        return "released"
      })
  })

const makePay = (pace: number) =>
  task("pay", { output: text, onCrash: "fail", run: (_, context) => work(context, pace, () => "paid") })

const makeBroken = ({ broken, pace }: Variant) =>
  task("broken", {
    output: text,
    run: (_, context) =>
      work(context, pace, () => {
        if (broken && !isMended()) throw new Error("not mended yet")
        return "whole"
      })
  })

/** A nested workflow whose first attempt fails as a whole. */
const makeInner = (pace: number) => {
  const failing = task("failing", {
    input: { text },
    output: text,
    run: (it, context) =>
      work(context, pace, () => {
        if (!context.node.includes("#2")) throw new Error("the first attempt of the whole fails")
        return `${it.text}!`
      })
  })
  return workflow("inner", { input: { text }, retry: { limit: 2, backoff: "15 millis" } }, (w) => {
    const x = w.node("x", makeStep(pace), { input: { text: w.input.text } })
    w.onExit(follow(pace))
    return w.node("y", failing, { input: { text: x } })
  })
}

const makeJoin = (pace: number) =>
  task("join", {
    input: { words: Schema.Array(text) },
    output: text,
    run: ({ words }, context) => work(context, pace, () => words.join(" "))
  })

/** The workflow of a variant. */
export const rich = (variant: Variant) => {
  const { pace, parallelism } = variant
  const [step, handler] = [makeStep(pace), follow(pace)]
  return workflow("rich", { input: { keys: Schema.Array(text) }, parallelism }, (w) => {
    const first = w.node("first", step, { input: { text: "1" } })
    const second = w.node("second", step, { input: { text: first }, onExit: handler })
    const hooks = { started: handler, succeeded: handler }
    const third = w.node("third", step, { input: { text: second }, hooks })
    const options = { key: (key: string) => key, concurrency: 3 }
    const pages = w.map("pages", w.input.keys, makePage(pace), (key) => ({ key }), options)
    const nested = w.node("nested", makeInner(pace), { input: { text: first }, onExit: handler })
    const flaky = w.node("flaky", makeFragile(pace))
    const slow = w.node("slow", makeLate(pace))
    const parts = w.node("parts", makeGather(pace))
    const effect = w.node("effect", makeGuarded(pace))
    const mended = w.node("broken", makeBroken(variant), { after: [first] })
    w.sleep("nap", "80 millis")
    const continueOn = { error: true, failed: true }
    const paid = variant.payment
      ? w.node("pay", makePay(pace), { after: [first], continueOn, default: "unpaid" })
      : mended
    const approved = variant.approval ? w.suspend(approval, { after: [second] }).at("by") : mended
    w.onExit(handler)
    w.on("started", handler)
    w.on("succeeded", handler)
    return w.node("join", makeJoin(pace), {
      needs: { third, pages, nested, flaky, slow, parts, effect, mended, paid, approved },
      input: (it) => ({
        words: [it.third, ...it.pages, it.nested, it.flaky, it.slow, ...it.parts, it.effect, it.mended, it.approved]
          .concat(variant.payment ? [it.paid] : [])
      })
    })
  })
}

/** What the workflow of a variant must give, whatever was killed; a payment may be refused after a crash. */
export const outputs = (variant: Variant): ReadonlyArray<string> => {
  const common = `1+++ A B C D E 1++! third time lucky in time p+ B q+ released whole ${
    variant.approval ? "a person" : "whole"
  }`
  return variant.payment ? [`${common} paid`, `${common} unpaid`] : [common]
}
