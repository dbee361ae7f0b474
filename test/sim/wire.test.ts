import { expect, test } from "vitest"
import { play } from "./scenario.ts"

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

test("A wire that loses, delays and cuts, and processes that are declared dead and come back break no invariant", () => {
  // These found limits that were told under a number that was lost, and never again; 6464 a stop that came between
  // the beginning of a node and the moment at which that was durable; 11626 a run that was begun under a number that
  // was lost, and ended each number after it; 104367 and 302968 a process that was over in the middle of its own step.
  const seeds = [562, 613, 672, 771, 1030, 6464, 11626, 104367, 302968, ...range(1, 25)]
  expect(seeds.flatMap((seed) => play(seed, { journal: "postgres" }).violations)).toEqual([])
})

test("The same seed gives the same history over a wire too", () => {
  for (const seed of range(1, 3)) {
    // Played from one place: stacks are part of the history, and those of Bun go far enough to tell two apart.
    const [once, again] = [1, 2].map(() => play(seed, { journal: "postgres" }).history)
    expect(once).toEqual(again)
  }
})
