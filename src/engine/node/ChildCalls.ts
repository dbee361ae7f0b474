/**
 * Children that a body starts by name while it runs.
 *
 * Owns: the names used in this attempt, whether it may still
 * start any. Does not own: the children (their parent node does).
 */
import { child } from "../../run/path.ts"
import type { AnyRunnable } from "../../workflow/Definition.ts"
import type { CallOptions } from "../../workflow/TaskContext.ts"
import { InvalidValue } from "../../workflow/values.ts"
import { releaseFlight } from "../permits/permits.ts"
import { admitCall, type Treatment } from "./admitCall.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import { type NodeEnd, nothing } from "./NodeEnd.ts"
import { RunFailed } from "../observe/RunFailed.ts"
import { subtree } from "../graph/subtree.ts"
import { decodeTyped, fromText } from "./value.ts"

/** How a child ended: with its output, with a typed error of its own, or in any other way. */
export type Called = { readonly output: unknown } | { readonly failure: unknown } | { readonly defect: unknown }

/** The children of one attempt of a body. */
export class ChildCalls {
  readonly #live: LiveNode
  readonly #attempt: number
  readonly #names = new Set<string>()
  readonly #interrupt: () => void
  #closed: boolean

  /** `interrupt` ends a body that is stopped and has no children any more. */
  constructor(live: LiveNode, attempt: number, closed: boolean, interrupt: () => void) {
    this.#live = live
    this.#attempt = attempt
    this.#closed = closed
    this.#interrupt = interrupt
  }

  /** Whether any child was started. */
  get used(): boolean {
    return this.#names.size > 0
  }

  /** The paths of the children that were asked for. */
  asked(): ReadonlySet<string> {
    const prefix = subtree(this.#live.run.ledger, this.#live.path, { number: this.#attempt })
    return new Set([...this.#names].map((name) => child(prefix, name)))
  }

  /** The attempt is over: nothing more can be started. */
  close(): void {
    this.#closed = true
  }

  /** `stop`: children end first (their exit handlers run), then the body is interrupted. */
  stop(): void {
    if (this.#live.children.size === 0) this.#interrupt()
  }

  /** Starts a child and tells how it ended; answers why not when it may not be started. */
  start(
    name: string,
    runnable: AnyRunnable,
    input: unknown,
    options: CallOptions,
    done: (result: Called) => void
  ): LiveNode | RunFailed {
    return this.begin(name, runnable, input, options, (spec, end) => done(resultOf(spec, end)))
  }

  /** The same, and tells its recorded end. */
  begin(
    name: string,
    runnable: AnyRunnable,
    input: unknown,
    options: CallOptions,
    done: (spec: NodeSpec, end: NodeEnd) => void
  ): LiveNode | RunFailed {
    const over = this.#admitted(name, runnable, options)
    if (over instanceof RunFailed) return over
    const { handler, run } = this.#live
    const spec = (path: string) =>
      run.host.kernel.calledSpec({ runnable, plan: undefined, path, handler, input: () => input, over })
    return this.launch(name, spec, done)
  }

  /** Starts any kind of child, or answers why it may not be started. */
  launch(
    name: string,
    specAt: (path: string) => NodeSpec,
    done: (spec: NodeSpec, end: NodeEnd) => void
  ): LiveNode | RunFailed {
    const path = child(subtree(this.#live.run.ledger, this.#live.path, { number: this.#attempt }), name)
    const refusal = this.#refuse(name, path)
    if (refusal !== undefined) return refusal
    this.#names.add(name)
    const spec = specAt(path)
    // A body that waits for children does not work itself: its slot is theirs.
    this.#live.releaseSlot()
    releaseFlight(this.#live)
    const told = (end: NodeEnd): void => {
      // First, so that a body that is being stopped does not go on with the child's failure.
      if (this.#live.stopping !== undefined) this.stop()
      done(spec, end)
    }
    return this.#live.run.host.kernel.launch(this.#live, spec, told, { stopping: this.#live.stopping })
  }

  #admitted(name: string, runnable: AnyRunnable, options: CallOptions): Treatment | RunFailed {
    try {
      return admitCall(name, runnable, options)
    } catch (error) {
      if (error instanceof InvalidValue) return this.#refusal(this.#live.path, error.message)
      throw error
    }
  }

  #refuse(name: string, path: string): RunFailed | undefined {
    const why = this.#objection(name, path)
    return why === undefined
      ? undefined
      : this.#refusal(path, `Cannot start "${this.#live.run.mask.hide(path)}": ${why}`)
  }

  #refusal(path: string, message: string): RunFailed {
    const { ledger, mask } = this.#live.run
    return new RunFailed({ run: ledger.row.id, node: mask.hide(path), phase: "Error", reason: "BadInput", message })
  }

  #objection(name: string, path: string): string | undefined {
    const secret = this.#live.run.mask.nameIn(name)
    if (secret !== undefined) return `its name holds the secret "${secret}" in clear`
    if (this.#live.run.placed) {
      return "a body on a pool starts no children; place a workflow after it, or take `on` from the task away"
    }
    if (this.#closed) return "the attempt that starts it is over"
    if (this.#names.has(name)) {
      return "its name is already used in this attempt; give each child its own name, in a loop as `page-${n}`"
    }
    if (this.#live.isOver && !this.#hasBegun(path)) this.#live.stop("Timeout")
    return this.#live.stopping === undefined || this.#hasBegun(path) ? undefined : "its run is being stopped"
  }

  /** What began in an earlier life answers from the record, or ends as it is told; so it is known how it is undone. */
  #hasBegun(path: string): boolean {
    return (this.#live.run.ledger.nodes.get(path)?.phase ?? "Pending") !== "Pending"
  }
}

/** How a child ended, as whoever started it is told. */
export const resultOf = (spec: NodeSpec, end: NodeEnd): Called => {
  if (end.phase !== "Succeeded") {
    const failure = decodeTyped(spec.error, end.error)
    return failure === undefined ? { defect: RunFailed.of(spec.path, end) } : { failure }
  }
  try {
    return { output: fromText(spec.output, end.text ?? nothing) }
  } catch (defect) {
    return { defect }
  }
}
