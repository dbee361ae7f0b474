/**
 * What a body sees of the engine: its identity, its signal, its log, and a way to start named children.
 *
 * Owns: the abort controller, the names of children of this attempt. Does not own: the children (the node does).
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import { child } from "../run/path.ts"
import type { AnyRunnable } from "../workflow/Definition.ts"
import { toTreatment } from "../workflow/treatment.ts"
import type { CallOptions, TaskContext, TaskLog } from "../workflow/TaskContext.ts"
import { launch } from "./launch.ts"
import type { LiveNode } from "./LiveNode.ts"
import { makeConsole, makeLog, makeLogger } from "./log.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import type { Attempt, NodeSpec } from "./NodeSpec.ts"
import { RunFailed } from "./RunFailed.ts"
import { resolveSecret } from "./secret.ts"
import { runnableSpec } from "./spec.ts"
import { subtree } from "./subtree.ts"
import { decodeTyped, fromText } from "./value.ts"

/** The context of one attempt. */
export class LiveTaskContext implements TaskContext {
  readonly #live: LiveNode
  readonly attempt: number
  readonly #deadline: number
  readonly #names = new Set<string>()
  #controller: AbortController | undefined
  #aborted = false
  #log: TaskLog | undefined
  #closed = false

  constructor(live: LiveNode, attempt: Attempt) {
    this.#live = live
    this.attempt = attempt.number
    this.#deadline = attempt.deadline
  }

  get run(): string {
    return this.#live.run.ledger.row.id
  }

  get node(): string {
    return this.#live.path
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

  get capturesConsole(): boolean {
    return this.#live.run.host.captureConsole
  }

  /** Whether the body did anything that must be cleaned up. */
  get used(): boolean {
    return this.#names.size > 0 || this.#controller !== undefined
  }

  readonly progress = (done: number, total: number, note?: string): void => {
    if (this.#closed) return
    this.#live.run.ledger.node({ type: "NodeProgress", path: this.#live.path, done, total, ...(note === undefined ? {} : { note }) })
  }

  readonly heartbeat = (): void => {
    const progress = this.#live.run.ledger.nodes.get(this.#live.path)?.progress
    this.progress(progress?.done ?? 0, progress?.total ?? 0, progress?.note)
  }

  readonly secret = (name: string): Promise<string> => resolveSecret(this.#live.run.host, name)

  /** Fires the signal. */
  abort(): void {
    this.#aborted = true
    this.#controller?.abort()
  }

  /** The attempt is over: late calls of the body change nothing. */
  close(): void {
    this.#closed = true
  }

  /** `stop`: children end first (their exit handlers run), then the body is interrupted. */
  stop(): void {
    if (this.#live.children.size === 0) this.#live.cancel(this.#live.stopping ?? "Stopped")
  }

  /** Gives an Effect body the captured logger and console. */
  provide<A, E>(body: Effect.Effect<A, E, unknown>): Effect.Effect<A, E> {
    const context = body as Effect.Effect<A, E>
    return context.pipe(
      Effect.provideService(Logger.CurrentLoggers, new Set([makeLogger(this.#live, this.attempt)])),
      Effect.provideService(Console.Console, makeConsole(this.log))
    )
  }

  readonly effect = (name: string, runnable: AnyRunnable, input?: unknown, options: CallOptions = {}): Effect.Effect<any, any> =>
    Effect.callback<unknown, unknown>((resume) => {
      const spec = this.#childSpec(name, runnable, input, options)
      if (spec instanceof RunFailed) return resume(Effect.die(spec))
      const node = this.#open(spec, (end) => resume(this.#result(spec, end)))
      return Effect.suspend(() => {
        node.stop(this.#live.stopping ?? "Terminated")
        return node.fiber === undefined ? Effect.void : Effect.asVoid(Fiber.await(node.fiber))
      })
    })

  readonly call = (name: string, runnable: AnyRunnable, input?: unknown, options: CallOptions = {}): Promise<any> => {
    const spec = this.#childSpec(name, runnable, input, options)
    if (spec instanceof RunFailed) return Promise.reject(spec)
    return new Promise((resolve, reject) => {
      this.#open(spec, (end) => {
        if (end.phase === "Succeeded") resolve(fromText(spec.output, end.text ?? "null"))
        else reject(failure(spec, end))
      })
    })
  }

  #open(spec: NodeSpec, done: (end: NodeEnd) => void): LiveNode {
    this.#live.releaseSlot()
    return launch(this.#live, spec, (end) => {
      done(end)
      if (this.#live.stopping !== undefined) this.stop()
    })
  }

  #childSpec(name: string, runnable: AnyRunnable, input: unknown, options: CallOptions): NodeSpec | RunFailed {
    const path = child(subtree(this.#live.run.ledger, this.#live.path, { number: this.attempt }), name)
    const refusal = this.#refuse(name, path)
    if (refusal !== undefined) return new RunFailed({ run: this.run, node: path, phase: "Error", reason: "LimitExceeded", message: refusal })
    this.#names.add(name)
    return runnableSpec({ runnable, plan: undefined, path, handler: this.#live.handler, input: () => input, over: toTreatment(options, runnable) })
  }

  #refuse(name: string, path: string): string | undefined {
    if (this.#closed) return `Cannot start "${path}": the attempt that starts it is over`
    if (this.#names.has(name)) return `Cannot start "${path}" twice in one attempt: give each child a name of its own`
    if (this.#live.stopping !== undefined) return `Cannot start "${path}": its run is being stopped`
    return undefined
  }

  #result(spec: NodeSpec, end: NodeEnd): Effect.Effect<unknown, unknown> {
    return end.phase === "Succeeded"
      ? Effect.try({ try: () => fromText(spec.output, end.text ?? "null"), catch: (error) => error })
      : Effect.fail(failure(spec, end))
  }
}

const failure = (spec: NodeSpec, end: NodeEnd): unknown =>
  end.typed ?? decodeTyped(spec.error, end.error) ?? RunFailed.of(spec.path, end)

