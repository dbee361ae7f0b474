// deno-lint-ignore-file no-explicit-any -- erased types meet typed ones here
/**
 * What a body sees of the engine: its identity, its signal, its log, and a way to start named children.
 *
 * Owns: the abort controller. Does not own: children (`ChildCalls.ts`), log lines (`log.ts`).
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { TaskArtifacts } from "../../workflow/Artifact.ts"
import type { AnyRunnable } from "../../workflow/Definition.ts"
import type { CallOptions, TaskContext, TaskLog } from "../../workflow/TaskContext.ts"
import { admitOne, text } from "../../workflow/admit.ts"
import { demand, type Fault, numberFault } from "../../workflow/values.ts"
import { LiveArtifacts } from "../artifacts/LiveArtifacts.ts"
import { ChildCalls } from "./ChildCalls.ts"
import type { Attempt, LiveNode } from "../Live.ts"
import { makeLog } from "./log.ts"
import { provided } from "./provided.ts"
import { workKey } from "../life/identity.ts"
import { RunFailed } from "../observe/RunFailed.ts"
import { traceparentAt } from "./spanAt.ts"
import { secretsFor } from "./secret.ts"

const amount = (value: unknown): Fault | undefined =>
  numberFault(
    value,
    0,
    Number.MAX_SAFE_INTEGER,
    "Use numbers from 0 as in progress(3, 10); a total of 0 is one that is not known"
  )

/** The context of one attempt. */
export class LiveTaskContext implements TaskContext {
  readonly #live: LiveNode
  readonly attempt: number
  readonly #deadline: number
  #calls: ChildCalls | undefined
  #artifacts: LiveArtifacts | undefined
  #controller: AbortController | undefined
  #callers: Set<(failure: unknown) => void> | undefined
  #aborted = false
  #log: TaskLog | undefined
  #closed = false
  #reports = 0
  #lastReport = 0

  constructor(live: LiveNode, attempt: Attempt) {
    this.#live = live
    this.attempt = attempt.number
    this.#deadline = attempt.deadline
  }

  /** The node beneath, for bodies that are programs of the engine themselves. */
  get live(): LiveNode {
    return this.#live
  }

