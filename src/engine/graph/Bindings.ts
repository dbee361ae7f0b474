/**
 * What the nodes of one graph can read: its input, and the outputs
 * and outcomes of nodes that ended. Decodes each output at most once.
 */
import { nodesIn } from "../../plan/edges.ts"
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import type { AnyCodec, AnyRef, Bound, NodeDef } from "../../workflow/Definition.ts"
import { codecsOf } from "../node/codecs.ts"
import { nothing } from "../node/NodeEnd.ts"
import type { Ends } from "./Ends.ts"
import type { Readable } from "../Live.ts"
import { type Numbers, zeros } from "./numbers.ts"
import { fromText, toOutcome } from "../node/value.ts"

/** The readable values of one graph. */
export class Bindings {
  readonly input: unknown
  readonly #plan: Plan
  readonly #ends: Ends
  #values: Array<unknown> | undefined
  /** How many may still read what a node gives; the output of the graph is read last. */
  readonly #readers: Numbers

  /** `ends` is filled by the graph as its nodes end. */
  constructor(plan: Plan, input: unknown, ends: Ends) {
    this.input = input
    this.#plan = plan
    this.#ends = ends
    this.#readers = zeros(plan.nodes.length, Int32Array)
    for (const { downstream, index } of plan.nodes) this.#readers[index] = downstream.length
    const { result } = plan.workflow
    if (result !== undefined) { for (const name of nodesIn(result)) this.#readers[plan.byName.get(name)!.index]!++ }
  }

  /** The values a node's mapping and guard receive; throws when a recorded output no longer fits its schema. */
  of(node: PlanNode): Bound {
    return this.#record(node.def.needs)
  }

  /** What one of its nodes can read. */
  scopeOf(node: PlanNode): Readable {
    return new Scope(this, node)
  }

  /** A node has ended: what nobody is left to read is forgotten. */
  settled(index: number): void {
    if (this.#readers[index] === 0) this.#ends.forget(index)
    for (const before of this.#plan.nodes[index]!.upstream) {
      if (--this.#readers[before]! > 0) continue
      this.#ends.forget(before)
      if (this.#values !== undefined) this.#values[before] = undefined
    }
  }

  /** The value behind a reference; `undefined` where there is none. */
  readonly resolve = (ref: AnyRef): unknown => {
    let value = this.#source(ref)
    for (const key of ref.at) value = (value as Record<string, unknown> | null | undefined)?.[key]
    return value
  }

  /**
   * What a task gave here, or one for each item of a map, as its text, where that is wanted as it is: it need not be
   * decoded to be encoded again.
   */
  textOf({ at, node, of }: AnyRef, codec: AnyCodec): string | undefined {
    if (of !== "output" || at.length > 0) return undefined
    const { def, index } = this.#plan.byName.get(node!)!
    if (!isOfTask(def) || codecsOf(def).output !== codec) return undefined
    const end = this.#ends.get(index)
    return end?.phase === "Succeeded" && end.origin === undefined ? end.text : undefined
  }

  #record(refs: Readonly<Record<string, AnyRef>>): Bound {
    const values: Record<string, unknown> = {}
    for (const name of Object.keys(refs)) values[name] = this.resolve(refs[name]!)
    return values
  }

  #source(ref: AnyRef): unknown {
    if (ref.of === "value") return ref.value
    if (ref.of === "input") return this.input
    if (ref.of === "record") return this.#record(ref.fields ?? {})
    const node = this.#plan.byName.get(ref.node!)!
    const end = this.#ends.get(node.index)
    if (end === undefined) return undefined
    const { error, output } = codecsOf(node.def)
    if (ref.of === "outcome") return toOutcome(end, output, error)
    if (end.phase !== "Succeeded") return node.def.fallback?.value
    this.#values ??= new Array(this.#plan.nodes.length)
    return this.#values[node.index] ??= fromText(output, end.text ?? nothing)
  }
}

/** Whether all that a node gives was made by a task here: of a map that reuses results nobody says which it made. */
const isOfTask = ({ kind, map, runnable }: NodeDef): boolean => {
  if (runnable?._tag !== "Task") return false
  return kind === "task" || map !== undefined && (map.item.cache ?? runnable.cache ?? false) === false
}

class Scope implements Readable {
  readonly #bindings: Bindings
  readonly #node: PlanNode

  constructor(bindings: Bindings, node: PlanNode) {
    this.#bindings = bindings
    this.#node = node
  }

  get input(): unknown {
    return this.#bindings.input
  }

  values(): Bound {
    return this.#bindings.of(this.#node)
  }

  resolve(ref: AnyRef): unknown {
    return this.#bindings.resolve(ref)
  }
}
