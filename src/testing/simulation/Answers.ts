/**
 * When nodes that wait for a signal get it: at once, some steps later, or only when nothing else can happen any more.
 *
 * Owns: how long each of them is still left waiting. Does not own: the values, who sends them.
 */

/** Steps that an answer takes at most, unless it is left to the end. */
const stepsMost = 40

/** The answers of one seed. */
export class Answers {
  readonly #left = new Map<string, number>()
  readonly #random: () => number
  readonly #isCalm: boolean

  /** `isCalm`: each is answered at once, as where nothing goes wrong. */
  constructor(random: () => number, isCalm: boolean) {
    this.#random = random
    this.#isCalm = isCalm
  }

  /** Whether the node of a run is to be answered in this step; asked in each step while it waits. */
  isDue(node: string): boolean {
    const left = this.#left.get(node) ?? this.delay()
    this.#left.set(node, left - 1)
    return left === 0
  }

  /** It does not wait any more: the next time it is left waiting anew. */
  over(waiting: ReadonlySet<string>): void {
    for (const node of this.#left.keys()) if (!waiting.has(node)) this.#left.delete(node)
  }

  /** Steps until somebody acts; `Infinity`: not before all else has happened. */
  delay(): number {
    if (this.#isCalm) return 0
    const draw = this.#random()
    return draw < 0.3 ? 0 : draw < 0.7 ? Math.floor(this.#random() * stepsMost) : Infinity
  }
}
