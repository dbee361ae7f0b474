/**
 * Manual retry: which nodes of an ended run are run again in the next epoch.
 *
 * Reset are: failures nobody consumed (see `consumed.ts`), everything downstream of a reset node in its graph, the
 * composites around reset nodes, all handlers and hooks of reset nodes, failed handlers of nodes that are kept, and
 * always the handlers of the run. Everything else is kept, earlier attempts as history.
 *
 * What the engine does with the answer: it records `RunRetried` with these paths (each row becomes `resetNode(row,
 * epoch)`) and runs the root again. A node whose row is terminal answers with its record and runs nothing. A reset node
 * begins as if for the first time, attempt 1 with its whole budget; attempt n of a composite has its children beneath
 * `attempt(path, row.base + n)`, so the first attempt of the new epoch goes on in the subtree of the last attempt of
 * the old one, where the kept children lie. Before the run ends, `leftovers` (`abandon.ts`) ends the reset nodes that
 * the new epoch did not come to.
 */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { NodeDef } from "../workflow/Definition.ts"
import { unconsumed } from "./consumed.ts"
import { child } from "./path.ts"
import { isTerminal } from "./Phase.ts"
import { failureOf } from "./reason.ts"
import type { NodeRow } from "./State.ts"
import { livePrefix, living, type Tree, treeOf, whole } from "./tree.ts"

/** What a manual retry is asked for. */
export interface ResetInput {
  readonly plan: Plan
  readonly nodes: ReadonlyMap<string, NodeRow>
  /** Which nodes, by path; a chosen composite stands for all beneath it. Default all. */
  readonly select?: ((path: string) => boolean) | undefined
  /**
   * Chosen nodes run again even if they succeeded, and every failure
   * does; else the choice restricts which failures do. Default false.
   */
  readonly restartSuccessful?: boolean | undefined
  /** Nodes that succeeded and have to run again all the same, and why. */
  readonly again?: ReadonlyMap<string, string> | undefined
  /** The workflow's input is another one: what reads it runs again as a whole. Default false. */
  readonly changedInput?: boolean | undefined
}

/**
 * The nodes to run again with a reason for people, sorted by path,
 * and how many nodes keep their result (history not counted).
 */
export interface ResetSet {
  readonly reset: ReadonlyArray<{ readonly path: string; readonly why: string }>
  readonly keep: number
}

/** Computes what a manual retry resets; pure, never changes its input, and independent of the order of `nodes`. */
export const resetSet = (input: ResetInput): ResetSet => {
  const walk = new Walk(input)
  walk.run()
  const reset = [...walk.reset].map(([path, why]) => ({ path, why }))
  reset.sort((a, b) => a.path < b.path ? -1 : 1)
  return { reset, keep: walk.living - reset.length }
}

/** Whether a node's mapping or guard can read the workflow's input: through references, or as their second argument. */
const readsInput = (def: NodeDef): boolean =>
  Object.values(def.needs).some((ref) => ref.of === "input") || def.map?.items.of === "input" || def.bind.length > 1 ||
  (def.when !== undefined && def.when.length > 1)

/**
 * One graph: `failed` = a failure in it counts (else it was consumed above
 * and only chosen nodes matter); `chosen` = it was selected as a whole.
 */
interface Scope {
  readonly plan: Plan
  readonly prefix: string
  readonly failed: boolean
  readonly chosen: boolean
}

const lastBegun = (rows: ReadonlyArray<NodeRow>): number => rows.reduce((last, row) => Math.max(last, row.inputSeq), 0)

/** Whether a flow did not go on after a step had ended: a failure that it went on after is taken up. */
const isLeft = ({ phase, resultSeq }: NodeRow, last: number): boolean => !isTerminal(phase) || resultSeq > last

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

const isBroken = (row: NodeRow): boolean => !isTerminal(row.phase) || failureOf(row) !== undefined

const reasonOf = (row: NodeRow): string =>
  isTerminal(row.phase) ? `it ended ${row.phase}${cause(row)}` : "it never ended"

/** Reasons that say no more than the phase does. */
const plain: ReadonlySet<string> = new Set(["TaskFailed", "Defect", "ChildFailed", "ChildErrored"])

const cause = ({ reason }: NodeRow): string => reason === null || plain.has(reason) ? "" : ` (${reason})`

class Walk {
  readonly reset = new Map<string, string>()
  readonly living: number
  readonly #input: ResetInput
  readonly #tree: Tree

  constructor(input: ResetInput) {
    this.#input = input
    this.#tree = treeOf(input.nodes)
    this.living = living(this.#tree).length
  }

  run(): void {
    const { changedInput = false, plan } = this.#input
    this.#within({ plan, prefix: "", failed: true, chosen: false }, changedInput)
    for (const row of this.#tree("").handlers) this.#wholly(row, "handlers of the run run once for each epoch")
  }

  #add(path: string, why: string): void {
    if (!this.reset.has(path)) this.reset.set(path, why)
  }

  #wholly(row: NodeRow, why: string): void {
    this.#add(row.path, why)
    for (const { path } of whole(this.#tree, row)) this.#add(path, `it belongs to ${row.path}`)
  }

  /** Resets a node but not its children: its handlers run anew. */
  #alone(row: NodeRow, why: string): void {
    this.#add(row.path, why)
    this.#handlers(row, () => true)
  }

  #handlers(row: NodeRow, which: (handler: NodeRow) => boolean): boolean {
    const found = this.#tree(row.path).handlers.filter(which)
    for (const handler of found) this.#wholly(handler, `it is a handler of ${row.path}`)
    return found.length > 0
  }

