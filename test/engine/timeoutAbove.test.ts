/** A time limit of what is around a composite: its retries do not outlive it. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { task, workflow } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"

const slow = task("slow", { run: () => Effect.sleep("1 hour") })
const inner = workflow("inner", {}, (w) => void w.node("slow", slow))

test("A composite that is tried again is not tried again once the time of its run is over", async () => {
  const bed = new TestBed()
  const outer = workflow(
    "outer",
    { timeout: "10 minutes" },
    (w) => void w.node("inner", inner, { retry: { limit: 3 } })
  )
  const { ending, run } = await bed.play(outer)
  expect(ending).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(run.nodes().map(({ attempt, path }) => [path, attempt])).toEqual([["inner", 1], ["inner/slow", 1]])
})
