import { describe, expect, it } from "vitest"
import { anchored, availableAt, spend, spent } from "../../src/lock/bucket.ts"
import { forSeeds } from "../run/random.ts"

const noon = 1_795_000_000_000
const rate = { limit: 10, per: 1000 }

describe("A token bucket", () => {
  it("is full at first, holds no more than its limit, and refills evenly", () => {
    expect(spent(0, rate, noon)).toBe(0)
    const empty = spend(0, rate, 10, noon)
    expect([0, 100, 250, 1000, 5000].map((after) => spent(empty, rate, noon + after))).toEqual([10, 9, 7.5, 0, 0])
  })

  it("says from when on there is enough, and never now", () => {
    const empty = spend(0, rate, 10, noon)
    expect([1, 4, 10].map((weight) => availableAt(empty, rate, weight, noon) - noon)).toEqual([100, 400, 1000])
    expect(availableAt(0, rate, 1, noon)).toBe(noon + 1)
  })

  it("makes nobody wait longer than one period when the clock was set back", () => {
    const empty = spend(0, rate, 10, noon)
    const earlier = noon - 3_600_000
    expect(spent(empty, rate, earlier)).toBe(10)
    expect(availableAt(empty, rate, 10, earlier) - earlier).toBe(1000)
  })

  it("goes on at its pace after the clock was set back, however often it is looked at (N7)", () => {
    let [fullAt, now] = [spend(0, rate, 10, noon), noon - 3_600_000]
    const begin = now
    for (let n = 0; n < 20; n++) {
      fullAt = anchored(fullAt, rate, now)
      if (spent(fullAt, rate, now) + 1 > rate.limit) now = availableAt(fullAt, rate, 1, now)
      fullAt = spend(anchored(fullAt, rate, now), rate, 1, now)
    }
    expect(now - begin).toBe(2_000)
  })

  it("scales what is missing when limit or period change", () => {
    const half = spend(0, rate, 5, noon)
    expect(spent(half, { limit: 100, per: 1000 }, noon)).toBe(50)
    expect(spent(half, { limit: 10, per: 250 }, noon)).toBe(10)
  })

  it("in any time grants no more than its limit and what that time brings, and is never idle when there is enough (N7)", () =>
    forSeeds(500, (random) => {
      const any = { limit: 1 + random.below(20), per: 1 + random.below(100_000) }
      const taken: Array<{ readonly at: number; readonly weight: number }> = []
      let [now, fullAt, most, excess] = [noon, 0, 0, 0]
      for (let n = 0; n < 60; n++) {
        now += random.below(2) * random.below(any.per)
        const weight = 1 + random.below(any.limit)
        if (spent(fullAt, any, now) + weight > any.limit) now = availableAt(fullAt, any, weight, now)
        most = Math.max(most, (spent(fullAt, any, now) + weight) / any.limit)
        fullAt = spend(fullAt, any, weight, now)
        taken.push({ at: now, weight })
      }
      for (const [n, { at: from }] of taken.entries()) {
        let sum = 0
        for (const { at, weight } of taken.slice(n)) {
          sum += weight
          excess = Math.max(excess, sum - any.limit - (at - from) * any.limit / any.per)
        }
      }
      expect(most).toBeLessThanOrEqual(1)
      expect(excess).toBeLessThanOrEqual(0.01)
    }))
})
