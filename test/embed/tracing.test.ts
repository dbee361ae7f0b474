/** Spans of bodies are children of the span in which their run was started, here and after a restart. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { task, workflow } from "../../mod.ts"
import { layer, PinnaceEngine } from "../../src/embed/effect.ts"
import { removeTree } from "../removeTree.ts"

/** A tracer that keeps every span it made. */
const collecting = () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const parentOf = (name: string) => {
    const span = spans.find((it) => it.name === name)
    return span === undefined ? undefined : Option.getOrUndefined(span.parent)
  }
  return { spans, tracer, parentOf }
}

const child = task("child", { run: () => Effect.withSpan(Effect.void, "span of a child") })
const parent = task("parent", {
  run: (_, { call }) => Effect.withSpan(Effect.promise(() => call("c", child)), "span of a body")
})
const work = workflow("work", {}, (w) => {
  const first = w.node("first", parent)
  w.map("each", ["a"], task("item", { run: () => Effect.withSpan(Effect.void, "span of an item") }), () => undefined, {
    after: [first]
  })
})

const makePath = () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return join(directory, "state.db")
}

test("Spans of bodies, children and items are children of the starter's span, not of the span that opened the engine", async () => {
  const { parentOf, spans, tracer } = collecting()
  const program = Effect.gen(function* () {
    const engine = yield* PinnaceEngine
    yield* Effect.withSpan(engine.run(work), "the starter")
  })
  await Effect.runPromise(
    program.pipe(Effect.withTracer(tracer), Effect.provide(layer(":memory:")), Effect.withSpan("the app"))
  )
  const starter = spans.find(({ name }) => name === "the starter")!
  for (const name of ["span of a body", "span of a child", "span of an item"]) {
    expect([name, parentOf(name)?.spanId]).toEqual([name, starter.spanId])
  }
})

test("Two starters of one engine each have the spans of their own run", async () => {
  const { spans, tracer } = collecting()
  const program = Effect.gen(function* () {
    const engine = yield* PinnaceEngine
    yield* Effect.all(["one", "two"].map((name) => Effect.withSpan(engine.run(work), name)), { concurrency: 2 })
  })
  await Effect.runPromise(program.pipe(Effect.provide(layer(":memory:")), Effect.withTracer(tracer)))
  const parents = spans.filter(({ name }) => name === "span of a body").map((span) =>
    Option.getOrThrow(span.parent) as Tracer.Span
  )
  expect(parents.map(({ name }) => name).sort()).toEqual(["one", "two"])
})

test("After a restart bodies go on in the trace of whoever started the run; without a span they have none", async () => {
  const path = makePath()
  const body = (run: Effect.Effect<void>) =>
    workflow("slow", {}, (w) => void w.node("n", task("n", { run: () => Effect.withSpan(run, "the body") })))
  const [first, second] = [collecting(), collecting()]
  const begin = Effect.gen(function* () {
    const engine = yield* PinnaceEngine
    yield* engine.start(body(Effect.never), undefined, { id: "untraced" })
    yield* Effect.withSpan(engine.start(body(Effect.never), undefined, { id: "traced" }), "the starter")
  })
  await Effect.runPromise(begin.pipe(Effect.provide(layer(path)), Effect.withTracer(first.tracer)))
  const goOn = Effect.gen(function* () {
    const engine = yield* PinnaceEngine
    for (const id of ["traced", "untraced"]) yield* Effect.flatMap(engine.get(id), (run) => run.result)
  })
  const again = layer(path, { workflows: [body(Effect.void)] })
  await Effect.runPromise(goOn.pipe(Effect.provide(again), Effect.withTracer(second.tracer)))
  const starter = first.spans.find(({ name }) => name === "the starter")!
  const bodies = second.spans.filter(({ name }) => name === "the body").map(({ parent }) =>
    Option.getOrUndefined(parent)
  )
  expect(bodies).toHaveLength(2)
  expect(bodies.filter((parent) => parent === undefined)).toHaveLength(1)
  expect(bodies).toContainEqual(expect.objectContaining({ traceId: starter.traceId, spanId: starter.spanId }))
})

test("A starter's span with ids of no standard is passed on to no process and no server", async () => {
  const seen: Array<unknown> = []
  const asks = task("asks", { run: (_: void, { trace }) => void seen.push(trace) })
  const program = Effect.flatMap(
    PinnaceEngine,
    (engine) => engine.run(workflow("asks", {}, (w) => w.node("asks", asks)))
  )
  const odd = Tracer.externalSpan({ traceId: "a\r\nx: y", spanId: "b", sampled: true })
  await Effect.runPromise(
    program.pipe(Effect.provideService(Tracer.ParentSpan, odd), Effect.provide(layer(":memory:")))
  )
  expect(seen).toEqual([undefined])
})
