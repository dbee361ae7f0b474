import { describe, expect, test } from "vitest"
import { play } from "./scenario.ts"
import type { Answering } from "../../src/testing/simulation/answering.ts"

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

describe("storage that takes its time to answer", () => {
  test("breaks no invariant", () => {
    // These found faults: a hook never gone on with, requests that nobody repeated, an end refused, handlers left out.
    const seeds = [50, 1847, 2279, 3764, 4335, 20_371, 30_046, ...range(1, 20)]
    expect(seeds.flatMap((seed) => play(seed, { answers: "slowly" }).violations)).toEqual([])
  })

  test("gives the same history for the same seed", () => {
    for (const seed of range(1, 5)) {
      // Played from one place: stacks are part of the history, and those of Bun go far enough to tell two apart.
      const [once, again] = [1, 2].map(() => play(seed, { answers: "slowly" }).history)
      expect(once).toEqual(again)
    }
  })
})

test("Storage that answers at once breaks no invariant, whoever may interrupt whom", () => {
  // A run was executed after its storage was lost, or after what was recorded of it had been refused; 8654 and 13164:
  // a run that only read did not hear that storage was lost.
  const seeds = [415, 946, 1279, 1551, 5248, 8654, 13_164, ...range(1, 10)]
  expect(seeds.flatMap((seed) => play(seed, { preemption: false }).violations)).toEqual([])
  expect(seeds.flatMap((seed) => play(seed).violations)).toEqual([])
})

test("What storage answers at once costs no turn: however many operations it takes, the history is the same", () => {
  // Only without preemption, which draws from the seed between any two operations.
  const histories = (answers: Answering) =>
    range(1, 12).map((seed) => play(seed, { preemption: false, answers }).history.map(withoutStack))
  expect(histories("roundabout")).toEqual(histories("at once"))
})

const withoutStack = (line: string) => line.replace(/"stack":"(?:[^"\\]|\\.)*"/g, "")
