/**
 * One node of a flow: a step, a turn of a loop, a container of a set.
 *
 * Owns: how it ended. Does not own: when it runs. Invariant: what it answers is the same in every life of the run.
 */
import type * as Effect from "effect/Effect"
import {
  type Flow,
  type LiveNode,
  type NodeEnd,
  type NodeSpec,
  type Outcome,
  Room,
  runFlow
} from "../../engine/Interpreter.ts"
import type { NodeResult } from "../values/Result.ts"
import type { Frame } from "./Frame.ts"
import { resultAt, resultOf } from "./node.ts"

/** A node to be run by a flow. */
export class Unit {
  readonly path: string
  /** Argo's full name of the node. */
  readonly name: string
  readonly #make: () => NodeSpec
  #node: NodeSpec | undefined
  #result: NodeResult | undefined

  constructor({ name, path }: Pick<Unit, "name" | "path">, make: () => NodeSpec) {
    this.name = name
    this.path = path
    this.#make = make
  }

  /** What is run for it, made when it may begin. */
  open(): NodeSpec {
    return this.#node ??= this.#make()
  }

  /** Takes its end. */
  settle(live: LiveNode, end: NodeEnd): void {
    this.#result = resultOf(live, this.open(), end)
  }

  /** How it ended, here or in an earlier life of the run; `undefined` when it did not begin. */
  result(live: LiveNode): NodeResult | undefined {
    return this.#result ?? resultAt(live, this.path)
  }
}

/** Runs nodes side by side, or in the order of edges. */
export const runUnits = (
  live: LiveNode,
  units: ReadonlyArray<Unit>,
  { edges, failFast, room }: Pick<Flow, "edges" | "failFast" | "room">
): Effect.Effect<Outcome> =>
  runFlow(live, {
    size: units.length,
    ...(edges === undefined ? {} : { edges }),
    room,
    failFast,
    path: (index) => units[index]!.path,
    open: (index) => units[index]!.open(),
    settled: (index, end) => units[index]!.settle(live, end)
  })

/** What waits for what, by names, as edges between places in the list. */
export const edgesOf = (
  nodes: ReadonlyArray<{ readonly name: string; readonly after: ReadonlyArray<string> }>
): NonNullable<Flow["edges"]> => {
  const at = new Map(nodes.map(({ name }, index) => [name, index]))
  const edges = nodes.map(({ after }) => ({
    upstream: after.flatMap((name) => at.get(name) ?? []),
    downstream: new Array<number>()
  }))
  edges.forEach(({ upstream }, index) => upstream.forEach((before) => edges[before]!.downstream.push(index)))
  return edges
}

/** How a template or loop ends that held back what had not begun when something failed. */
export const heldBack: NodeResult = {
  phase: "Failed",
  reason: "FailFast",
  message: "template has failed or errored children and failFast enabled"
}

/** What bounds all calls of a template together. */
export const boundsOf = ({ template }: Frame, live: LiveNode): Pick<Flow, "failFast" | "room"> => ({
  room: new Room(Math.min(template.parallelism ?? Infinity, live.run.host.limits.openNodes)),
  failFast: template.failFast === true && "hold"
})