  #isSelected(path: string): boolean {
    return this.#input.select === undefined || this.#input.select(path)
  }

  #isRestarted(row: NodeRow): boolean {
    return this.#input.again?.has(row.path) === true ||
      this.#input.restartSuccessful === true && this.#isSelected(row.path)
  }

  #whyAgain(row: NodeRow): string {
    return this.#input.again?.get(row.path) ?? "it was chosen"
  }

  /** Whether a failure at this path may be reset. */
  #isEligible(path: string, chosen: boolean): boolean {
    return chosen || this.#input.restartSuccessful === true || this.#isSelected(path)
  }

  #within(scope: Scope, changedInput: boolean): boolean {
    return scope.plan.workflow.flow === undefined ? this.#graph(scope, changedInput) : this.#flow(scope, changedInput)
  }

  /** Marks what is reset of a flow: what failed and ended it, and whatever began after a step that is reset. */
  #flow({ chosen, failed, prefix }: Scope, changedInput: boolean): boolean {
    const steps = this.#tree(prefix).children
    if (changedInput) {
      for (const row of steps) this.#wholly(row, "it can depend on the changed input")
      return steps.length > 0
    }
    const last = lastBegun(steps)
    const touched = steps.filter((row) => this.#part(row, undefined, failed && isLeft(row, last), chosen))
    for (const row of steps) {
      const before = touched.find(({ resultSeq }) => resultSeq > 0 && resultSeq < row.inputSeq)
      if (before !== undefined) this.#wholly(row, `it came after ${nameOf(before.path)}`)
    }
    return touched.length > 0
  }

  /** Marks what is reset in one graph; answers whether anything is. */
  #graph(scope: Scope, changedInput: boolean): boolean {
    const { plan, prefix } = scope
    const rows = plan.nodes.map((node) => this.#input.nodes.get(child(prefix, node.name)))
    const failures = new Set(scope.failed ? unconsumed(plan, rows) : [])
    const touched = plan.nodes.filter((node) => {
      const row = rows[node.index]
      return row !== undefined && this.#node(node, row, { ...scope, failed: failures.has(node.index) }, changedInput)
    })
    this.#downstream(plan, rows, touched)
    return this.#keptHandlers(scope, rows) || touched.length > 0
  }

  #node(node: PlanNode, row: NodeRow, scope: Scope, changedInput: boolean): boolean {
    if (changedInput && readsInput(node.def)) return this.#whollyBecause(row, "it can read the changed input")
    if (this.#isRestarted(row)) return this.#whollyBecause(row, this.#whyAgain(row))
    if (changedInput && scope.failed && node.def.map !== undefined && this.#isEligible(row.path, scope.chosen)) {
      return this.#whollyBecause(row, "its items are computed anew")
    }
    return this.#partly(row, node.plan, scope.failed, scope.chosen)
  }

  #whollyBecause(row: NodeRow, why: string): true {
    this.#wholly(row, why)
    return true
  }

  /**
   * Resets a failed node with the failures beneath it, or a kept node around chosen ones; answers whether it is reset.
   */
  #partly(row: NodeRow, plan: Plan | undefined, failed: boolean, chosen: boolean): boolean {
    const picked = chosen || (this.#input.select !== undefined && this.#isSelected(row.path))
    const within = this.#beneath(row, plan, failed, picked)
    const own = failed && this.#isEligible(row.path, picked)
    if (own) this.#alone(row, reasonOf(row))
    else if (within) this.#alone(row, "a node beneath it runs again")
    return own || within
  }

  #beneath(row: NodeRow, plan: Plan | undefined, failed: boolean, chosen: boolean): boolean {
    const prefix = livePrefix(row)
    if (row.kind === "workflow" && plan !== undefined) return this.#within({ plan, prefix, failed, chosen }, false)
    const inner = row.kind === "map" ? plan : undefined
    const { children, items } = this.#tree(prefix)
    return [...items, ...children].filter((it) => this.#part(it, inner, failed, chosen)).length > 0
  }

  /**
   * An item of a map, or a child that a task started by itself:
   * there is no graph around it that says what depends on what.
   */
  #part(row: NodeRow, plan: Plan | undefined, failed: boolean, chosen: boolean): boolean {
    if (this.#isRestarted(row)) return this.#whollyBecause(row, this.#whyAgain(row))
    const again = failed && (isBroken(row) || (plan === undefined && row.phase === "Omitted"))
    return this.#partly(row, plan, again, chosen) || (failed && this.#failedHandlers(row, chosen))
  }

  #downstream(plan: Plan, rows: ReadonlyArray<NodeRow | undefined>, touched: ReadonlyArray<PlanNode>): void {
    const queue = [...touched]
    const seen = new Set(touched.map((node) => node.index))
    for (let at = 0; at < queue.length; at++) {
      for (const index of queue[at]!.downstream) {
        const row = rows[index]
        if (row !== undefined) this.#wholly(row, `it comes after ${queue[at]!.name}`)
        if (!seen.has(index)) queue.push(plan.nodes[index]!)
        seen.add(index)
      }
    }
  }

  #keptHandlers(scope: Scope, rows: ReadonlyArray<NodeRow | undefined>): boolean {
    if (!scope.failed) return false
    return rows.filter((row) => row !== undefined && this.#failedHandlers(row, scope.chosen)).length > 0
  }

  #failedHandlers(row: NodeRow, chosen: boolean): boolean {
    if (this.reset.has(row.path)) return false
    return this.#handlers(row, (handler) => isBroken(handler) && this.#isEligible(handler.path, chosen))
  }
}
