import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schedule, Schema, task, workflow } from "../../mod.ts"
import type { Pinnace, RunHandle, Workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", { after: Schema.Number }) {}

const waiting = async (run: RunHandle<unknown>, attempt: number) =>
  (await run.nodes()).some((node) => node.waiting === "Retry" && node.attempt === attempt)

/** Ends the process: as SIGKILL does, or in order. */
const ways: ReadonlyArray<readonly [string, (bed: TestBed, pinnace: Pinnace) => void | Promise<void>]> = [
  ["a crash", (bed, pinnace) => bed.crash(pinnace)],
  ["a close", (bed, pinnace) => bed.settle(pinnace.close())]
]

/** Starts, ends the process while attempt `attempt` waits for the next one, lets `pause` pass, opens again. */
const interrupted = async (
  bed: TestBed,
  one: Workflow<void, unknown, unknown>,
  attempt: number,
  end: (bed: TestBed, pinnace: Pinnace) => void | Promise<void>
) => {
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(async () => waiting((await first.get(id))!, attempt))
  await end(bed, first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  return run
}

for (const [how, end] of ways) {
  test(`After ${how} in the back-off the next attempt has the next number and begins at the recorded instant`, async () => {
    const bed = new TestBed()
    const attempts: Array<readonly [number, number]> = []
    const begin = bed.now
    const flaky = task("flaky", {
      retry: { limit: 4, backoff: { duration: "10 seconds", factor: 2 } },
      run: (_: void, { attempt }) => {
        attempts.push([attempt, bed.now - begin])
        if (attempt < 4) throw new Error("again")
      }
    })
    const run = await interrupted(bed, workflow("w", {}, (w) => w.node("flaky", flaky)), 2, end)
    await bed.ended(run)
    expect(attempts).toEqual([[1, 0], [2, 10_000], [3, 30_000], [4, 70_000]])
    expect(await nodeOf(run, "flaky")).toMatchObject({ phase: "Succeeded", attempt: 4 })
  })

  test(`After ${how} the limit is not counted anew`, async () => {
    const bed = new TestBed()
    let calls = 0
    const flaky = task("flaky", {
      retry: { limit: 2, backoff: "1 second" },
      run: () => {
        calls++
        throw new Error("no")
      }
    })
    const run = await interrupted(bed, workflow("w", {}, (w) => w.node("flaky", flaky)), 2, end)
    await bed.ended(run)
    expect(calls).toBe(3)
  })

  test(`After ${how} a Schedule goes on where it was: delays, errors and its end`, async () => {
    const bed = new TestBed()
    const inputs: Array<Array<number>> = []
    const schedule = () => {
      const seen: Array<number> = []
      inputs.push(seen)
      return Schedule.fibonacci("1 second").pipe(
        Schedule.upTo({ times: 4 }),
        Schedule.setInputType<Busy>(),
        Schedule.while(({ input }) => seen.push(input.after) > 0)
      )
    }
    const define = () =>
      workflow("w", {}, (w) =>
        w.node(
          "flaky",
          task("flaky", {
            errors: [Busy],
            retry: schedule(),
            run: (_: void, { attempt }) => Effect.fail(new Busy({ after: attempt }))
          })
        ))
    const first = bed.open({ workflows: [define()] })
    const { id } = await bed.settle(first.start(define()))
    await bed.until(async () => waiting((await first.get(id))!, 2))
    await end(bed, first)
    const run = (await bed.open({ workflows: [define()] }).get(id))!
    await bed.ended(run)
    expect(bed.events(run, "AttemptFailed").map(({ delay }) => delay)).toEqual([1_000, 1_000, 2_000, 3_000])
    expect(inputs.at(-1)).toEqual([1, 2, 3, 4])
    expect((await nodeOf(run, "flaky")).attempt).toBe(5)
  })
}

test("Time that passed while no process was there counts: an overdue attempt begins at once", async () => {
  const bed = new TestBed()
  let begun = 0
  const flaky = task("flaky", {
    retry: { limit: 1, backoff: "10 seconds" },
    run: (_: void, { attempt }) => {
      begun = bed.now
      if (attempt === 1) throw new Error("again")
    }
  })
  const one = workflow("w", {}, (w) => w.node("flaky", flaky))
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(async () => waiting((await first.get(id))!, 1))
  bed.crash(first)
  bed.elapse(3_600_000)
  const reopened = bed.now
  await bed.ended((await bed.open({ workflows: [one] }).get(id))!)
  expect(begun).toBe(reopened)
})

test("An attempt that was running when its process died is begun again with its number, and does not count as one more", async () => {
  const bed = new TestBed()
  const attempts: Array<number> = []
  const flaky = task("flaky", {
    retry: { limit: 1, backoff: "1 second" },
    run: (_: void, { attempt }) => {
      attempts.push(attempt)
      return Effect.andThen(Effect.sleep("1 minute"), Effect.die("no"))
    }
  })
  const one = workflow("w", {}, (w) => w.node("flaky", flaky))
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(() => attempts.length === 2)
  await bed.quiet()
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.ended(run)
  expect(attempts).toEqual([1, 2, 2])
  expect(bed.events(run, "AttemptStarted")).toMatchObject([{ attempt: 2, rerun: 0 }, { attempt: 2, rerun: 1 }])
})

test('A task with onCrash "fail" is not run again after its process died: the node ends in Error and says so', async () => {
  const bed = new TestBed()
  let calls = 0
  const charge = task("charge", {
    onCrash: "fail",
    retry: { limit: 5 },
    run: () => Effect.andThen(Effect.sync(() => calls++), Effect.sleep("1 minute"))
  })
  const one = workflow("w", {}, (w) => w.node("charge", charge))
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(() => calls === 1)
  await bed.quiet()
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.ended(run)
  expect(calls).toBe(1)
  expect(await nodeOf(run, "charge")).toMatchObject({
    phase: "Error",
    reason: "Crashed",
    message: expect.stringContaining("must not run twice")
  })
})

test("A task that kills its process again and again ends in Error after limits.reruns", async () => {
  const bed = new TestBed()
  let calls = 0
  const killer = task("killer", { run: () => Effect.andThen(Effect.sync(() => calls++), Effect.never) })
  const one = workflow("w", {}, (w) => w.node("killer", killer))
  const options = { workflows: [one], limits: { reruns: 3 } }
  let pinnace = bed.open(options)
  const { id } = await bed.settle(pinnace.start(one))
  for (let life = 1; life <= 4; life++) {
    await bed.until(() => calls === life)
    await bed.quiet()
    bed.crash(pinnace)
    pinnace = bed.open(options)
  }
  const run = (await pinnace.get(id))!
  await bed.ended(run)
  expect(calls).toBe(4)
  expect(await nodeOf(run, "killer")).toMatchObject({
    phase: "Error",
    reason: "Crashed",
    message: expect.stringContaining("died 4 times")
  })
})

test("A nested workflow that waits to be retried goes on after a crash with its next attempt, not with a new one", async () => {
  const bed = new TestBed()
  let calls = 0
  const leaf = task("leaf", {
    run: () => {
      if (++calls < 3) throw new Error("again")
    }
  })
  const inner = workflow(
    "inner",
    { retry: { limit: 3, backoff: { duration: "1 minute", factor: 1 } } },
    (w) => void w.node("leaf", leaf)
  )
  const run = await interrupted(
    bed,
    workflow("w", {}, (w) => void w.node("sub", inner)),
    2,
    (bed, pinnace) => bed.crash(pinnace)
  )
  await bed.ended(run)
  expect(calls).toBe(3)
  expect(await phases(run)).toEqual({
    sub: "Succeeded",
    "sub/leaf": "Error",
    "sub#2/leaf": "Error",
    "sub#3/leaf": "Succeeded"
  })
})

test("maxDuration and the total timeout are counted from the first attempt, across a crash", async () => {
  const bed = new TestBed()
  const define = (retry: object, timeout: object) => task("flaky", { retry, ...timeout, run: () => Effect.die("no") })
  const limited = define({ backoff: { duration: "10 seconds", factor: 1 }, maxDuration: "25 seconds" }, {})
  const timed = define({ backoff: { duration: "10 seconds", factor: 1 } }, { timeout: { total: "25 seconds" } })
  const one = workflow("w", {}, (w) => {
    w.node("limited", limited)
    w.node("timed", timed)
  })
  const begin = bed.now
  const run = await interrupted(bed, one, 2, (bed, pinnace) => bed.crash(pinnace))
  await bed.ended(run)
  expect(await nodeOf(run, "limited")).toMatchObject({ attempt: 3, message: expect.stringContaining("maxDuration") })
  expect(await nodeOf(run, "timed")).toMatchObject({ attempt: 3, reason: "Timeout" })
  expect(bed.now - begin).toBeLessThanOrEqual(25_000)
})
