/** Runs one task or workflow for each item of a list; the output is the list of outputs in the order of the items. */
import * as Effect from "effect/Effect"
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import { mapEnding } from "../../run/graph.ts"
import { item as itemPath } from "../../run/path.ts"
import type { AnyRunnable, MapDef } from "../../workflow/Definition.ts"
import { blamed, ended, type NodeEnd, nothing, succeeded } from "../node/NodeEnd.ts"
import type { Ends } from "./Ends.ts"
import { type Outcome, runFlow } from "./Flow.ts"
import { isPassedOn } from "./passedOn.ts"
import { subtree } from "./subtree.ts"
import type { Called, Kernel, LiveNode, NodeSpec, Readable, Work } from "../Live.ts"

/** The work of a map node; throws when its items are not a list or two items have the same key. */
export const mapWork = (node: PlanNode, map: MapDef, path: string, handler: boolean, scope: Readable): Work => {
  const items = scope.resolve(map.items)
  if (!Array.isArray(items)) throw new TypeError(`its items are ${items === null ? "null" : typeof items}, not a list`)
  const keyAt = keysOf(items, map)
  const specs = (kernel: Kernel, prefix: string) => (index: number): NodeSpec =>
    kernel.calledSpec(new Item(node, map, handler, scope, itemPath(prefix, keyAt(index)), items[index], index))
  return {
    text: `{"items":${items.length}}`,
    attempt: (live, attempt) =>
      runMap(live, map, items.length, specs(live.run.host.kernel, subtree(live.run.ledger, path, attempt)))
  }
}

/** One item as a node; no literal, see `node/spec.ts`. */
class Item implements Called {
  readonly handler: boolean
  readonly path: string
  readonly over: MapDef["item"]
  readonly #node: PlanNode
  readonly #scope: Readable
  readonly #item: unknown
  readonly #index: number

  constructor(
    node: PlanNode,
    map: MapDef,
    handler: boolean,
    scope: Readable,
    path: string,
    item: unknown,
    index: number
  ) {
    this.handler = handler
    this.path = path
    this.over = map.item
    this.#node = node
    this.#scope = scope
    this.#item = item
    this.#index = index
  }

  get runnable(): AnyRunnable {
    return this.#node.def.runnable!
  }

  get plan(): Plan | undefined {
    return this.#node.plan
  }

  input(): unknown {
    const scope = this.#scope
    return this.#node.def.bind(scope.values(), scope.input, this.#item, this.#index)
  }
}

const keysOf = (items: ReadonlyArray<unknown>, map: MapDef): (index: number) => string => {
  if (map.key === undefined) return String
  const keys = items.map((item, index) => String(map.key!(item, index)))
  const seen = new Set<string>()
  for (const key of keys) {
    if (seen.has(key)) throw new TypeError(`two items have the key "${key}": keys name nodes and must differ`)
    seen.add(key)
  }
  return (index) => keys[index]!
}

const runMap = (
  live: LiveNode,
  map: MapDef,
  size: number,
  specs: (index: number) => NodeSpec
): Effect.Effect<NodeEnd> =>
  Effect.map(
    runFlow(live, {
      size,
      room: map.concurrency,
      failFast: map.failFast,
      path: (index) => specs(index).path,
      open: specs
    }),
    (outcome) => ending(live, specs, outcome)
  )

const ending = (
  live: LiveNode,
  specs: (index: number) => NodeSpec,
  { culprit, ends, halted = "Stopped" }: Outcome
): NodeEnd => {
  if (culprit !== undefined) return blames(live, specs, ends, culprit)
  if (!ends.areAll) return ended("Failed", halted, `${halted} before all of its items had run`)
  const { outputs } = ends
  if (outputs !== undefined) return succeeded(`[${outputs.join(",")}]`)
  const { all } = ends
  const { cause } = mapEnding(all)
  return cause === undefined
    ? succeeded(`[${all.map((end) => end.text ?? nothing).join(",")}]`)
    : blames(live, specs, ends, cause)
}

/** The failure of a map because of one of its items; what somebody else imposed on the item is passed on unchanged. */
const blames = (
  live: LiveNode,
  specs: (index: number) => NodeSpec,
  ends: Ends,
  index: number
): NodeEnd => {
  const end = ends.get(index)!
  const { path } = specs(index)
  const verdict = mapEnding([end])
  const { phase } = verdict
  const reason = isPassedOn(end.reason, live.stopping) ? end.reason : verdict.reason
  const message = blamed("item", path, end)
  return { phase, reason, message, cause: end.cause ?? path, error: end.error }
}
