/** A run of a server, as `RunHandle` is one of this process. */
import type { Answer, TerminateOptions } from "../../engine/control/Answer.ts"
import type { CompensationPlan, CompensationPreview } from "../../engine/life/compensate.ts"
import type { RetryPlan, RetryRequest } from "../../engine/life/resets.ts"
import type { RemoveOptions } from "../../engine/life/remove.ts"
import type { ResubmitRequest } from "../../engine/life/resubmit.ts"
import type { StoredDefinition } from "../../engine/observe/definition.ts"
import type { NodesOptions } from "../../engine/observe/observe.ts"
import { RunFailed } from "../../engine/observe/RunFailed.ts"
import { decodeTyped } from "../../engine/node/value.ts"
import type { Awaited } from "../../engine/observe/waitFor.ts"
import type { Why } from "../../engine/observe/why.ts"
import type { RunOutcome, SignalValue } from "../../embed/EffectRun.ts"
import type { AnySignal } from "../../workflow/Signal.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { ArtifactView, LogView, NodeView, RunView } from "../../run/view.ts"
import type { Ending, Json, Recorded } from "../../run/Event.ts"
import { decodeJson, encodeJson } from "../../workflow/codec.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { followed } from "./follow.ts"
import { isPassing, Patience } from "./Patience.ts"
import type { Wire } from "./Wire.ts"

/** What a request for a new run may ask over the wire. */
export type RemoteResubmit = Omit<ResubmitRequest, "workflow">

/** A handle on one run of a server. */
export class RemoteRun<O = unknown> implements Omit<RunHandle<O>, "as" | "export" | "fork" | "migrate" | "resubmit"> {
  /** The id of the run. */
  readonly id: string
  readonly #wire: Wire
  readonly #workflow: AnyWorkflow | undefined

  /** Makes a handle; with a workflow, its schemas decode the output. Apps get theirs of a client. */
  constructor(wire: Wire, id: string, workflow?: AnyWorkflow) {
    this.id = id
    this.#wire = wire
    this.#workflow = workflow
  }

  /** The run as it is now; rejects with `RunNotFound` when the run was deleted. */
  status(): Promise<RunView> {
    return this.#get("/status")
  }

  /**
   * The output, once the run succeeded; rejects with its typed error (of a workflow that is given), or with
   * `RunFailed`.
   */
  async result(): Promise<O> {
    const ending = await this.ending()
    if (ending.phase === "Succeeded") return this.#decoded(ending.output ?? null)
    throw this.#errorOf(ending)
  }

  /** How the run ended, whatever the phase; never rejects because of the work itself. */
  ending(): Promise<Ending> {
    return this.#patiently("/ending")
  }

