/**
 * What a run fails with where its workflow states no errors: the
 * types and the run say the same, whichever way a node is reached.
 */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { and, not, or, RunFailed, Schema, signal, task, workflow } from "../../mod.ts"
import type { Workflow } from "../../mod.ts"
import { layer, PinnaceEngine } from "../../src/embed/effect.ts"
import type { FailureOf } from "../../src/workflow/Runnable.ts"
import { holds, type Same } from "../types/assert.ts"
import { TestBed } from "./TestBed.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", { after: Schema.Number }) {}
class Gone extends Schema.TaggedError<Gone>()("Gone", {}) {}

const busy = task("busy", {
  output: { n: Schema.Number },
  errors: [Busy],
  run: () => Effect.fail(new Busy({ after: 5 }))
})
const gone = task("gone", { input: Schema.Unknown, errors: [Gone], run: (given) => given === "ok" ? 1 : 2 })
const take = task("take", { input: Schema.Unknown, run: () => 1 })
const ok = task("ok", { run: () => 1 })
const go = signal("go")

const returned = workflow("returned", {}, (w) => w.node("busy", busy))
const inRecord = workflow("in-record", {}, (w) => ({ b: w.node("busy", busy), t: w.node("take", take, { input: 1 }) }))
const part = workflow("part", {}, (w) => w.node("busy", busy).at("n"))
const needed = workflow("needed", {}, (w) => {
  const needs = { b: w.node("busy", busy) }
  return w.node("gone", gone, { needs, input: ({ b }) => b.n })
})
const bound = workflow("bound", {}, (w) => w.node("take", take, { input: w.node("busy", busy) }))
const inField = workflow("in-field", {}, (w) => {
  const far = task("far", { input: { n: Schema.Number, list: Schema.Array(Schema.Number) }, run: () => 1 })
  return w.node("far", far, { input: { n: 1, list: [2, w.node("busy", busy).at("n")] } })
})
const after = workflow("after", {}, (w) => w.sleep("pause", "1 second", { after: [w.node("busy", busy)] }))
const awaited = workflow("awaited", {}, (w) => w.suspend(go, { after: [w.node("busy", busy)], duration: "1 second" }))
const asked = workflow("asked", {}, (w) => w.node("take", take, { input: 1, depends: w.node("busy", busy).succeeded }))
const askedInAll = workflow("asked-in-all", {}, (w) => {
  const other = w.node("gone", gone, { input: 1 })
  return w.node("take", take, {
    input: 1,
    depends: and(not(w.node("busy", busy).failed), or(other.succeeded, w.outcome("gone").failed))
  })
})
const items = workflow("items", {}, (w) => {
  const list = task("list", { output: Schema.Array(Schema.Number), errors: [Busy], run: () => new Busy({ after: 5 }) })
  return w.map("m", w.node("list", list), take, (n) => n)
})
const item = workflow("item", {}, (w) => w.map("m", [1], busy))
const nested = workflow("nested", {}, (w) => w.node("sub", needed))
const stated = workflow("stated", { errors: [Busy] }, (w) => void w.node("busy", busy))

holds<Same<FailureOf<typeof returned>, Busy>>()
holds<Same<FailureOf<typeof inRecord>, Busy>>()
holds<Same<FailureOf<typeof part>, Busy>>()
holds<Same<FailureOf<typeof needed>, Busy | Gone>>()
holds<Same<FailureOf<typeof bound>, Busy>>()
holds<Same<FailureOf<typeof inField>, Busy>>()
holds<Same<FailureOf<typeof after>, Busy>>()
holds<Same<FailureOf<typeof awaited>, Busy>>()
holds<Same<FailureOf<typeof asked>, Busy>>()
holds<Same<FailureOf<typeof askedInAll>, Busy | Gone>>()
holds<Same<FailureOf<typeof items>, Busy>>()
holds<Same<FailureOf<typeof item>, Busy>>()
holds<Same<FailureOf<typeof nested>, Busy | Gone>>()
holds<Same<FailureOf<typeof stated>, Busy>>()

