/** The time for which an absent process is waited for, as it passes on machines that are busy or stand still. */
import { expect, it } from "vitest"
import { pauseAwake } from "../../src/postgres/Link.ts"

/** Waits 1,000 ms where the n-th wait is late by so much; answers how long that took, and how many waits. */
const waited = async (lateBy: (wait: number) => number): Promise<readonly [millis: number, waits: number]> => {
  let now = 0
  let waits = 0
  await pauseAwake(1_000, async (millis) => {
    now += millis + lateBy(waits++)
  }, () => now)
  return [now, waits]
}

it("delays do not add up, and no time in which the process stood still passes for the time of the others", async () => {
  expect(await waited(() => 0)).toEqual([1_000, 4])
  // Only the last delay prolongs it.
  expect(await waited(() => 60)).toEqual([1_060, 4])
  expect(await waited((wait) => wait === 3 ? 0 : 60)).toEqual([1_000, 4])
  // A minute counts as 375 ms: 625 ms are still waited for.
  expect(await waited((wait) => wait === 0 ? 60_000 : 0)).toEqual([60_250 + 625, 4])
  const [millis] = await waited(() => 10_000)
  expect(millis).toBeGreaterThan(30_000)
})
