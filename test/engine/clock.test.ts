/**
 * Clocks that are set back while nobody runs, or while a rate
 * is waited for: nothing stalls, nothing ends before it began.
 */
import { expect, test } from "vitest"
import * as Effect from "effect/Effect"
import { rateLimit, Schema, task, workflow } from "../../mod.ts"
import { nodeOf, TestBed } from "./TestBed.ts"

const day = 86_400_000
const minute = 60_000

test("A sleep, a retry and a timeout take no longer than they were meant to when the clock was set back in between", async () => {
  const flaky = task("flaky", {
    retry: { limit: 1, backoff: "1 hour" },
    run: (_: void, { attempt }) => attempt === 1 ? Effect.die("no") : Effect.void
  })
  const slow = task("slow", { timeout: "1 hour", run: () => Effect.never })
  const one = workflow("jumps", { failFast: false } as never, (w) => {
    w.sleep("nap", "1 hour")
    w.node("flaky", flaky)
    w.node("slow", slow)
  })
  const bed = new TestBed()
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(async () =>
    (await (await first.get(id))!.nodes()).filter(({ waiting }) => waiting !== undefined).length === 2
  )
  await bed.quiet()
  bed.crash(first)
  bed.setClock(-day)
  const back = bed.now
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.ended(run)
  expect(bed.now - back).toBeLessThanOrEqual(3_600_000)
  expect(await nodeOf(run, "flaky")).toMatchObject({ phase: "Succeeded", attempt: 2 })
  for (const { finishedAt, startedAt } of await run.nodes()) expect(finishedAt).toBeGreaterThanOrEqual(startedAt!)
  expect((await run.status()).finishedAt).toBeGreaterThanOrEqual((await run.status()).startedAt!)
})

test("A retry waits no longer than was decided when the clock is set back as it is decided", async () => {
  const bed = new TestBed()
  class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}
  const setBack = (): boolean => (bed.setClock(-minute * 5), true)
  const flaky = task("flaky", {
    errors: [Busy],
    retry: { limit: 1, backoff: "1 minute", while: setBack },
    run: (_: void, { attempt }) => attempt === 1 ? Effect.fail(new Busy()) : Effect.void
  })
  const before = bed.now
  const { run } = await bed.play(workflow("late", {}, (w) => void w.node("flaky", flaky)))
  expect(bed.now - before + minute * 5).toBe(minute)
  expect(await nodeOf(run, "flaky")).toMatchObject({ phase: "Succeeded", attempt: 2 })
})

test("A rate goes on at its pace after the clock was set back while nodes wait for it", async () => {
  const bed = new TestBed()
  let calls = 0
  const api = rateLimit("api", { limit: 1, per: "1 minute" })
  const call = task("call", { permits: [api.take()], run: () => void calls++ })
  const one = workflow("calls", {}, (w) => void w.map("m", [1, 2, 3, 4, 5], call, () => undefined))
  const run = await bed.settle(bed.open({ workflows: [one] }).start(one))
  await bed.until(() => calls === 2)
  await bed.quiet()
  bed.setClock(-day)
  await bed.ended(run)
  expect(calls).toBe(5)
})

test("A rate is served although every notice about it is lost: whoever waits looks again after one period", async () => {
  const bed = new TestBed()
  bed.loseRefills()
  let calls = 0
  const api = rateLimit("api", { limit: 1, per: "1 minute" })
  const call = task("call", { permits: [api.take()], run: () => void calls++ })
  const one = workflow("calls", {}, (w) => void w.map("m", [1, 2, 3, 4, 5], call, () => undefined))
  const begin = bed.now
  const run = await bed.settle(bed.open({ workflows: [one] }).start(one))
  await bed.ended(run)
  expect(calls).toBe(5)
  expect(bed.now - begin).toBeLessThanOrEqual(4 * 120_000)
})
