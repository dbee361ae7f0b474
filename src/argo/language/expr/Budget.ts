/**
 * What one evaluation may use, so that it ends soon whatever the expression is.
 *
 * Owns: the counts of this evaluation. Invariant: past a bound there is a Refusal, whatever the expression does.
 */
import { Refusal } from "./ExprError.ts"

/** How many steps one evaluation may take. */
const maxSteps = 1_000_000
/** How many list items and characters one evaluation may make, and how many one function may be given. */
export const maxMemory = 16_000_000
/** How much functions, comparisons and regular expressions may work: about 10 ns each, so a second or some. */
export const maxWork = 100_000_000

/** The counts of one evaluation. */
export class Budget {
  #steps = 0
  #memory = 0
  #work = 0

  /** One more step. Throws Refusal. */
  step(): void {
    if (++this.#steps > maxSteps) throw new Refusal(`expression takes more than ${maxSteps} steps`)
  }

  /** So many more items or characters. Throws Refusal. */
  grow(size: number): void {
    this.#memory += Math.max(0, size)
    if (!(this.#memory <= maxMemory)) throw new Refusal("memory budget exceeded")
  }

  /** So much more work. Throws Refusal. */
  work(units: number): void {
    this.#work += units
    if (!(this.#work <= maxWork)) {
      throw new Refusal("expression works for too long: its lists and texts are too long for what it does with them")
    }
  }
}