  /** How the run ended, with its output where it succeeded; never rejects because of the work itself. */
  async outcome(): Promise<RunOutcome<O>> {
    const ending = await this.ending()
    const { message = "", phase, reason = phase } = ending
    if (phase === "Succeeded") return { phase, output: this.#decoded(ending.output ?? null) }
    return { phase, reason, message, error: this.#errorOf(ending) }
  }

  /** Waits until a node has ended, is in a phase, or waits for something, and gives it as it is then. */
  waitFor(node: string, until?: Awaited): Promise<NodeView> {
    return this.#patiently("/wait", { node, until })
  }

  /**
   * Events after sequence number `after` (default: from the beginning), live, until the run ends; lost connections are
   * made again.
   */
  events(after?: number): AsyncIterable<Recorded> {
    return followed(this.#wire, this.id, after)
  }

  /** All nodes that began or ended, in that order; `values` adds inputs and outputs. */
  nodes(options: NodesOptions = {}): Promise<ReadonlyArray<NodeView>> {
    return this.#get("/nodes", { values: options.values })
  }

  /** Kept log lines of the run, or of one node. */
  async logs(node?: string): Promise<ReadonlyArray<LogView>> {
    const lines: Array<LogView> = []
    for (;;) {
      const page = await this.#get<LogPage>("/logs", { path: node, after: lines.length })
      lines.push(...page.lines)
      if (page.lines.length === 0 || lines.length >= page.total) return lines
    }
  }

  /** What its nodes have saved. */
  artifacts(): Promise<ReadonlyArray<ArtifactView>> {
    return this.#get("/artifacts")
  }

  /** The definition that is kept for the run, where it is data. */
  async definition(): Promise<StoredDefinition | undefined> {
    return await this.#get<StoredDefinition | null>("/definition") ?? undefined
  }

  /** Why the run, or one of its nodes, is not running. */
  why(node?: string): Promise<ReadonlyArray<Why>> {
    return this.#get("/why", { path: node })
  }

  /** Ends the main part, then runs exit handlers; idempotent. */
  stop(message?: string): Promise<Answer> {
    return this.#post("/stop", { message })
  }

  /**
   * Ends everything at once, exit handlers included; scoped finalizers still run. With `compensate: true` what was done
   * is undone before the run ends. Text is the message.
   */
  terminate(how: TerminateOptions | string = {}): Promise<Answer> {
    return this.#post("/terminate", typeof how === "string" ? { message: how } : how)
  }

  /** Lets nothing new begin; what runs goes on. */
  suspend(): Promise<Answer> {
    return this.#post("/suspend")
  }

  /** Lets a suspended run go on. */
  resume(): Promise<Answer> {
    return this.#post("/resume")
  }

  /**
   * Gives a waiting node its value: a signal with a value of its type, or the node's path with the JSON form of its
   * schema.
   */
  signal<S extends AnySignal | string>(to: S, ...[value = null]: SignalValue<S>): Promise<Answer> {
    const sent = typeof to === "string" ? { node: to, value } : { node: to.name, value: encodeJson(to.output)(value) }
    return this.#post("/signal", sent)
  }

  /** Approves a waiting node that asks for no value. */
  approve(node: string): Promise<Answer> {
    return this.#post("/approve", { node })
  }

  /** What `retry` would run again, and why. */
  planRetry(request: RetryRequest = {}): Promise<RetryPlan> {
    return this.#post("/retry?plan=true", request)
  }

  /** Runs the failed part again in this same run; answers what is run again. */
  retry(request: RetryRequest = {}): Promise<RetryPlan> {
    return this.#post("/retry", request)
  }

  /** What `compensate` would undo, and why the rest stays. */
  planCompensation(): Promise<CompensationPreview> {
    return this.#post("/compensate?plan=true")
  }

  /** Undoes what the ended run did, in the same run; answers which nodes are undone. */
  compensate(): Promise<CompensationPlan> {
    return this.#post("/compensate")
  }

  /** Starts a new run of the same definition and input; `memoized` keeps the results of nodes that succeeded. */
  async resubmit(request: RemoteResubmit = {}): Promise<RemoteRun<O>> {
    return new RemoteRun(this.#wire, (await this.#post<RunView>("/resubmit", request)).id, this.#workflow)
  }

  /** Starts a new run that keeps all results except those of `node` and of what comes after it. */
  async fork(node: string, request: RemoteResubmit = {}): Promise<RemoteRun<O>> {
    return new RemoteRun(this.#wire, (await this.#post<RunView>("/fork", { ...request, node })).id, this.#workflow)
  }

  /** The ended run with its events, logs and artifacts as the bytes of a `.tgz`. */
  async export(): Promise<ReadableStream<Uint8Array>> {
    return (await this.#wire.send("GET", `${this.#path}/export`)).body!
  }

  /** Deletes the run with all its rows; `force` terminates it first when it is open. */
  async delete(options: RemoveOptions = {}): Promise<void> {
    await this.#wire.send("DELETE", this.#path, { query: { force: options.force } })
  }

  get #path(): string {
    return `/runs/${encodeURIComponent(this.id)}`
  }

  #get<A>(path: string, query: Readonly<Record<string, unknown>> = {}): Promise<A> {
    return this.#wire.ask("GET", `${this.#path}${path}`, { query })
  }

  #post<A>(path: string, json: object = {}): Promise<A> {
    return this.#wire.ask("POST", `${this.#path}${path}`, { json })
  }

  /**
   * Asks again for as long as the answer is that it is not yet so. A server that was heard once may be away for a
   * while.
   */
  async #patiently<A>(path: string, query: Readonly<Record<string, unknown>> = {}): Promise<A> {
    const patience = new Patience()
    for (let wasHeard = false;;) {
      try {
        const response = await this.#wire.send("GET", `${this.#path}${path}`, { query })
        const answer: unknown = await response.json()
        if (response.status !== 202) return answer as A
        wasHeard = true
        patience.renew()
      } catch (error) {
        if (!wasHeard || !isPassing(error)) throw error
        await patience.pause()
      }
    }
  }

  #decoded(output: Json): O {
    return (this.#workflow === undefined ? output : decodeJson(this.#workflow.output)(output)) as O
  }

  #errorOf(ending: Ending): unknown {
    return decodeTyped(this.#workflow?.error, ending.error) ?? RunFailed.of("", ending, this.id)
  }
}

interface LogPage {
  readonly lines: ReadonlyArray<LogView>
  readonly total: number
}
