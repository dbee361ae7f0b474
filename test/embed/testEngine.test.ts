/** `TestEngine` with services: given as a layer, or as a layer for Effect tests. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { expect, onTestFinished, test } from "vitest"
import { EngineClosed, RunFailed, Schema, task, workflow } from "../../mod.ts"
import { PinnaceEngine } from "../../src/embed/effect.ts"
import { TestControl, TestEngine } from "../../src/testing/mod.ts"

class Mail extends Context.Service<Mail, { readonly send: (to: string) => Effect.Effect<number> }>()("test/Mail") {}
class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}

const sent: Array<string> = []
const mail = Layer.sync(Mail, () => {
  let count = 0
  return { send: (to) => Effect.sync(() => (sent.push(to), ++count)) }
})

const send = task("send", {
  input: Schema.String,
  output: Schema.Number,
  errors: [Busy],
  services: [Mail],
  retry: { limit: 2, backoff: "1 hour" },
  run: (to) => Effect.flatMap(Mail, (one) => one.send(to))
})
const twice = workflow("twice", { input: Schema.String, errors: [Busy], services: [Mail] }, (w) => {
  const first = w.node("first", send, { input: w.input })
  const pause = w.sleep("pause", "1 day", { after: [first] })
  return w.node("second", send, { input: w.input, after: [pause] })
})

test("Bodies get the services of the layer, which stand for the world outside: a crash leaves them as they are", async () => {
  const engine = new TestEngine({ layer: mail })
  onTestFinished(() => engine.close())
  engine.failNext(send, new Busy())
  const run = await engine.pinnace.start(twice, "ada")
  await engine.skip("2 hours")
  expect((await run.nodes()).map(({ path, phase }) => `${path} ${phase}`)).toEqual(["first Succeeded", "pause Running"])
  await engine.crash()
  expect(await engine.finish((await engine.pinnace.get(twice, run.id))!)).toBe(2)
})

test("What a layer acquired is released when the engine was closed", async () => {
  const log: Array<string> = []
  const body = Layer.effect(
    Mail,
    Effect.acquireRelease(
      Effect.succeed({ send: () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => log.push("body"))) }),
      () => Effect.sync(() => log.push("layer"))
    )
  )
  const engine = new TestEngine({ layer: body })
  await engine.pinnace.start(twice, "ada")
  await engine.settle()
  await engine.close()
  expect(log).toEqual(["body", "layer"])
})

test("A layer that takes time is built by make, in virtual time; the constructor says so", async () => {
  const late = Layer.effect(Mail, Effect.delay(Effect.succeed({ send: () => Effect.succeed(7) }), "1 hour"))
  expect(() => new TestEngine({ layer: late })).toThrow("await TestEngine.make({ layer })")
  const engine = await TestEngine.make({ layer: late, startAt: 0 })
  onTestFinished(() => engine.close())
  expect(engine.clock.time.now).toBe(3_600_000)
  expect(await engine.finish(await engine.pinnace.start(twice, "ada"))).toBe(7)
})

test("The error of a layer is that of the constructor and of make; what was acquired before is released", async () => {
  let released = 0
  const first = Layer.effectDiscard(Effect.acquireRelease(Effect.void, () => Effect.sync(() => void released++)))
  const failing = Layer.provide(Layer.effect(Mail, Effect.fail(new Busy())), first)
  expect(() => new TestEngine({ layer: failing })).toThrow(Busy)
  await expect(TestEngine.make({ layer: failing })).rejects.toBeInstanceOf(Busy)
  expect(released).toBe(2)
})

test("TestEngine.layer gives Effect tests the engine and its control; the test's own clock stands still", async () => {
  const program = Effect.gen(function* () {
    const [engine, control] = [yield* PinnaceEngine.with<Mail>(), yield* TestControl]
    yield* control.failNext(send, new Busy())
    const run = yield* engine.start(twice, "ada")
    const before = yield* Clock.currentTimeMillis
    yield* control.skip("2 hours")
    const nodes = (yield* run.nodes()).map(({ path, phase }) => `${path} ${phase}`)
    yield* control.crash
    const closed = yield* Effect.flip(run.result)
    const again = yield* engine.get(twice, run.id)
    const result = yield* control.finish(again)
    return { nodes, closed, result, passed: (yield* Clock.currentTimeMillis) - before }
  })
  const layers = Layer.merge(TestEngine.layer({ layer: mail }), TestClock.layer())
  expect(await Effect.runPromise(Effect.provide(program, layers))).toEqual({
    nodes: ["first Succeeded", "pause Running"],
    closed: expect.any(EngineClosed),
    result: 2,
    passed: 0
  })
})

test("Without a layer TestEngine.layer asks the test for the services; typed errors stay typed, and bodies can be replaced", async () => {
  const program = Effect.gen(function* () {
    const [engine, control] = [yield* PinnaceEngine.with<Mail>(), yield* TestControl]
    yield* control.failNext(send, new Busy(), new Busy(), new Busy())
    const busy = yield* Effect.flip(control.finish(yield* engine.start(twice, "ada")))
    yield* control.replace(send, () => Effect.die("no"))
    const failed = yield* Effect.flip(control.finish(yield* engine.start(twice, "ada")))
    return [busy, failed]
  })
  const provided = Effect.provide(program, Layer.provide(TestEngine.layer<Mail>(), mail))
  expect(await Effect.runPromise(provided)).toEqual([expect.any(Busy), expect.any(RunFailed)])
})

test.each([["2 dayz", "is not a duration"], [-1, "is -1 ms"], [Infinity, "is endless"]])(
  "Skipping %j is refused, and the clock stays as it was",
  async (duration, says) => {
    const engine = new TestEngine({ startAt: 5 })
    onTestFinished(() => engine.close())
    await expect(engine.skip(duration as number)).rejects.toThrow(`Cannot use the time to skip: it ${says}`)
    expect(engine.clock.time.now).toBe(5)
  }
)
