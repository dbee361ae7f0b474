/**
 * U1 what qualifies is undone, and once in an epoch; U2 not before what it is part of has ended; U3 not before what
 * began after its end; U6 never where nothing failed; U8 what was undone is not read by a retry.
 */
import type { Event, Recorded } from "./Event.ts"
import type { Checker, Invariant } from "./evidence.ts"
import type { Rows } from "./evolve.ts"
import { aboveOf, compensate, isBeneath, isHandler, undoneBy } from "./path.ts"
import { isFailure, isTerminal } from "./Phase.ts"
import type { NodeRow } from "./State.ts"
import { firstSeq, livePrefix, living, treeOf } from "./tree.ts"

/** Ends of a scope after which it undoes itself in any case. */
const scopeFails = new Set<unknown>(["ChildFailed", "ChildErrored"])

/** Ends of a run whose main part succeeded, or that leave things as they are. */
const runKeeps = new Set<unknown>(["Terminated", "ExitHandlerFailed", "Continued"])

/** What one epoch tells of undoing. */
class Epoch {
  /** Nodes that say how they are undone. */
  readonly undoable = new Set<string>()
  /** Nodes whose compensation has begun, for the workflow that undid itself then, and those where it has ended. */
  readonly begun = new Map<string, { readonly seq: number; readonly scope: string }>()
  readonly ended = new Set<string>()
  readonly failed = new Set<string>()
  /** What their nodes hung beneath, in the attempt that failed. */
  readonly #failedScopes = new Set<string>()
  readonly reused = new Set<string>()

  note({ event, seq }: Recorded, rows: Rows): void {
    const { nodes } = rows
    if (event.type === "NodeStarted" && event.undo === true && !isHandler(event.path)) this.undoable.add(event.path)
    if (event.type === "NodeStarted" && event.kind === "compensate") {
      const node = undoneBy(event.path)
      this.begun.set(node, { seq, scope: scopeOf(node, rows) })
    }
    if (event.type === "AttemptFailed") this.#fails(event.path, event.reason, nodes.get(event.path))
    if (event.type !== "NodeFinished") return
    if (event.from !== undefined) this.reused.add(event.path)
    const { phase, reason } = event.ending
    if (isFailure(phase)) this.#fails(event.path, reason, nodes.get(event.path))
    // One that a retry did not come to is omitted.
    if (event.path.endsWith(compensate("")) && phase !== "Omitted") this.ended.add(undoneBy(event.path))
  }

  #fails(path: string, reason: unknown, row: NodeRow | undefined): void {
    this.failed.add(path)
    if (row?.kind === "workflow" && scopeFails.has(reason)) this.#failedScopes.add(`${livePrefix(row)}/`)
  }

  /** It is undone again, since that failed. */
  again(node: string): void {
    this.begun.delete(node)
    this.ended.delete(node)
  }

  /** Whether it was part of a nested workflow whose attempt failed. */
  hasFailedWith(path: string): boolean {
    return [...this.#failedScopes].some((prefix) => path.startsWith(prefix))
  }

  /** Whether a workflow above it, which has succeeded, is undone as a whole, or the body that called it is undone. */
  isCovered(path: string, { nodes }: Rows): boolean {
    return aboveOf(path).some((at) =>
      this.ended.has(at) ||
      this.undoable.has(at) && nodes.get(at)?.kind === "workflow" && nodes.get(at)?.phase === "Succeeded"
    )
  }
}

const graphAbove = (path: string, { nodes }: Rows): string =>
  aboveOf(path).find((at) => nodes.get(at)?.kind === "workflow") ?? ""

/** The workflow that undoes a node: all others above it have ended by then. */
const scopeOf = (node: string, { nodes }: Rows): string =>
  aboveOf(node).find((at) => nodes.get(at)?.kind === "workflow" && nodes.get(at)?.phase === "Running") ?? ""

const isOpen = ({ attempt, path, phase }: NodeRow): boolean => attempt > 0 && !isTerminal(phase) && !isHandler(path)

/** Sees the events of one run. */
class Undoing implements Checker {
  readonly #report: (violation: string) => void
  #epoch = new Epoch()
  #undoneBefore: ReadonlySet<string> = new Set()

