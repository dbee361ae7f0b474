import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { task, workflow } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"

test("A body may return a value, a Promise or an Effect", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const value = task("value", { run: () => 1 })
  const promise = task("promise", { run: async () => 2 })
  const effect = task("effect", { run: () => Effect.as(Effect.sleep("1 hour"), 3) })
  const all = workflow("all", {}, (w) => ({ a: w.node("a", value), b: w.node("b", promise), c: w.node("c", effect) }))
  const run = await bed.settle(pinnace.start(all))
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await bed.settle(run.result())).toEqual({ a: 1, b: 2, c: 3 })
})
