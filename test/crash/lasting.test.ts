/** Real processes that are killed while they work on what outlives them. More of it: `npm run crash -- --lasting`. */
import { expect, test } from "vitest"
import { playFlowKills, playScheduleKills } from "./lasting.ts"

test("S1 S2 S9 S10 Of each instant one run is started, by two processes that are killed at any commit", async () => {
  expect(await playScheduleKills(2)).toMatchObject({ violations: [] })
})

test("F1 F2 F3 A straight-line program gives what it gives without deaths of its process", async () => {
  expect(await playFlowKills(1)).toMatchObject({ violations: [] })
})
