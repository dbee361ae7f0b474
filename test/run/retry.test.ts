import { describe, expect, it } from "vitest"
import {
  backoff,
  boundOf,
  decideRetry,
  type Decision,
  DELAY_MAX,
  type Failure,
  type RetryInput,
  standingText
} from "../../src/run/retry.ts"
import { isTransient } from "../../src/run/transient.ts"
import { normalizeRetry } from "../../src/workflow/normalizeRetry.ts"
import type { Retry, RetryOptions } from "../../src/workflow/Retry.ts"
import { forSeeds } from "./random.ts"

const failed: Failure = {
  phase: "Failed",
  reason: "TaskFailed",
  error: { _tag: "Busy" },
  tag: "Busy",
  message: "busy",
  at: 0
}

const policy = (options: RetryOptions<unknown>): Retry => normalizeRetry(options)!

const decide = (options: RetryOptions<unknown>, input: Partial<RetryInput> = {}): Decision =>
  decideRetry(policy(options), {
    attempt: 1,
    firstStartedAt: 0,
    now: 0,
    failure: failed,
    random: () => 0.5,
    ...input
  })

const why = (decision: Decision): string => decision.again ? `again after ${decision.delay}` : decision.why

describe("decideRetry() with a decision of its own", () => {
  const answers: ReadonlyArray<readonly [string, () => unknown, string]> = [
    ["the delay that it gives", () => ({ again: true, delay: "7 millis" }), "again after 7"],
    ["the delay of the policy when it gives none", () => ({ again: true }), "again after 3"],
    ["its reason to stop", () => ({ again: false, why: "enough" }), "enough"],
    [
      "no delay that is none",
      () => ({ again: true, delay: "soon" }),
      "the retry decision (decide) gave a delay that is none"
    ],
    [
      "no delay below zero",
      () => ({ again: true, delay: -1 }),
      "the retry decision (decide) gave a delay that is none"
    ],
    ["nothing else than a decision", () => undefined, "the retry decision (decide) gave undefined, not { again }"],
    [
      "what it throws as a reason to stop",
      () => {
        throw new Error("oh")
      },
      "the retry decision (decide) threw: oh"
    ]
  ]
  for (const [what, answer, expected] of answers) {
    it(`takes ${what}`, () => expect(why(decide({ backoff: 3, decide: answer as never }))).toBe(expected))
  }

  it("asks it last, with all failures", () => {
    const before = () =>
      [{ attempt: 1, phase: "Error", reason: "Defect", tag: "A", message: "a", error: undefined, at: 5 }] as const
    const asked: Array<unknown> = []
    const options: RetryOptions<unknown> = {
      limit: 2,
      decide: (history) => {
        asked.push(history)
        return { again: true }
      }
    }
    decide(options, { attempt: 2, firstStartedAt: 1, now: 9, before, failure: { ...failed, at: 8 } })
    expect(why(decide(options, { attempt: 3 }))).toContain("no more retries left")
    expect(asked).toEqual([{
      failures: [...before(), {
        attempt: 2,
        phase: "Failed",
        reason: "TaskFailed",
        tag: "Busy",
        message: "busy",
        error: failed.error,
        at: 8
      }],
      startedAt: 1,
      now: 9
    }])
  })
})

describe("decideRetry()", () => {
  it("follows the policy matrix", () => {
    const failures: Readonly<Record<string, Partial<Failure>>> = {
      typed: {},
      timeout: { reason: "Timeout", error: undefined },
      defect: { phase: "Error", reason: "Defect", error: undefined },
      transient: { phase: "Error", reason: "Defect", error: undefined, message: "read ECONNRESET" }
    }
    const covered = (on: NonNullable<Retry["on"]>) =>
      Object.keys(failures).filter((name) => decide({ on }, { failure: { ...failed, ...failures[name] } }).again)
    expect(covered("Always")).toEqual(["typed", "timeout", "defect", "transient"])
    expect(covered("OnFailure")).toEqual(["typed", "timeout"])
    expect(covered("OnError")).toEqual(["defect", "transient"])
    expect(covered("OnTransientError")).toEqual(["timeout", "transient"])
  })

  it("never retries what somebody else decided, whatever the policy", () => {
    for (const reason of ["Stopped", "Terminated", "FailFast", "LimitExceeded", "Crashed"] as const) {
      expect(decide({ on: "Always" }, { failure: { ...failed, reason } }).again, reason).toBe(false)
    }
  })

  it("allows as many retries as the limit says, and no limit means for ever", () => {
    expect([1, 2, 3].map((attempt) => decide({ limit: 2 }, { attempt }).again)).toEqual([true, true, false])
    expect(decide({ limit: 0 }).again).toBe(false)
    expect(decide({}, { attempt: 1_000_000 }).again).toBe(true)
  })

  it("asks in order: policy, limit, while, schedule, maxDuration", () => {
    const all: RetryOptions<unknown> = { on: "OnError", limit: 0, while: () => false, maxDuration: 0, backoff: 10 }
    const input: Partial<RetryInput> = { scheduled: "done" }
    expect(why(decide(all, input))).toContain("policy")
    expect(why(decide({ ...all, on: "Always" }, input))).toContain("limit 0")
    expect(why(decide({ ...all, on: "Always", limit: 9 }, input))).toContain("while")
    expect(why(decide({ ...all, on: "Always", limit: 9, while: () => true }, input))).toContain("schedule")
    expect(why(decide({ ...all, on: "Always", limit: 9, while: () => true }))).toContain("maxDuration")
  })

  it("gives `while` the typed error, and takes a throwing `while` for a no", () => {
    const seen: Array<unknown> = []
    expect(decide({ while: (error) => seen.push(error) > 0 }).again).toBe(true)
    expect(seen).toEqual([failed.error])
    const broken = decide({
      while: () => {
        throw new Error("oops")
      }
    })
    expect(why(broken)).toContain("threw: oops")
    expect(decide({ on: "Always", while: () => true }, { failure: { ...failed, error: undefined } }).again).toBe(false)
  })

  it("begins no attempt after maxDuration, counted from the first attempt", () => {
    const at = (now: number) => decide({ maxDuration: 2000, backoff: 500 }, { firstStartedAt: 1000, now }).again
    expect([2499, 2500, 2501].map(at)).toEqual([true, true, false])
    expect(decide({ maxDuration: "2 seconds", backoff: "5 seconds" }, { failure: { ...failed, phase: "Error" } }).again)
      .toBe(false)
  })

  it("waits for the longer of back-off and schedule", () => {
    expect(decide({ backoff: 100 }, { scheduled: { delay: 300 } })).toEqual({ again: true, delay: 300 })
    expect(decide({ backoff: 500 }, { scheduled: { delay: 300 } })).toEqual({ again: true, delay: 500 })
    expect(decide({}, { scheduled: { delay: Infinity } })).toEqual({ again: true, delay: DELAY_MAX })
    expect(decide({}, { scheduled: { delay: NaN } })).toEqual({ again: true, delay: 0 })
  })

  it("keeps jitter within its share, and never above the cap", () => {
    forSeeds(500, (random) => {
      const jitter = random.next()
      const decision = decide({ backoff: { duration: 1000, cap: 1500, jitter } }, { random: random.next })
      if (!decision.again) throw new Error(decision.why)
      expect(decision.delay).toBeGreaterThanOrEqual(Math.floor(1000 * (1 - jitter)))
      expect(decision.delay).toBeLessThanOrEqual(Math.min(1500, Math.ceil(1000 * (1 + jitter))))
    })
  })
})