  constructor(report: (violation: string) => void) {
    this.#report = report
  }

  see(fact: Recorded, before: Rows): void {
    const { event, seq } = fact
    if (event.type === "RunFinished") this.end(before)
    if (event.type === "RunRetried") this.#retried(event)
    if (event.type === "NodeStarted" && event.kind === "compensate") this.#begins(undoneBy(event.path), seq, before)
    this.#epoch.note(fact, before)
    if (event.type !== "RunFinished" || before.run.phase !== "Running" || before.run.held !== null) return
    const { phase, reason } = event.ending
    if (phase === "Succeeded") this.#unasked()
    // A terminate that came once its main part had ended leaves the reason of that.
    const isTerminated = reason === "Terminated" || before.run.stopping === "terminate"
    if (!isTerminated) this.#owed(before, !isFailure(phase) || runKeeps.has(reason))
  }

  /** What was undone stays so where the rest is undone, too; a retry does it again. */
  #retried({ reset, undo }: Extract<Event, { readonly type: "RunRetried" }>): void {
    if (undo === true) {
      for (const path of reset) this.#epoch.again(undoneBy(path))
    } else {
      this.#undoneBefore = this.#epoch.ended
      this.#epoch = new Epoch()
    }
  }

  /** Looks at what a retry goes on with. */
  end({ nodes, run }: Rows): void {
    const undone = this.#undoneBefore
    this.#undoneBefore = new Set()
    for (const { epoch, path, phase } of undone.size === 0 ? [] : living(treeOf(nodes))) {
      const isKept = phase === "Succeeded" && epoch !== run.epoch
      if (isKept && undone.has(path)) this.#report(`U8: ${path} was undone, and a retry keeps it`)
    }
  }

  #begins(node: string, seq: number, rows: Rows): void {
    const epoch = this.#epoch
    if (epoch.begun.has(node) || epoch.ended.has(node)) this.#report(`U1: ${node} is undone a second time (seq ${seq})`)
    const graph = graphAbove(node, rows)
    for (const row of rows.nodes.values()) {
      if (isOpen(row) && (row.path === node || graph === "" || isBeneath(row.path, graph))) {
        this.#report(`U2: ${node} is undone (seq ${seq}) while ${row.path} is open`)
      }
    }
    this.#inOrder(node, seq, rows)
  }

  #inOrder(node: string, seq: number, rows: Rows): void {
    const { begun, ended, failed } = this.#epoch
    const { nodes } = rows
    const own = nodes.get(node)
    if (own === undefined) return
    const by = scopeOf(node, rows)
    for (const [other, { scope, seq: at }] of begun) {
      const row = nodes.get(other)
      // A nested workflow that fails undoes itself at once, whatever goes on beside it.
      const isApart = scope !== by || aboveOf(other).some((it) => failed.has(it) && !isBeneath(node, it))
      if (row === undefined || isApart || isBeneath(other, node) || isBeneath(node, other)) continue
      const isLate = firstSeq(own) > row.resultSeq && own.resultSeq < at
      const isEarly = firstSeq(row) > own.resultSeq && !ended.has(other)
      if (isLate || isEarly) this.#report(`U3: ${node} is undone (seq ${seq}), ${other} (seq ${at})`)
    }
  }

  #owed(rows: Rows, keeps: boolean): void {
    const epoch = this.#epoch
    for (const path of epoch.undoable) {
      const row = rows.nodes.get(path)
      if (row?.phase !== "Succeeded" || row.epoch !== rows.run.epoch || epoch.reused.has(path)) continue
      if (epoch.ended.has(path) || epoch.isCovered(path, rows)) continue
      if (!keeps || epoch.hasFailedWith(path)) this.#report(`U1: ${path} was not undone`)
    }
  }

  #unasked(): void {
    const { begun, failed } = this.#epoch
    for (const node of begun.keys()) {
      if (!aboveOf(node).some((at) => failed.has(at))) this.#report(`U6: ${node} is undone although nothing failed`)
    }
  }
}

/** Checks U1, U2, U3, U6 and U8. */
export const checkUndo: Invariant = (_, report) => new Undoing(report)