  /** Children that the body starts. */
  get calls(): ChildCalls {
    return this.#calls ??= new ChildCalls(
      this.#live,
      this.attempt,
      this.#closed,
      () => this.#live.cancel(this.#live.stopping ?? "Stopped")
    )
  }

  get run(): string {
    return this.#live.run.ledger.row.id
  }

  get node(): string {
    return this.#live.path
  }

  get key(): string {
    return workKey(this.#live.run.host.journal.artifacts.file, this.run, this.node)
  }

  get deadline(): number | undefined {
    return this.#deadline === Infinity ? undefined : this.#deadline
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#aborted) this.#controller.abort()
    return this.#controller.signal
  }

  get log(): TaskLog {
    return this.#log ??= makeLog(this.#live, this.attempt)
  }

  /** Whether the body did anything that must be cleaned up. */
  get used(): boolean {
    return this.#calls?.used === true || this.#controller !== undefined || this.#artifacts !== undefined
  }

  // Bodies take these apart (`({ call, log })`), so each is bound;
  // most bodies need none, so none is made before it is asked for.

  get artifacts(): TaskArtifacts {
    return this.#artifacts ??= new LiveArtifacts(this.#live, this.attempt)
  }

  get progress(): TaskContext["progress"] {
    return (done, total, note) => this.#progress(done, total, note)
  }

  #progress(done: number, total: number, note?: string): void {
    demand(`what is done, in the progress of "${this.node}"`, amount(done))
    demand(`the total, in the progress of "${this.node}"`, amount(total))
    if (note !== undefined) admitOne(`the note, in the progress of "${this.node}"`, note, text)
    if (this.#closed || !this.#mayReport()) return
    this.#live.run.ledger.node({
      type: "NodeProgress",
      path: this.#live.path,
      // Adding 0 makes 0 of -0, which is what a reader gets after a restart.
      done: done + 0,
      total: total + 0,
      ...(note === undefined ? {} : { note: this.#live.run.mask.hide(note) })
    })
  }

  /** Reports beyond the limit are thinned out, so that a busy loop cannot fill the file. */
  #mayReport(): boolean {
    const { limits, now } = this.#live.run.host
    if (this.#reports >= limits.progress && now() < this.#lastReport + 1_000) return false
    this.#reports++
    this.#lastReport = now()
    return true
  }

  get heartbeat(): TaskContext["heartbeat"] {
    return () => this.#heartbeat()
  }

  #heartbeat(): void {
    const progress = this.#live.run.ledger.nodes.get(this.#live.path)?.progress
    this.#progress(progress?.done ?? 0, progress?.total ?? 0, progress?.note)
  }

  get secret(): TaskContext["secret"] {
    return secretsFor(this.#live.run)
  }

  /** Fires the signal. */
  abort(): void {
    this.#aborted = true
    this.#controller?.abort()
    // Children of a run that is left to another process never answer; their callers must not wait for them.
    const failure = new RunFailed({
      run: this.run,
      node: this.node,
      phase: "Failed",
      reason: this.#live.reason,
      message: `The attempt of "${this.node}" was interrupted`
    })
    for (const reject of this.#callers ?? []) reject(failure)
  }

  /** The attempt is over: late calls of the body change nothing. */
  close(): void {
    this.#closed = true
    this.#calls?.close()
  }

  /** Ends transfers of artifacts and removes the work directory. */
  get tidied(): Effect.Effect<void> {
    return this.#artifacts?.end() ?? Effect.void
  }

  get trace(): TaskContext["trace"] {
    const traceparent = traceparentAt(this.#live.run, this.#live.path)
    return traceparent === undefined ? undefined : { traceparent }
  }

  /** Gives an Effect body its span, and the captured logger and console. */
  provide<A, E>(body: Effect.Effect<A, E, unknown>): Effect.Effect<A, E> {
    return provided(body as Effect.Effect<A, E>, this.#live, this.attempt, this.log)
  }

  get effect(): (
    name: string,
    runnable: AnyRunnable,
    input?: unknown,
    options?: CallOptions
  ) => Effect.Effect<any, any> {
    return (name, runnable, input, options = {}) => this.#effect(name, runnable, input, options)
  }

  get call(): (name: string, runnable: AnyRunnable, input?: unknown, options?: CallOptions) => Promise<any> {
    return (name, runnable, input, options = {}) => this.#call(name, runnable, input, options)
  }

  #effect(name: string, runnable: AnyRunnable, input: unknown, options: CallOptions): Effect.Effect<any, any> {
    return Effect.callback<unknown, unknown>((resume) => {
      const node = this.calls.start(name, runnable, input, options, (result) => {
        if ("output" in result) resume(Effect.succeed(result.output))
        else resume("failure" in result ? Effect.fail(result.failure) : Effect.die(result.defect))
      })
      if (node instanceof RunFailed) return resume(Effect.die(node))
      return Effect.suspend(() => {
        node.stop(this.#live.stopping ?? "Stopped")
        return node.fiber === undefined ? Effect.void : Effect.asVoid(Fiber.await(node.fiber))
      })
    })
  }

  #call(name: string, runnable: AnyRunnable, input: unknown, options: CallOptions): Promise<any> {
    const answer = new Promise((resolve, reject) => {
      this.#callers = (this.#callers ?? new Set()).add(reject)
      const node = this.calls.start(name, runnable, input, options, (result) => {
        this.#callers?.delete(reject)
        if ("output" in result) resolve(result.output)
        else reject("failure" in result ? result.failure : result.defect)
      })
      if (node instanceof RunFailed) reject(node)
    })
    // A body that does not wait for its child must not bring its host down when the child fails.
    answer.catch(() => {})
    return answer
  }
}
