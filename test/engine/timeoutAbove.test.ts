/** A time limit of what is around a composite: its retries do not outlive it. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { semaphore, task, workflow } from "../../mod.ts"
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
  expect((await run.nodes()).map(({ attempt, path }) => [path, attempt])).toEqual([["inner", 1], ["inner/slow", 1]])
})

const flaky = task("flaky", {
  run: () => {
    throw new Error("not yet")
  }
})
const failing = workflow("failing", {}, (w) => void w.node("flaky", flaky))

test("A composite whose run was suspended before its next attempt is not begun again once the time of its run is over", async () => {
  const bed = new TestBed()
  const one = semaphore("one", { limit: 1 })
  const brief = task("brief", { permits: [one.take()], run: () => Effect.sleep("5 minutes") })
  const holder = workflow("holder", {}, (w) => void w.node("brief", brief))
  const again = { limit: 3, on: "Always", backoff: "1 minute" } as const
  const outer = workflow(
    "outer",
    { timeout: "10 minutes" },
    (w) => void w.node("inner", failing, { retry: again, permits: [one.take()] })
  )
  const pinnace = bed.open({ workflows: [outer, holder] })
  const run = await bed.settle(pinnace.start(outer))
  await bed.until(() => bed.events(run, "AttemptFailed").length > 0)
  const other = await bed.settle(pinnace.start(holder))
  await bed.until(() => bed.events(run, "NodeWaiting").length > 0)
  await bed.settle(run.suspend())
  expect((await bed.ended(other)).phase).toBe("Succeeded")
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(bed.events(run, "AttemptStarted")).toEqual([])
})