const told: ReadonlyArray<Workflow<void, unknown, Busy | Gone>> = [
  returned,
  inRecord,
  part,
  needed,
  bound,
  inField,
  after,
  awaited,
  asked,
  askedInAll,
  items,
  item,
  nested,
  stated
]

for (const one of told) {
  test(`A typed error is what arrives, as the type says: ${one.name}`, async () => {
    const { bed, run } = await new TestBed().play(one)
    expect(await bed.rejection(run.result())).toBeInstanceOf(Busy)
  })
}

const aside = workflow("aside", {}, (w) => void w.node("busy", busy))
const besides = workflow("besides", {}, (w) => {
  w.node("busy", busy)
  return w.node("take", take, { input: 1 })
})
const byName = workflow("by-name", {}, (w) => {
  w.node("busy", busy)
  return w.node("take", take, { input: 1, after: [w.outcome("busy")] })
})
const askedByName = workflow("asked-by-name", {}, (w) => {
  w.node("busy", busy)
  return w.node("take", take, { input: 1, depends: and(w.outcome("busy").succeeded, w.node("ok", ok).succeeded) })
})
const others = workflow("others", { errors: [Gone] }, (w) => w.node("busy", busy))
const none = workflow("none", { errors: [] }, (w) => w.node("busy", busy))

holds<Same<FailureOf<typeof aside>, never>>()
holds<Same<FailureOf<typeof besides>, never>>()
holds<Same<FailureOf<typeof byName>, never>>()
holds<Same<FailureOf<typeof askedByName>, never>>()
holds<Same<FailureOf<typeof others>, Gone>>()
holds<Same<FailureOf<typeof none>, never>>()

const untold: ReadonlyArray<Workflow<void, unknown, Gone>> = [aside, besides, byName, askedByName, others, none]

for (const one of untold) {
  test(`An error that the type does not name arrives as the cause of RunFailed: ${one.name}`, async () => {
    const { bed, run } = await new TestBed().play(one)
    const error = await bed.rejection(run.result())
    expect(error).toBeInstanceOf(RunFailed)
    expect(error).toMatchObject({ node: "busy", cause: { _tag: "Busy", after: 5 } })
    expect(error.cause).toBeInstanceOf(Busy)
  })
}

test("Handlers of a workflow that states no errors are told the error, of which they know no type", async () => {
  const seen: Array<unknown> = []
  const one = workflow("handled", {}, (w) => {
    w.onExit(({ outcome }) => {
      if (outcome.phase === "Failed") holds<Same<typeof outcome.error, unknown>>()
      if (outcome.phase === "Failed") seen.push(outcome.error)
    })
    return w.node("busy", busy)
  })
  await new TestBed().play(one)
  expect(seen).toEqual([expect.any(Busy)])
})

test("What is no typed error of a child is a defect for an Effect body", async () => {
  const broken = task("broken", { run: () => Effect.die("no luck") })
  const parent = task("parent", {
    run: (_: void, { effect }) =>
      effect("broken", broken).pipe(
        Effect.catch((error) => Effect.succeed(`caught ${error satisfies never}`)),
        Effect.catchDefect((defect) => Effect.succeed(defect instanceof RunFailed ? "a defect" : "something else"))
      )
  })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => w.node("parent", parent)))
  expect(await bed.settle(run.result())).toBe("a defect")
})

test("An Effect app catches an inferred error by its tag, and nothing but the engine's own errors is left", async () => {
  const program = Effect.gen(function* () {
    const engine = yield* PinnaceEngine
    const caught = engine.run(bound).pipe(Effect.catchTag("Busy", ({ after }) => Effect.succeed(after)))
    holds<Same<Extract<Effect.Error<typeof caught>, Busy | Gone>, never>>()
    const left = engine.run(aside).pipe(Effect.catchTag("RunFailed", ({ cause }) => Effect.succeed(cause)))
    return [yield* caught, yield* left]
  })
  const [after, cause] = await Effect.runPromise(Effect.provide(program, layer(":memory:")))
  expect(after).toBe(5)
  expect(cause).toBeInstanceOf(Busy)
})
