import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schedule, Schema, task, workflow } from "../../mod.ts"
import type { RetryOptions, RunHandle } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", { after: Schema.Number }) {}
class Wrong extends Schema.TaggedError<Wrong>()("Wrong", {}) {}
type Errors = Busy | Wrong

type How = "busy" | "wrong" | "defect" | "transient"

const fail = (how: How): Effect.Effect<never, Errors> => {
  if (how === "busy") return Effect.fail(new Busy({ after: 1 }))
  if (how === "wrong") return Effect.fail(new Wrong())
  return Effect.die(new Error(how === "transient" ? "connect ECONNREFUSED 127.0.0.1:80" : "a bug"))
}

/** A task that fails in these ways, one after the other, and then succeeds. */
const flaky = (hows: ReadonlyArray<How>, retry: RetryOptions<Errors> | Schedule.Schedule<unknown, Errors>) =>
  task("flaky", {
    errors: [Busy, Wrong],
    retry,
    run: (_: void, { attempt }) => {
      const how = hows[attempt - 1]
      return how === undefined ? Effect.succeed(attempt) : fail(how)
    }
  })

const play = async (...args: Parameters<typeof flaky>) => {
  const bed = new TestBed()
  const played = await bed.play(workflow("w", {}, (w) => w.node("flaky", flaky(...args))))
  const delays = bed.events(played.run, "AttemptFailed").map(({ delay }) => delay)
  return { ...played, delays, node: await nodeOf(played.run, "flaky") }
}

test("limit is how often it is tried again; the last failure says that none are left", async () => {
  const { ending, node } = await play(["busy", "busy", "busy", "busy"], { limit: 2 })
  expect(node).toMatchObject({
    phase: "Failed",
    reason: "TaskFailed",
    attempt: 3,
    message: expect.stringContaining("no more retries left")
  })
  expect(ending.error).toMatchObject({ tag: "Busy" })
})

test("Without a limit it is tried again until it succeeds", async () => {
  const { node, run, bed } = await play(Array.from({ length: 30 }, () => "busy" as const), {})
  expect(node).toMatchObject({ phase: "Succeeded", attempt: 31 })
  expect([node.reason, node.message]).toEqual([undefined, undefined])
  expect(await bed.settle(run.result())).toBe(31)
})

test("Without a policy there is one attempt", async () => {
  const bed = new TestBed()
  const once = task("once", { run: () => Effect.die("no") })
  const { run } = await bed.play(workflow("w", {}, (w) => w.node("once", once)))
  expect(await nodeOf(run, "once")).toMatchObject({ phase: "Error", attempt: 1 })
  expect(bed.events(run, "AttemptFailed")).toEqual([])
})

test("A plain backoff doubles", async () => {
  const { bed, delays, node, run } = await play(["busy", "busy", "busy", "busy"], { backoff: "1 second" })
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(node.finishedAt - (await run.status()).startedAt!).toBe(15_000)
  expect(bed.events(run, "AttemptStarted").map(({ attempt }) => attempt)).toEqual([2, 3, 4, 5])
})

test("factor and cap shape the backoff; factor 1 is constant", async () => {
  const capped = await play(["busy", "busy", "busy"], {
    backoff: { duration: "2 seconds", factor: 3, cap: "10 seconds" }
  })
  expect(capped.delays).toEqual([2_000, 6_000, 10_000])
  const constant = await play(["busy", "busy", "busy"], { backoff: { duration: 500, factor: 1 } })
  expect(constant.delays).toEqual([500, 500, 500])
})

test("jitter spreads the delay within its share, and not always in the same way", async () => {
  const hows = Array.from({ length: 20 }, () => "busy" as const)
  const { delays } = await play(hows, { backoff: { duration: 1_000, factor: 1, jitter: 0.5 } })
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(500)
  expect(Math.max(...delays)).toBeLessThanOrEqual(1_500)
  expect(new Set(delays).size).toBeGreaterThan(10)
})

test("No attempt begins later than maxDuration after the first", async () => {
  const { node } = await play(["busy", "busy", "busy", "busy"], {
    backoff: { duration: "4 seconds", factor: 1 },
    maxDuration: "10 seconds"
  })
  expect(node).toMatchObject({
    phase: "Failed",
    attempt: 3,
    message: expect.stringContaining("maxDuration (10000 ms)")
  })
})

test("while tries again only after the typed errors it answers yes to", async () => {
  const { node } = await play(["busy", "wrong"], { limit: 5, while: (error) => error._tag === "Busy" })
  expect(node).toMatchObject({ phase: "Failed", attempt: 2, message: expect.stringContaining("Wrong") })
  const defect = await play(["defect"], { limit: 5, while: () => true })
  expect(defect.node).toMatchObject({ phase: "Error", attempt: 1 })
})

