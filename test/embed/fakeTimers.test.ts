/** An engine in a test that has put fake timers in the place of the real ones. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { open, Schema, task, workflow } from "../../mod.ts"
import { TestEngine } from "../../src/testing/mod.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const one = task("one", { output: Schema.Number, run: async () => await Promise.resolve(1) })
const flow = workflow("flow", {}, (w) => {
  w.sleep("nap", "1 hour")
  return w.node("one", one)
})

test("TestEngine goes on, on its own clock", async () => {
  const engine = new TestEngine()
  const run = await engine.pinnace.start(flow)
  expect(await engine.finish(run)).toBe(1)
  await engine.close()
})

test("An engine goes on, and what waits for time waits for the fake one", async () => {
  const pinnace = await open(":memory:")
  const run = await pinnace.start(flow)
  await vi.waitFor(
    async () => expect((await run.nodes()).find(({ path }) => path === "one")?.phase).toBe("Succeeded"),
    {
      timeout: 600_000
    }
  )
  expect((await run.status()).phase).toBe("Running")
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(await run.result()).toBe(1)
  await pinnace.close()
})
