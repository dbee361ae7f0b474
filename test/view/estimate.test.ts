/** The estimate in the footer, for real runs on virtual time. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import { readEstimate } from "../../src/view/readEstimate.ts"
import { readRun } from "../../src/view/readRun.ts"
import { sourceOf } from "../../src/view/RunSource.ts"

const minutes = (n: number): number => n * 60_000
const work = task("work", { input: { n: Schema.Number }, run: ({ n }) => Effect.sleep(minutes(n)) })

/** Three minutes, then five; two minutes beside them. */
const flow = workflow("flow", {}, (w) => {
  const first = w.node("first", work, { input: { n: 3 } })
  w.node("second", work, { input: { n: 5 }, after: [first] })
  w.node("beside", work, { input: { n: 2 } })
})
const many = workflow("many", {}, (w) => {
  w.map("items", [1, 1, 1, 1, 1, 1, 1], work, (n) => ({ n }), { concurrency: 2 })
})

const follow = async (engine: TestEngine, started: Promise<{ readonly id: string }>) => {
  const { pinnace } = engine
  const { id } = await started
  const source = sourceOf(pinnace.engine)
  const estimate = await Effect.runPromise(readEstimate(source, id))
  return async () => estimate((await Effect.runPromise(readRun(source, id)))!, engine.clock.time.now)
}

test("The first run of a graph is not foretold, the second is by the first", async () => {
  const engine = new TestEngine()
  const first = await engine.pinnace.start(flow)
  const left = await follow(engine, Promise.resolve(first))
  await engine.skip("1 minute")
  expect(await left()).toBeUndefined()
  await engine.finish(first)
  const again = await follow(engine, engine.pinnace.start(flow))
  await engine.settle()
  expect(await again()).toBe(minutes(8))
  await engine.skip("4 minutes")
  expect(await again()).toBe(minutes(4))
  await engine.close()
})

test("A list alone is foretold by its own items", async () => {
  const engine = new TestEngine()
  const left = await follow(engine, engine.pinnace.start(many))
  await engine.skip("30 seconds")
  expect(await left()).toBeUndefined()
  await engine.skip("1 minute")
  // Two half done, three to come, two at once.
  expect(await left()).toBe(minutes(2))
  await engine.close()
})
