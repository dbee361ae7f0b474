import { expect, test } from "vitest"
import { type Play, play } from "./scenario.ts"

const faults = (seed: number, how: Play = {}) =>
  play(seed, { ...how, spans: true }).violations.map((violation) => `${seed}: ${violation}`)

test("T1 T2 T3 T6 What is told of spans is what the record says, whoever dies and whoever commands", () => {
  const seeds = Array.from({ length: 40 }, (_, n) => n + 1)
  expect(seeds.flatMap((seed) => faults(seed, { pools: seed % 4 === 0 }))).toEqual([])
  // A hook between two attempts lay outside of both.
  expect(faults(143, { answers: "slowly" })).toEqual([])
})
