import * as Schedule from "effect/Schedule"
import { describe, expect, it } from "vitest"
import { normalizeRetry } from "../../src/workflow/normalizeRetry.ts"

describe("normalizeRetry()", () => {
  it("gives nothing for no policy", () => {
    expect(normalizeRetry(undefined)).toBeUndefined()
  })

  it("fills in the defaults of the short form", () => {
    expect(normalizeRetry({})).toEqual({
      limit: Infinity,
      duration: 0,
      factor: 2,
      cap: Infinity,
      jitter: 0,
      maxDuration: Infinity,
      while: undefined,
      schedule: undefined,
      on: "Always"
    })
  })

  it("reads durations in every form, as the back-off itself or inside it", () => {
    expect(normalizeRetry({ backoff: "2 seconds" })).toMatchObject({ duration: 2000, factor: 2 })
    expect(normalizeRetry({ backoff: { seconds: 3 } })).toMatchObject({ duration: 3000 })
    const long = { duration: 50, factor: 1, cap: "1 minute", jitter: 0.1 } as const
    expect(normalizeRetry({ backoff: long, maxDuration: "1 hour" }))
      .toMatchObject({ duration: 50, factor: 1, cap: 60_000, jitter: 0.1, maxDuration: 3_600_000 })
  })

  it("retries failures only when a condition or schedule speaks about typed errors", () => {
    expect(normalizeRetry<unknown>({ while: () => true })?.on).toBe("OnFailure")
    expect(normalizeRetry({ schedule: Schedule.recurs(3) })?.on).toBe("OnFailure")
    expect(normalizeRetry<unknown>({ while: () => true, on: "Always" })?.on).toBe("Always")
  })

  it("takes a bare schedule for a whole policy", () => {
    const schedule = Schedule.recurs(3)
    const retry = normalizeRetry(schedule)!
    expect(retry.schedule).toBe(schedule)
    expect(retry).toMatchObject({ limit: Infinity, on: "OnFailure" })
  })

  it("marks what is not a duration with NaN, for the plan to report", () => {
    expect(normalizeRetry({ backoff: "soon" as "1 second" })?.duration).toBeNaN()
  })
})
