import { expect, test } from "vitest"
import { play } from "./scenario.ts"

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

test("Bodies on pools break no invariant, whoever dies", () => {
  // These found faults: a living worker taken as dead, an attempt that outlived its node, a failure unheard.
  const seeds = [217, 455, 556, 602, 778, 2_114, 20_374, ...range(1, 12)]
  expect(seeds.flatMap((seed) => play(seed, { pools: true }).violations)).toEqual([])
})

test("Bodies on pools break no invariant where storage takes its time to answer", () => {
  const seeds = [204, 422, 524, 535, ...range(1, 6)]
  expect(seeds.flatMap((seed) => play(seed, { answers: "slowly", pools: true }).violations)).toEqual([])
})
