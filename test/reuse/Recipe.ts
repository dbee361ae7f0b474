/** Random tasks whose results may be reused: what counts, what does not, and a record of what was computed. */
import { mutex, Schema, task, type Workflow, workflow } from "../../mod.ts"
import type { AnyTask } from "../../src/workflow/Definition.ts"

/** One node of a random workflow. */
export interface Recipe {
  /** What counts: nodes that are equal in it share a result. */
  readonly counts: {
    readonly name: string
    readonly version: number
    readonly stage: string
    readonly input: { readonly n: number; readonly text: string }
    readonly isWide: boolean
    readonly isTyped: boolean
  }
  /** What does not. */
  readonly free: {
    readonly retry: boolean
    readonly timeout: boolean
    readonly permits: boolean
    readonly priority: number
    /** The order of the fields of what it depends on. */
    readonly isReversed: boolean
  }
}

/** Draws nodes that share a result or differ in one part of its key, by the seed. */
export const drawer = (random: () => number): () => Recipe => {
  const pick = <A>(...of: ReadonlyArray<A>): A => of[Math.floor(random() * of.length)]!
  const one = { name: "one", version: 1, stage: "a", input: { n: 1, text: "" }, isWide: false, isTyped: false }
  const others: ReadonlyArray<Recipe["counts"]> = [
    { ...one, name: "two" },
    { ...one, version: 2 },
    { ...one, stage: "b" },
    { ...one, input: { n: 2, text: "" } },
    { ...one, input: { n: 1, text: "é" } },
    { ...one, isWide: true },
    { ...one, isTyped: true }
  ]
  const known = [one, pick(...others), pick(...others), pick(...others)]
  return () => ({
    counts: pick(...known),
    free: {
      retry: random() < 0.3,
      timeout: random() < 0.3,
      permits: random() < 0.3,
      priority: pick(0, 5),
      isReversed: random() < 0.5
    }
  })
}

/** What tells results of it from others. */
export const keyOf = ({ counts }: Recipe): string => JSON.stringify(counts)

/** A body that ran. */
export interface Computed {
  readonly key: string
  readonly node: string
  readonly isGood: boolean
}

/** What bodies did. */
export class Kitchen {
  readonly computed: Array<Computed> = []
  /** Keys that more than one body computed at the same time. */
  readonly crowded = new Set<string>()
  readonly #working = new Map<string, number>()
  readonly #random: () => number
  readonly #failures: number
  #made = 0

  constructor(random: () => number, failures: number) {
    this.#random = random
    this.#failures = failures
  }

  /** A workflow whose nodes are these, next to each other. */
  workflow(name: string, recipes: ReadonlyArray<Recipe>): Workflow<void, unknown, never> {
    return workflow(name, {}, (w) => {
      recipes.forEach((recipe, at) => {
        w.node(`n${at}`, this.#task(recipe) as never, { input: recipe.counts.input } as never)
      })
    }) as never
  }

  #task(recipe: Recipe): AnyTask {
    const { counts: { isTyped, isWide, name, stage, version }, free } = recipe
    class Odd extends Schema.TaggedError<Odd>()("Odd", {}) {}
    return task(name, {
      input: { n: Schema.Number, text: Schema.String },
      output: isWide ? { made: Schema.Number, more: Schema.optionalKey(Schema.String) } : { made: Schema.Number },
      ...isTyped ? { errors: [Odd] } : {},
      ...free.retry ? { retry: { limit: 1 } } : {},
      ...free.timeout ? { timeout: "1 day" } : {},
      ...free.permits ? { permits: [mutex("stove").take()], permitPriority: free.priority } : {},
      cache: { version, dependsOn: { values: { all: free.isReversed ? { n: 1, stage } : { stage, n: 1 } } } },
      run: (_: unknown, context: { readonly node: string }) => this.#cook(keyOf(recipe), context.node)
    } as never) as unknown as AnyTask
  }

  async #cook(key: string, node: string): Promise<{ readonly made: number }> {
    const others = this.#working.get(key) ?? 0
    if (others > 0) this.crowded.add(key)
    this.#working.set(key, others + 1)
    for (let turns = Math.floor(this.#random() * 4); turns > 0; turns--) await Promise.resolve()
    this.#working.set(key, this.#working.get(key)! - 1)
    const isGood = this.#random() >= this.#failures
    this.computed.push({ key, node, isGood })
    if (!isGood) throw new Error("burnt")
    return { made: ++this.#made }
  }
}
