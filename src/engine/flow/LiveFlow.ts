// deno-lint-ignore-file no-explicit-any -- erased types meet typed ones here
/**
 * What the body of a flow sees of the engine.
 *
 * Owns: who waits for which step, in which order they are told, the abort controller.
 * Does not own: the nodes (their parent does), names (`ChildCalls.ts`).
 * Invariant: what is known from an earlier life is told in the order in which it was recorded, so that the body finds
 * the same steps ended at each point as it did then.
 */
import * as Effect from "effect/Effect"
import type { AnyRunnable } from "../../workflow/Definition.ts"
import type { FlowContext } from "../../workflow/FlowContext.ts"
import { asTask, awaitNode, eachNode, receiveNode, runNode, sleepNode } from "../../workflow/flowSteps.ts"
import type { CallOptions } from "../../workflow/TaskContext.ts"
import { ChildCalls, resultOf } from "../node/ChildCalls.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"
import { excess } from "../node/payload.ts"
import { toText } from "../node/value.ts"
import { demand } from "../../workflow/values.ts"
import { RunFailed } from "../observe/RunFailed.ts"
import { subtree } from "../graph/subtree.ts"
import { holder, isHandlerRoot, isItem } from "../../run/path.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import { Deliveries } from "./Deliveries.ts"
import { definedSpec, demandStep } from "./definedSpec.ts"

/** The step behind an error. */
export interface Failed {
  readonly path: string
  readonly end: NodeEnd
}

/** Unwinds the body of a flow that continues as new. */
class Continuing extends Error {
  override readonly message = "The flow continues as a new run"
}

/** The context of one life of a flow. */
export class LiveFlow implements FlowContext {
  readonly #live: LiveNode
  readonly #number: number
  readonly #calls: ChildCalls
  readonly #deliveries: Deliveries
  #failures: WeakMap<object, Failed> | undefined
  readonly #waiting = new Set<(failure: unknown) => void>()
  #controller: AbortController | undefined
  #isAborted = false
  /** The input with which the run is to go on as a new one, as JSON text. */
  next: string | undefined

  constructor(live: LiveNode, number: number) {
    this.#live = live
    this.#number = number
    this.#calls = new ChildCalls(live, number, false, () => {})
    this.#deliveries = new Deliveries(live.run)
  }

