/**
 * A client of a server: the same calls as an engine of this process, over HTTP. Runs in browsers, Node, Bun and Deno.
 *
 * @example
 * ```ts
 * import { connect } from "pinnace/client"
 *
 * const pinnace = connect("http://127.0.0.1:7070/#token=…")
 * const run = await pinnace.start("report", { day: "2026-11-29" })
 * for await (const { event } of run.events()) console.log(event.type)
 * console.log(await run.result())
 * ```
 *
 * @module
 */
import { RunNotFound } from "../../engine/EngineError.ts"
import type { StartOptions } from "../../engine/life/start.ts"
import type { ArtifactFilter, Collection, CollectOptions } from "../../engine/observe/artifacts.ts"
import type { CacheExplanation } from "../../engine/observe/explain.ts"
import type { RunCount, RunFilter } from "../../engine/observe/list.ts"
import type { PhaseCounts } from "../../run/Phase.ts"
import type { SemaphoreView, SetLimitOptions } from "../../engine/observe/locks.ts"
import type { Stuck } from "../../engine/observe/stuck.ts"
import type { Sweep, SweepOptions } from "../../engine/observe/sweep.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { StartArguments } from "../../embed/PinnaceEngine.ts"
import type { ArtifactView, RunView } from "../../run/view.ts"
import { encodeJson } from "../../workflow/codec.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Workflow } from "../../workflow/Workflow.ts"
import { RemoteRun } from "./RemoteRun.ts"
import { type Bytes, type ConnectOptions, Wire } from "./Wire.ts"

/** The value of a signal as it is sent. */
const sentSignal = ({ signal }: StartOptions): object => {
  if (signal === undefined || typeof signal.to === "string") return {}
  return { signal: { to: signal.to.name, value: encodeJson(signal.to.output)(signal.value) } }
}

/** A file of a manifest that is sent. */
export interface ManifestFile {
  /** The name of the file, which messages tell. */
  readonly name: string
  /** What the file holds: YAML or JSON. */
  readonly text: string
}

/** What is asked of an engine alike, wherever it is. */
type Asked =
  | "artifacts"
  | "breakPermit"
  | "counts"
  | "explain"
  | "gc"
  | "list"
  | "locks"
  | "pin"
  | "setLimit"
  | "stuck"
  | "sweep"

/** An engine behind a server. */
export class Client implements Pick<Pinnace, Asked> {
  readonly #wire: Wire

  /** Makes a client over a wire; apps use `connect`. */
  constructor(wire: Wire) {
    this.#wire = wire
  }