test("while sees the error as the instance that was thrown", async () => {
  const seen: Array<unknown> = []
  await play(["busy"], { while: (error) => seen.push(error) > 0 })
  expect(seen[0]).toBeInstanceOf(Busy)
  expect(seen[0]).toMatchObject({ after: 1 })
})

test("A while that throws ends the node with the sentence that says so, and keeps the failure", async () => {
  const { node } = await play(["busy"], {
    while: () => {
      throw new Error("predicate broke")
    }
  })
  expect(node).toMatchObject({
    phase: "Failed",
    reason: "TaskFailed",
    message: expect.stringContaining("predicate broke")
  })
})

const policies = [
  ["Always", { busy: true, defect: true, transient: true }],
  ["OnFailure", { busy: true, defect: false, transient: false }],
  ["OnError", { busy: false, defect: true, transient: true }],
  ["OnTransientError", { busy: false, defect: false, transient: true }]
] as const

for (const [on, covers] of policies) {
  test(`The policy ${on} covers ${Object.entries(covers).filter(([, yes]) => yes).map(([how]) => how).join(" and ")} errors only`, async () => {
    for (const [how, again] of Object.entries(covers)) {
      const { node } = await play([how as How], { on, limit: 1 })
      expect([how, node.attempt]).toEqual([how, again ? 2 : 1])
      if (!again) expect(node.message).toContain(`the policy ${on} does not cover this failure`)
    }
  })
}

test("Timeouts count as failures and as transient", async () => {
  for (const on of ["OnFailure", "OnTransientError"] as const) {
    const bed = new TestBed()
    const slow = task("slow", {
      timeout: "5 seconds",
      retry: { on, limit: 1 },
      run: (_: void, { attempt }) => attempt === 1 ? Effect.never : Effect.void
    })
    const { run } = await bed.play(workflow("w", {}, (w) => w.node("slow", slow)))
    expect(await nodeOf(run, "slow")).toMatchObject({ phase: "Succeeded", attempt: 2 })
  }
})

test("A Schedule alone is a policy: its delays are waited for and its end ends the node", async () => {
  const { delays, node } = await play(
    ["busy", "busy", "busy", "busy"],
    Schedule.fibonacci("1 second").pipe(Schedule.upTo({ times: 3 }))
  )
  expect(delays).toEqual([1_000, 1_000, 2_000])
  expect(node).toMatchObject({
    phase: "Failed",
    attempt: 4,
    message: expect.stringContaining("the retry schedule is over")
  })
})

test("A Schedule sees the typed errors and may choose the delay by them", async () => {
  const schedule = Schedule.forever.pipe(
    Schedule.setInputType<Errors>(),
    Schedule.while(({ input }) => input._tag === "Busy"),
    Schedule.modifyDelay(({ input }) => Effect.succeed(Duration.seconds(input._tag === "Busy" ? input.after : 0)))
  )
  const { delays, node } = await play(["busy", "busy", "wrong"], schedule)
  expect(delays).toEqual([1_000, 1_000])
  expect(node).toMatchObject({ phase: "Failed", attempt: 3, message: expect.stringContaining("Wrong") })
})

test("A Schedule inside the short form is combined with limit and backoff; the longer delay counts", async () => {
  const { delays, node } = await play(["busy", "busy", "busy", "busy"], {
    limit: 3,
    backoff: { duration: "2 seconds" },
    schedule: Schedule.spaced("3 seconds")
  })
  expect(delays).toEqual([3_000, 4_000, 8_000])
  expect(node.attempt).toBe(4)
})

test("What a node says about retries replaces what its task says", async () => {
  const bed = new TestBed()
  const flaky = task("flaky", { retry: { limit: 9 }, run: () => Effect.die("no") })
  const { run } = await bed.play(workflow("w", {}, (w) => w.node("flaky", flaky, { retry: { limit: 1 } })))
  expect((await nodeOf(run, "flaky")).attempt).toBe(2)
})

test("A total timeout covers all attempts and the waiting between them", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const flaky = task("flaky", {
    retry: { backoff: { duration: "1 second", factor: 1 } },
    timeout: { attempt: "3 seconds", total: "10 seconds" },
    run: () => Effect.never
  })
  const { run } = await bed.play(workflow("w", {}, (w) => w.node("flaky", flaky)))
  expect(bed.now - begin).toBe(10_000)
  expect(await nodeOf(run, "flaky")).toMatchObject({ phase: "Failed", reason: "Timeout", attempt: 3 })
})

