/**
 * Runs a graph of nodes: the entry of a run and of every nested
 * workflow. Its rules are `run/depends.ts` and `run/graph.ts`.
 */
import * as Effect from "effect/Effect"
import { conditionText } from "../../plan/drawing.ts"
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import { isMet, isMetByDefault, type Status } from "../../run/depends.ts"
import { graphEnding } from "../../run/graph.ts"
import { child } from "../../run/path.ts"
import type { Phase, Reason } from "../../run/Phase.ts"
import { Bindings } from "./Bindings.ts"
import { Ends } from "./Ends.ts"
import { type Flow, type Outcome, runFlow } from "./Flow.ts"
import { blamed, ended, errored, type NodeEnd, succeeded, toEnding } from "../node/NodeEnd.ts"
import { subtree } from "./subtree.ts"
import { isPassedOn } from "./passedOn.ts"
import { returned } from "../node/value.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"

/** Runs a plan beneath `live`; `prefix` is the path its nodes hang under. */
export const runGraph = (live: LiveNode, plan: Plan, input: unknown, prefix: string): Effect.Effect<NodeEnd> => {
  const graph = new Graph(live, plan, input, prefix)
  return Effect.map(runFlow(live, graph), (outcome) => graph.ending(outcome))
}

class Graph implements Flow {
  readonly size: number
  readonly edges: ReadonlyArray<PlanNode>
  readonly room: number
  readonly failFast: Flow["failFast"]
  readonly #live: LiveNode
  readonly #plan: Plan
  readonly #bindings: Bindings
  readonly #prefix: string
  readonly ends: Ends

  constructor(live: LiveNode, plan: Plan, input: unknown, prefix: string) {
    this.size = plan.nodes.length
    this.edges = plan.nodes
    this.room = plan.workflow.parallelism
    this.failFast = plan.workflow.failFast
    this.#live = live
    this.#plan = plan
    this.#prefix = prefix
    this.ends = new Ends(plan.nodes.length)
    this.#bindings = new Bindings(plan, input, this.ends)
  }

  path(index: number): string {
    return child(this.#prefix, this.#plan.nodes[index]!.name)
  }

  open(index: number): NodeSpec | NodeEnd {
    const node = this.#plan.nodes[index]!
    const path = child(this.#prefix, node.name)
    const known = this.#live.run.ledger.nodes.get(path)
    if (known !== undefined && known.phase !== "Pending") return this.#spec(node, path)
    const barred = this.#guard(node)
    if (barred === undefined) return this.#spec(node, path)
    this.#record(node, path, barred)
    return barred
  }

  #spec(node: PlanNode, path: string): NodeSpec {
    return this.#live.run.host.kernel.planNodeSpec(node, path, this.#live.handler, this.#bindings.scopeOf(node))
  }

  #record(node: PlanNode, path: string, end: NodeEnd): void {
    this.#live.run.ledger.node({ type: "NodeFinished", path, kind: node.def.kind, ending: toEnding(end) })
  }

  #guard(node: PlanNode): NodeEnd | undefined {
    const met = node.depends === undefined
      ? node.upstream.length === 0 || isMetByDefault(node.upstream.map((index) => this.#status(index)))
      : isMet(node.depends, (name) => this.#status(this.#plan.byName.get(name)!.index))
    if (!met) return ended("Omitted", "Depends", this.#unmet(node))
    if (node.def.when === undefined) return undefined
    try {
      return node.def.when(this.#bindings.of(node), this.#bindings.input)
        ? undefined
        : ended("Skipped", "When", "Its guard `when` returned false")
    } catch (error) {
      return errored("BadGuard", error, "Its guard `when` threw")
    }
  }

  /** Why a node does not run, with the condition or the nodes that are to blame. */
  #unmet({ depends, upstream }: PlanNode): string {
    if (depends !== undefined) return `Its condition does not hold: ${conditionText(depends)}`
    const culprits = upstream.filter((index) => !isMetByDefault([this.#status(index)]))
    const [first, second] = culprits.map((index) =>
      `"${this.#plan.nodes[index]!.name}" ended ${this.ends.phase(index)}`
    )
    const more = culprits.length > 2 ? ` and ${culprits.length - 2} more` : ""
    return `It needs nodes that did not succeed: ${[first, second].filter((it) => it !== undefined).join(", ")}${more}`
  }

  #status(index: number): Status {
    const { def } = this.#plan.nodes[index]!
    const phase = this.ends.phase(index)
    const continueOn = phase === "Error" ? def.continueOn.error : phase === "Failed" && def.continueOn.failed
    if (def.map === undefined) return { phase, continueOn }
    const items = () => this.#items(def.name)
    return {
      phase,
      continueOn,
      // Looked up only when a condition asks about items.
      get items() {
        return items()
      }
    }
  }

  #items(name: string): ReadonlyArray<Phase> {
    const { ledger } = this.#live.run
    const path = child(this.#prefix, name)
    const start = `${subtree(ledger, path, { number: ledger.nodes.get(path)?.attempt ?? 1 })}[`
    const phases: Array<Phase> = []
    for (const row of ledger.nodes.values()) {
      if (row.path.startsWith(start) && row.path.endsWith("]") && !row.path.includes("/", start.length)) {
        phases.push(row.phase)
      }
    }
    return phases
  }

  settled(index: number): void {
    this.#bindings.settled(index)
  }

  forgives(index: number): boolean {
    return this.#status(index).continueOn
  }

  ending({ culprit, ends, halted }: Outcome): NodeEnd {
    if (culprit !== undefined) return this.#culpritFailure(culprit)
    if (!ends.areAll) return cut(halted ?? "Stopped")
    const verdict = graphEnding(this.#plan, (index) => ends.get(index)!)
    if (verdict.phase === "Succeeded") return this.#output()
    return this.#failure(verdict.phase, verdict.reason ?? "ChildFailed", verdict.cause)
  }

  #culpritFailure(culprit: number): NodeEnd {
    const broken = this.ends.phase(culprit) === "Error"
    return this.#failure(broken ? "Error" : "Failed", broken ? "ChildErrored" : "ChildFailed", culprit)
  }

  #failure(phase: "Failed" | "Error", reason: Reason, cause: number | undefined): NodeEnd {
    if (cause === undefined) return ended(phase, reason, "A node failed")
    const end = this.ends.get(cause)!
    const path = child(this.#prefix, this.#plan.nodes[cause]!.name)
    const passed = isPassedOn(end.reason, this.#live.stopping) ? end.reason : reason
    return {
      phase,
      reason: passed,
      message: blamed("node", path, end),
      cause: end.cause ?? path,
      error: end.error
    }
  }

  #output(): NodeEnd {
    const { result, output } = this.#plan.workflow
    // What an earlier life has recorded may have been made by another schema.
    const isOwn = result !== undefined && this.#live.run.ledger.hasNoTexts
    const same = isOwn ? this.#bindings.textOf(result, output) : undefined
    if (same !== undefined) return succeeded(same)
    try {
      return returned(output, result === undefined ? undefined : this.#bindings.resolve(result))
    } catch (error) {
      return errored("BadOutput", error, `Cannot read the output of "${this.#plan.name}"`)
    }
  }
}

const cut = (reason: Reason): NodeEnd => ended("Failed", reason, `${reason} before all of its nodes had run`)