describe("backoff()", () => {
  const delays = (options: RetryOptions<unknown>, count: number) =>
    Array.from({ length: count }, (_, index) => backoff(policy(options), index + 1))

  it("grows by the factor from the first delay up to the cap", () => {
    expect(delays({ backoff: "1 second" }, 4)).toEqual([1000, 2000, 4000, 8000])
    expect(delays({ backoff: { duration: 100, factor: 1 } }, 3)).toEqual([100, 100, 100])
    expect(delays({ backoff: { duration: 100, factor: 10, cap: 5000 } }, 4)).toEqual([100, 1000, 5000, 5000])
    expect(delays({}, 2)).toEqual([0, 0])
  })

  it("stays monotonic and bounded when the power overflows", () => {
    const all = delays({ backoff: { duration: "1 hour", factor: 10 } }, 400)
    for (let at = 1; at < all.length; at++) expect(all[at]).toBeGreaterThanOrEqual(all[at - 1]!)
    expect(all.every((delay) => delay > 0 && delay <= DELAY_MAX)).toBe(true)
    expect(all.at(-1)).toBe(DELAY_MAX)
    expect(new Date(Date.UTC(2100, 0) + DELAY_MAX).toISOString()).toContain("2200")
  })

  it("is a whole number from 0 to the bound for every policy", () => {
    forSeeds(2_000, (random) => {
      const extreme = [0, 1, 0.5, 1e3, 1e9, 1e300, Number.MAX_VALUE, -5, NaN, Infinity]
      const { pick } = random
      const options = { duration: pick(extreme), factor: pick(extreme), cap: pick(extreme), jitter: 0 }
      const delay = backoff({ ...policy({}), ...options }, 1 + random.below(2000))
      expect(Number.isInteger(delay) && delay >= 0 && delay <= DELAY_MAX, JSON.stringify(options)).toBe(true)
    })
  })
})

describe("isTransient()", () => {
  const ask = (message: string, more: Partial<Failure> = {}) =>
    isTransient({ ...failed, error: undefined, tag: "Error", message, ...more })

  it("knows the usual transient failures by code and phrase", () => {
    const yes = [
      "connect ECONNREFUSED 127.0.0.1:80",
      "socket hang up",
      "Request failed with status code 503",
      "429 Too Many Requests",
      "getaddrinfo EAI_AGAIN host",
      "SQLITE_BUSY: database is locked",
      "write EPIPE",
      "The operation timed out",
      "connect timeout"
    ]
    expect(yes.filter((message) => !ask(message))).toEqual([])
    const no = ["no such file", "status code 404", "row 15030 is bad", "permission denied", ""]
    expect(no.filter((message) => ask(message))).toEqual([])
    expect(ask("", { tag: "ETIMEDOUT" })).toBe(true)
  })

  it("believes an error that says itself whether it is retryable", () => {
    expect(ask("permission denied", { error: { isRetryable: true } })).toBe(true)
    expect(ask("permission denied", { error: { isTransient: true } })).toBe(true)
    expect(ask("ECONNRESET", { error: { isRetryable: false } })).toBe(false)
  })
})

describe("boundOf()", () => {
  it("counts the first attempt, and says nothing where there is no bound", () => {
    expect([{ limit: 3 }, { limit: 0 }, { limit: Infinity }, { limit: NaN }, undefined].map(boundOf))
      .toEqual([{ attempts: 4 }, { attempts: 1 }, {}, {}, {}])
  })
})

describe("standingText()", () => {
  it("says which attempt, of how many, and when the next one begins", () => {
    const until = Date.UTC(2026, 0, 1, 14, 2, 11)
    expect(standingText({ attempt: 3, attempts: 5, waiting: "Retry", until }, until)).toBe(
      "attempt 3/5, next at 14:02:11 UTC"
    )
    expect(standingText({ attempt: 3, attempts: 0, waiting: null, until: 0 }, 0)).toBe("attempt 3")
  })
})