test("A nested workflow is retried as a whole, each attempt a subtree of its own", async () => {
  let calls = 0
  const first = task("first", { run: () => ++calls })
  const second = task("second", { input: Schema.Number, run: (n) => n < 3 ? Effect.die("again") : Effect.succeed(n) })
  const inner = workflow(
    "inner",
    { retry: { limit: 5, backoff: { duration: "1 minute", factor: 1 } } },
    (w) => w.node("second", second, { input: w.node("first", first) })
  )
  const bed = new TestBed()
  const { run } = await bed.play(workflow("outer", {}, (w) => w.node("sub", inner)))
  expect(await phases(run)).toEqual({
    sub: "Succeeded",
    "sub/first": "Succeeded",
    "sub/second": "Error",
    "sub#2/first": "Succeeded",
    "sub#2/second": "Error",
    "sub#3/first": "Succeeded",
    "sub#3/second": "Succeeded"
  })
  expect(bed.events(run, "AttemptFailed")).toMatchObject([{ path: "sub", attempt: 1, delay: 60_000 }, {
    path: "sub",
    attempt: 2
  }])
  expect(await bed.settle(run.result())).toBe(3)
})

test("A nested workflow's retry predicate sees the typed error of the node that failed", async () => {
  const inner = workflow(
    "inner",
    { errors: [Busy, Wrong] },
    (w) => void w.node("flaky", flaky(["wrong", "wrong"], { limit: 0 }))
  )
  const seen: Array<unknown> = []
  const { run } = await new TestBed().play(
    workflow("outer", {}, (w) =>
      w.node("sub", inner, {
        retry: {
          limit: 3,
          while: (error) => seen.push(error) > 0 && error._tag === "Busy"
        }
      }))
  )
  expect(seen).toEqual([expect.any(Wrong)])
  expect((await nodeOf(run, "sub")).attempt).toBe(1)
})

test("While a node waits, why tells the failure, the attempt, the limit and the instant of the next", async () => {
  const bed = new TestBed()
  const one = workflow("w", {}, (w) => w.node("flaky", flaky(["busy", "busy"], { limit: 4, backoff: "20 minutes" })))
  const run = await bed.settle(bed.open().start(one))
  await bed.until(() => waits(run, 2))
  const { until } = await nodeOf(run, "flaky")
  const next = new Date(until).toISOString().slice(11, 19)
  expect(await run.why("flaky")).toEqual([{
    path: "flaky",
    because: expect.stringContaining(`attempt 2/5, next at ${next}`)
  }])
  expect(await run.why()).toEqual(await run.why("flaky"))
  expect(until - bed.now).toBe(40 * 60_000)
})

const waits = async (run: RunHandle<unknown>, attempt: number) =>
  (await run.nodes()).some((node) => node.waiting === "Retry" && node.attempt === attempt)

test("While a map's item waits, why tells its remaining plan too", async () => {
  const bed = new TestBed()
  const item = task("item", {
    input: Schema.Number,
    retry: { limit: 2, backoff: "1 hour" },
    run: () => Effect.die("no")
  })
  const run = await bed.settle(bed.open().start(workflow("w", {}, (w) => void w.map("m", [1], item, (n) => n))))
  await bed.until(() => waits(run, 1))
  expect((await run.why("m[0]"))[0]?.because).toContain("attempt 1/3, next at")
})

test("stop ends the waiting for a next attempt at once", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const one = workflow("w", {}, (w) => w.node("flaky", flaky(["busy", "busy"], { backoff: "1 day" })))
  const run = await bed.settle(bed.open().start(one))
  await bed.until(() => waits(run, 1))
  await bed.settle(run.stop())
  await bed.ended(run)
  expect(bed.now).toBe(begin)
  expect(await nodeOf(run, "flaky")).toMatchObject({ phase: "Failed", reason: "Stopped", attempt: 1 })
})

test("A decision of its own sees every failure, also those of an earlier process, and its delay is kept", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const seen: Array<ReadonlyArray<string>> = []
  const one = workflow("one", {}, (w) =>
    void w.node(
      "flaky",
      flaky(["busy", "defect", "busy"], {
        on: "Always",
        decide: ({ failures }) => {
          seen.push(failures.map(({ attempt, error, tag }) => `${attempt} ${tag} ${error instanceof Busy}`))
          return failures.length > 2 ? { again: false, why: "three are enough" } : { again: true, delay: "1 minute" }
        }
      })
    ))
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(() => seen.length === 2)
  await bed.quiet()
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  expect((await bed.ended(run)).message).toContain("three are enough")
  expect(bed.now - begin).toBe(120_000)
  expect(seen).toEqual([
    ["1 Busy true"],
    ["1 Busy true", "2 Error false"],
    ["1 Busy true", "2 Error false", "3 Busy true"]
  ])
})
