/**
 * What one evaluation may use.
 *
 * Owns: the counts of this evaluation. Invariant: past a bound there is a Refusal, whatever the expression does.
 */
import { Refusal } from "./ExprError.ts"

/** How many steps one evaluation may take. */
export const maxSteps = 1_000_000
/** How many list items and characters one evaluation may make. */
export const maxMemory = 16_000_000

/** The counts of one evaluation. */
export class Budget {
  #steps = 0
  #memory = 0

  /** One more step. Throws Refusal. */
  step(): void {
    if (++this.#steps > maxSteps) throw new Refusal(`expression takes more than ${maxSteps} steps`)
  }

  /** So many more items or characters. Throws Refusal. */
  grow(size: number): void {
    this.#memory += size
    if (!(this.#memory <= maxMemory)) throw new Refusal("memory budget exceeded")
  }
}
