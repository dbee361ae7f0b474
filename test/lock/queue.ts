/** Random queues and a plain bookkeeping of who holds what, for properties of the permit rule. */
import type { PermitRow, Take } from "../../src/lock/Permit.ts"
import type { Random } from "../run/random.ts"

export const names: ReadonlyArray<string> = ["a", "b", "c", "~3/t/x", "~3/t/y"]

/** One to three takes, in any order, perhaps with a name twice. */
export const drawTakes = (random: Random): ReadonlyArray<Take> =>
  Array.from({ length: 1 + random.below(3) }, () => ({ name: random.pick(names), weight: 1 + random.below(3) }))

/** A waiting request. */
export const row = (arrival: number, takes: ReadonlyArray<Take>, priority = 0): PermitRow => ({
  run: 1,
  path: `n${arrival}`,
  priority,
  takes,
  arrival,
  askedAt: 1,
  grantedAt: 0
})

/** How much of each name these requests take. */
export const sum = (rows: Iterable<PermitRow>): Map<string, number> => {
  const sums = new Map<string, number>()
  for (const { takes } of rows) {
    const weights = new Map<string, number>()
    for (const { name, weight } of takes) weights.set(name, Math.max(weight, weights.get(name) ?? 0))
    for (const [name, weight] of weights) sums.set(name, (sums.get(name) ?? 0) + weight)
  }
  return sums
}