  /** How the body ends, or nothing once it is told to stop. One callback: thousands of flows may wait at once. */
  firstOf(body: Promise<NodeEnd>): Effect.Effect<NodeEnd | undefined> {
    return Effect.callback((resume) => {
      body.then((end) => resume(Effect.succeed(end)), (error) => resume(Effect.die(error)))
      this.#live.onStop(() => {
        this.#fire()
        resume(Effect.undefined)
      })
    })
  }

  get run(): string {
    return this.#live.run.ledger.row.id
  }

  get node(): string {
    return this.#live.path
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#isAborted) this.#controller.abort()
    return this.#controller.signal
  }

  #fire(): void {
    this.#isAborted = true
    this.#controller?.abort()
  }

  // Bodies take these apart, so each is bound; one that waits needs none, so none is kept.

  get step(): FlowContext["step"] {
    return (name: string, how: any): Promise<any> =>
      this.#refusable(() => {
        const task = asTask(name, how)
        demandStep(name, task)
        return this.#call(name, task)
      })
  }

  get call(): FlowContext["call"] {
    return (name: string, runnable: AnyRunnable, input?: unknown, options: CallOptions = {}): Promise<any> =>
      this.#call(name, runnable, input, options)
  }

  get each(): FlowContext["each"] {
    return (name: string, items: ReadonlyArray<unknown>, work: any, options?: any): Promise<any> =>
      this.#refusable(() => this.#defined(name, eachNode(name, items, work, options)))
  }

  get sleep(): FlowContext["sleep"] {
    return (name: string, duration: any): Promise<any> =>
      this.#refusable(() => this.#defined(name, sleepNode(name, duration)))
  }

  get receive(): FlowContext["receive"] {
    return (signal: any, options: any = {}): Promise<any> =>
      this.#refusable(() => {
        const def = receiveNode(signal, options)
        return this.#defined(def.name, def)
      })
  }

  get startRun(): FlowContext["startRun"] {
    return async (name: string, workflow: any, input?: unknown, options?: any): Promise<any> => {
      const def = runNode(name, workflow, input, options)
      const id: string = await this.#defined(name, def)
      // In a later life nothing starts it again, and perhaps nobody waits for it.
      Effect.runForkWith(this.#live.run.context)(Effect.ignore(this.#live.run.host.runs().know(workflow)))
      let result: Promise<any> | undefined
      const wait = `${name}.result`
      return { id, result: () => result ??= this.#defined(wait, awaitNode(wait, def, id)) }
    }
  }

  get continueAs(): FlowContext["continueAs"] {
    return (input?: unknown): never => {
      this.next = this.#inputOfNext(input)
      this.#calls.close()
      throw new Continuing()
    }
  }

  /** Near the limit somebody must act before it is reached. */
  get shouldContinue(): boolean {
    const { host: { limits }, ledger } = this.#live.run
    return ledger.nodes.size >= 0.8 * limits.nodes
  }

  #inputOfNext(input: unknown): string {
    const { host: { limits }, plan } = this.#live.run
    const place = "what a flow continues as"
    const own = this.#live.parent === undefined
    demand(
      place,
      own ? undefined : { what: "is for the run, and this flow is a node", hint: "Continue the outer flow" }
    )
    const text = toText(plan.workflow.input, input)
    const wrong = excess("input of the next run", text, limits.payload)
    demand(place, wrong === undefined ? undefined : { what: "is too large", hint: wrong })
    return text
  }

  get all(): FlowContext["all"] {
    return (steps: ReadonlyArray<unknown>): Promise<any> => Promise.all(steps)
  }

  get now(): FlowContext["now"] {
    return (name: string): Promise<number> => this.step(name, () => this.#live.run.host.now())
  }

  get random(): FlowContext["random"] {
    return (name: string): Promise<number> => this.step(name, () => this.#live.run.host.random())
  }

  get uuid(): FlowContext["uuid"] {
    return (name: string): Promise<string> => this.step(name, () => globalThis.crypto.randomUUID())
  }

  /** The step whose failure an error is, if it is one. */
  failureBehind(error: unknown): Failed | undefined {
    return typeof error === "object" && error !== null ? this.#failures?.get(error) : undefined
  }

  /** Names of steps that the record has and that this life has not come to. */
  unasked(): ReadonlyArray<string> {
    const { ledger } = this.#live.run
    const prefix = subtree(ledger, this.#live.path, { number: this.#number })
    const asked = this.#calls.asked()
    return [...ledger.nodes.values()]
      .filter(({ path, phase }) =>
        holder(path) === prefix && !isHandlerRoot(path) && !isItem(path) && !asked.has(path) && phase !== "Pending"
      )
      .map(({ path }) => path.slice(prefix === "" ? 0 : prefix.length + 1))
  }

  /** Nothing comes any more: whoever waits for a step is told so. */
  abort(): void {
    this.#fire()
    const failure = new RunFailed({
      run: this.run,
      node: this.node,
      phase: "Failed",
      reason: this.#live.stopping ?? this.#live.reason,
      message: "The flow was interrupted"
    })
    for (const reject of this.#waiting) reject(failure)
  }

  /** The body has ended, or is not listened to any more. */
  close(): void {
    this.#calls.close()
    this.#deliveries.close()
    this.#live.onStop(undefined)
  }

  #call(name: string, runnable: AnyRunnable, input?: unknown, options: CallOptions = {}): Promise<any> {
    return this.#started((done) => this.#calls.begin(name, runnable, input, options, done))
  }

  #defined(name: string, def: ReturnType<typeof sleepNode>): Promise<any> {
    demandStep(name, def)
    return this.#started((done) => this.#calls.launch(name, (path) => definedSpec(this.#live, def, path), done))
  }

  /** A mistake in what a step is given rejects the step, like any other of its failures. */
  #refusable(start: () => Promise<any>): Promise<any> {
    try {
      return start()
    } catch (error) {
      return unheard(Promise.reject(error))
    }
  }

  #started(start: (done: (spec: NodeSpec, end: NodeEnd) => void) => LiveNode | RunFailed): Promise<any> {
    const answer = new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      const node = start((spec, end) => {
        this.#deliveries.add(spec.path, () => {
          this.#waiting.delete(reject)
          this.#tell(spec, end, resolve, reject)
        })
      })
      if (!(node instanceof RunFailed)) return
      this.#waiting.delete(reject)
      reject(node)
    })
    return unheard(answer)
  }

  #tell(spec: NodeSpec, end: NodeEnd, resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    const result = resultOf(spec, end)
    if ("output" in result) return resolve(result.output)
    const error = "failure" in result ? result.failure : result.defect
    if (typeof error === "object" && error !== null) {
      this.#failures = (this.#failures ?? new WeakMap()).set(error, { path: spec.path, end })
    }
    reject(error)
  }
}

/** A body that does not wait for a step must not bring its host down when the step fails. */
const unheard = (answer: Promise<any>): Promise<any> => {
  answer.catch(() => {})
  return answer
}