  /**
   * Starts a run; resolves once it is durable. By its name, the server has to know the workflow, and the input is
   * JSON.
   */
  start<I, O, E, R>(workflow: Workflow<I, O, E, R>, ...rest: StartArguments<I>): Promise<RemoteRun<O>>
  /** Starts a run of a workflow that the server knows by this name, with its input as JSON. */
  start(workflow: string, input?: unknown, options?: StartOptions): Promise<RemoteRun>
  async start(workflow: unknown, ...[input, options = {}]: [unknown?, StartOptions?]): Promise<RemoteRun<never>> {
    const typed = typeof workflow === "string" ? undefined : workflow as AnyWorkflow
    const sent = typed === undefined ? input : encodeJson(typed.input)(input)
    const json = { ...options, ...sentSignal(options), workflow: typed?.name ?? workflow, input: sent }
    const { id } = await this.#wire.ask<RunView>("POST", "/runs", { json })
    return new RemoteRun<never>(this.#wire, id, typed)
  }

  /** Starts the workflow of Argo manifests. */
  async startManifests(
    manifests: ReadonlyArray<ManifestFile>,
    parameters: Readonly<Record<string, string>> = {},
    options: StartOptions = {}
  ): Promise<RemoteRun> {
    const { id } = await this.#wire.ask<RunView>("POST", "/runs", { json: { ...options, manifests, parameters } })
    return new RemoteRun(this.#wire, id)
  }

  /** Starts a run and waits for its output. */
  async run<I, O, E, R>(workflow: Workflow<I, O, E, R>, ...rest: StartArguments<I>): Promise<O> {
    return (await this.start(workflow, ...rest)).result()
  }

  /** A handle on the run with this id, or `undefined` when there is none. */
  get(id: string): Promise<RemoteRun | undefined>
  /** The same with the types of its workflow. */
  get<I, O, E, R>(workflow: Workflow<I, O, E, R>, id: string): Promise<RemoteRun<O> | undefined>
  async get(...args: [string] | [unknown, string]): Promise<RemoteRun<never> | undefined> {
    const id = args.length === 1 ? args[0] : args[1]
    const run = new RemoteRun<never>(this.#wire, id, args.length === 1 ? undefined : args[0] as AnyWorkflow)
    try {
      await run.status()
      return run
    } catch (error) {
      if (error instanceof RunNotFound) return undefined
      throw error
    }
  }

  /** How many runs are in which phase, of those that fit; a phase that none is in is absent. */
  async counts({ labels, phases, ...rest }: RunCount = {}): Promise<PhaseCounts> {
    const query = { ...instants(rest), phase: phases, labels: selectorOf(labels), limit: 1, counts: true }
    return (await this.#wire.ask<RunPage>("GET", "/runs", { query })).counts ?? {}
  }

  /** Runs, newest first; 100 unless `limit` says otherwise (`Infinity`: all). */
  async list(filter: RunFilter = {}): Promise<ReadonlyArray<RunView>> {
    const { before, labels, limit = 100, phases, ...rest } = filter
    const found: Array<RunView> = []
    let from = typeof before === "object" ? before.cursor : before
    let skip = rest.skip
    do {
      const query = {
        ...instants(rest),
        skip,
        phase: phases,
        labels: selectorOf(labels),
        before: from,
        limit: Math.min(limit - found.length, 1_000)
      }
      const page = await this.#wire.ask<RunPage>("GET", "/runs", { query })
      found.push(...page.runs)
      from = page.next
      skip = undefined
    } while (from !== undefined && found.length < limit)
    return found
  }

  /** Why the nodes of a run whose results may be reused, or one of them, were computed, or what they reused. */
  explain(run: string, node?: string): Promise<ReadonlyArray<CacheExplanation>> {
    return this.#wire.ask("GET", `/runs/${encodeURIComponent(run)}/cache`, { query: { path: node } })
  }

  /** Artifacts, in the order of their ids; 1,000 unless `limit` says otherwise. */
  artifacts({ states, ...filter }: ArtifactFilter = {}): Promise<ReadonlyArray<ArtifactView>> {
    return this.#wire.ask("GET", "/artifacts", { query: { ...filter, state: states } })
  }

  /** The stored bytes of an artifact, or a part of them: from `start` up to and without `end`. */
  async bytes(
    artifact: string,
    range?: { readonly start: number; readonly end?: number }
  ): Promise<ReadableStream<Uint8Array>> {
    const headers: Readonly<Record<string, string>> = range === undefined
      ? {}
      : { range: `bytes=${range.start}-${range.end === undefined ? "" : range.end - 1}` }
    return (await this.#wire.send("GET", `/artifacts/${encodeURIComponent(artifact)}/bytes`, { headers })).body!
  }

  /** Deletes artifacts that nothing needs any more; `dryRun` only says what would go. */
  gc(options: CollectOptions = {}): Promise<Collection> {
    return this.#wire.ask("POST", "/gc", { json: options })
  }

  /** Removes bytes that no artifact names, left by processes that died. */
  sweep(options: SweepOptions = {}): Promise<Sweep> {
    return this.#wire.ask("POST", "/sweep", { json: options })
  }

  /** Keeps an artifact whatever its strategy says (or, with `false`, no longer). */
  pin(artifact: string, pinned = true): Promise<boolean> {
    return this.#wire.ask("PUT", `/artifacts/${encodeURIComponent(artifact)}/pin`, { json: { pinned } })
  }

  /** Takes in a run that `export` gave: it can be read, resubmitted and forked, but not retried. */
  async import(archive: Bytes): Promise<RemoteRun> {
    return new RemoteRun(this.#wire, (await this.#wire.ask<RunView>("POST", "/runs/import", { bytes: archive })).id)
  }

  /** Everything that does not move, with its reason. */
  stuck(): Promise<ReadonlyArray<Stuck>> {
    return this.#wire.ask("GET", "/stuck")
  }

  /** Semaphores with their limits, holders and queues. */
  locks(): Promise<ReadonlyArray<SemaphoreView>> {
    return this.#wire.ask("GET", "/locks")
  }

  /** Sets a limit that is kept in the state file (`storedLimit`). */
  async setLimit(name: string, limit: number, options: SetLimitOptions = {}): Promise<void> {
    await this.#wire.send("PUT", "/locks", { json: { ...options, name, limit } })
  }

  /** Takes the permits of a node away by hand; answers whether it had any. */
  breakPermit(run: string, node: string): Promise<boolean> {
    return this.#wire.ask("POST", "/locks/break", { json: { run, node } })
  }

  /** The names of the workflows that the server can start. */
  async workflows(): Promise<ReadonlyArray<string>> {
    return (await this.#wire.ask<ReadonlyArray<{ readonly name: string }>>("GET", "/workflows")).map(({ name }) => name)
  }
}

/** The engine behind the server at an address as `pinnace ui` prints it: the token may be in its fragment. */
export const connect = (address: string, options: ConnectOptions = {}): Client => new Client(new Wire(address, options))

interface RunPage {
  readonly runs: ReadonlyArray<RunView>
  readonly next?: string
  readonly counts?: PhaseCounts
}

const instants = (filter: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [name, value instanceof Date ? value.getTime() : value])
  )

/** Labels as a selector. */
const selectorOf = (labels: RunFilter["labels"]): string | undefined =>
  typeof labels === "object" ? Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(",") : labels

export { RemoteRun } from "./RemoteRun.ts"
export type { RemoteResubmit } from "./RemoteRun.ts"
export { ServerError } from "./Wire.ts"
export type { Bytes, ConnectOptions } from "./Wire.ts"
