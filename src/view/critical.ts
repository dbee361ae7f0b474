/**
 * What decided how long a run took. Pure.
 *
 * Each node began after something: after those that it depends on, where that is known, else after the one beside it
 * that ended last before.
 */
import { baseOf, isHandlerRoot } from "../run/path.ts"
import type { Vertex } from "./edges.ts"
import type { NodeView, RunView } from "./RunView.ts"
import type { Bar } from "./timeline.ts"

/** A node, when it began and ended, and what it came after. */
export interface Step extends Bar {
  /** Names of those beside it that it depends on; none where nobody knows of any. */
  readonly after: ReadonlyArray<string>
  readonly name: string
  readonly steps: ReadonlyArray<Step>
}

/** When a node began and ended; `undefined` for one that took no part. */
export type SpanOf = (node: NodeView) => { readonly from: number; readonly to: number } | undefined

/** The nodes of a run in their order; `planned` are those of its recorded plan. */
export const stepsOf = (run: RunView, planned: ReadonlyArray<Vertex>, spanOf: SpanOf): ReadonlyArray<Step> => {
  const after = new Map(planned.map((it) => [it.name, it.after]))
  const dependsOn = (node: NodeView): ReadonlyArray<string> =>
    run.isManifest ? node.after ?? [] : (after.get(keyOf(node.path)) ?? []).map((name) => besides(node.path, name))
  const stepOf = (node: NodeView, more: ReadonlyArray<string> = []): ReadonlyArray<Step> => {
    const steps = membersOf(node.children, stepOf)
    const own = spanOf(node) ?? (steps.length === 0 ? undefined : spanOfAll(steps))
    if (own === undefined) return []
    const { name, path } = node
    return [{ ...own, path, name: run.isManifest ? name : path, after: [...dependsOn(node), ...more], steps }]
  }
  const isMain = ({ path }: NodeView): boolean => !isHandlerRoot(path)
  const main = membersOf(run.nodes.filter(isMain), stepOf)
  const last = [...run.nodes.filter((it) => !isMain(it)), ...run.handlers]
  const names = main.map(({ name }) => name)
  return [...main, ...last.flatMap((node) => stepOf(node, names))]
}

/** Nodes beside each other; steps of a manifest come after the group of steps before. */
const membersOf = (
  nodes: ReadonlyArray<NodeView>,
  stepOf: (node: NodeView, after?: ReadonlyArray<string>) => ReadonlyArray<Step>
): ReadonlyArray<Step> => {
  let before: ReadonlyArray<string> = []
  return nodes.flatMap((node) => {
    if (node.type !== "StepGroup") return stepOf(node)
    const group = node.children.flatMap((step) => stepOf(step, before))
    if (node.children.length > 0) before = node.children.map(({ name }) => name)
    return group
  })
}

/** From the first beginning to the last end. */
export const spanOfAll = (steps: ReadonlyArray<Step>) => ({
  from: steps.reduce((least, { from }) => Math.min(least, from), Infinity),
  to: steps.reduce((most, { to }) => Math.max(most, to), 0)
})

/** The name of a node in its plan: without the keys of items and the numbers of attempts. */
const keyOf = (path: string): string => baseOf(path).replace(/\[[^\]]*\]/g, "[]")

/** The path of the node of that name in a plan which stands beside another one. */
const besides = (path: string, name: string): string =>
  path.slice(0, path.lastIndexOf("/") + 1) + name.slice(name.lastIndexOf("/") + 1)

/** Milliseconds that the engine may need between two nodes. */
const slack = 5

/** Nodes beside each other, and what each came after. */
export class Siblings {
  readonly #steps: ReadonlyArray<Step>
  readonly #byName: ReadonlyMap<string, Step>
  readonly #byEnd: ReadonlyArray<Step>
  readonly #begin: number

  constructor(steps: ReadonlyArray<Step>) {
    this.#steps = steps
    this.#byName = new Map(steps.map((it) => [it.name, it]))
    this.#byEnd = steps.toSorted((a, b) => a.to - b.to || a.from - b.from)
    this.#begin = steps.reduce((least, { from }) => Math.min(least, from), Infinity)
  }

  get last(): Step | undefined {
    return this.#byEnd.at(-1)
  }

  /** Those that it waited for. */
  before(step: Step): ReadonlyArray<Step> {
    const known = step.after.flatMap((name) => this.#byName.get(name) ?? []).filter((it) => it !== step)
    if (known.length > 0) return known
    if (step.from <= this.#begin + slack) return []
    const guessed = this.#endedBefore(step.from + slack)
    return guessed !== undefined && guessed.from < step.from && guessed !== step ? [guessed] : []
  }

  #endedBefore(at: number): Step | undefined {
    let [low, high] = [0, this.#byEnd.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#byEnd[middle]!.to <= at) low = middle + 1
      else high = middle
    }
    return this.#byEnd[low - 1]
  }
}

/** The one of some that ended last. */
export const latest = (steps: ReadonlyArray<Step>): Step | undefined =>
  steps.reduce<Step | undefined>((last, it) => last === undefined || it.to > last.to ? it : last, undefined)

/** The chain of nodes that decided when the last one ended, in order; of one that holds others, those that decided. */
export const criticalPath = (steps: ReadonlyArray<Step>): ReadonlyArray<Bar> => {
  const siblings = new Siblings(steps)
  const chain: Array<ReadonlyArray<Bar>> = []
  const seen = new Set<Step>()
  for (let at = siblings.last; at !== undefined && !seen.has(at); at = latest(siblings.before(at))) {
    seen.add(at)
    const { from, path, steps: inside, to } = at
    chain.push(inside.length > 0 ? criticalPath(inside) : [{ path, from, to }])
  }
  return chain.toReversed().flat()
}
