/**
 * Seeded randomness for property tests: the same seed gives the
 * same cases, and a failing seed is named in the test's output.
 */

import process from "node:process"

/** A stream of random choices. */
export interface Random {
  /** From 0 (included) to 1 (excluded). */
  readonly next: () => number
  /** An integer from 0 to `bound - 1`. */
  readonly below: (bound: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(choices: ReadonlyArray<A>) => A
  readonly shuffle: <A>(list: ReadonlyArray<A>) => Array<A>
}

/** The stream of one seed (mulberry32). */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)]!,
    shuffle: (list) => {
      const copy = [...list]
      for (let at = copy.length - 1; at > 0; at--) {
        const other = below(at + 1)
        const kept = copy[at]!
        copy[at] = copy[other]!
        copy[other] = kept
      }
      return copy
    }
  }
}

/** How many cases of a long sweep are played: all with `npm test -- --long`, else a fifth. */
export const sweepOf = (count: number): number =>
  process.env["PINNACE_TEST_LONG"] === undefined ? Math.ceil(count / 5) : count

/** Runs a property for seeds 1 to `count`; the first seed that breaks it is named. */
export const forSeeds = (count: number, property: (random: Random, seed: number) => void): void => {
  for (let seed = 1; seed <= count; seed++) {
    try {
      property(seeded(seed), seed)
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
}
