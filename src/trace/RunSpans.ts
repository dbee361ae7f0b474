/**
 * The spans of one run, as a fold of its events: what ends gives a span, with an id that is computed from the record.
 *
 * Owns: what is known of open nodes. Does not own: where spans go.
 * Invariants
 * - T1 The parent of a span is a span of the same run, or that of its starter.
 * - T2 No two spans of a trace have one id, whatever runs it holds.
 * - T6 The fold of the stored events gives what the fold of the live ones gave.
 * - T3 A span lies within its parent, as far as the clock was not set back.
 *
 * The first attempt of a node is the node's own span: only what was tried or begun again has spans of attempts, so that
 * a run without failures has one span a node. What a first attempt calls is a child of the node, whatever comes.
 */
import type { EncodedError, Ending, Event, Origin, Recorded, RunEvent, Trace } from "../run/Event.ts"
import { parent as above } from "../run/path.ts"
import { attemptName, endingOf, nodeName, nodeOf, type RunFacts, runName, runOf, waitsFor } from "./attributes.ts"
import { endedSpan, linkTo, nodePlace, startPlace } from "./endedSpan.ts"
import { derivedTraceId, runPlace, SpanIds } from "./ids.ts"
import { note, type Open, OpenNode } from "./openNode.ts"
import type { SpanLink, SpanRecord } from "./SpanRecord.ts"
import type { SpanContext } from "./traceparent.ts"

/** A run as its first event tells of it, for runs that are not stored yet, too. */
export interface RunHead extends RunFacts {
  readonly createdAt: number
  readonly trace?: Trace
  readonly origin?: Origin
}

const nobody: ReadonlyArray<SpanRecord> = []
const noLinks: ReadonlyArray<SpanLink> = []

/** How a span ends whose run goes on in another trace. */
const continued: Ending = { phase: "Succeeded", reason: "Continued" }

type Lost = NonNullable<Extract<Event, { readonly type: "RunMigrated" }>["lost"]>

/** The spans of one run. */
export class RunSpans {
  readonly #head: RunHead
  readonly #first: string
  readonly #nodes = new Map<string, OpenNode>()
  #epoch = 1
  /** Of this epoch. */
  #ids: SpanIds
  #run: Open | undefined
  /** Whether a process has begun to work on this epoch. */
  #hasBegun = false
  /** Whether any node of it has had more than one attempt. */
  #isRepeated = false
  /** The run in the epoch before. */
  #before: SpanLink | undefined
  /** What tells its spans from those of another run in the same trace. */
  readonly #scope: string

  constructor(head: RunHead) {
    this.#head = head
    this.#scope = `${head.run}/${head.createdAt}`
    this.#first = head.trace?.traceId ?? derivedTraceId(head.run, head.workflow, head.createdAt)
    this.#ids = new SpanIds(this.#first, this.#scope)
  }

  /** Whether its spans are sent as they end. */
  get isSampled(): boolean {
    return this.#head.trace?.sampled ?? true
  }

  /** The span in which a node, or one of its attempts, does its work. */
  contextOf(path: string): SpanContext {
    const node = this.#nodes.get(path)
    const place = node?.isRepeated === true ? { path, attempt: node.attempt, rerun: node.rerun } : nodePlace(path)
    return { traceId: this.#ids.traceId, spanId: this.#ids.of(place), sampled: this.isSampled }
  }

  /** The span of the run as it is now. */
  get context(): SpanContext {
    return { traceId: this.#ids.traceId, spanId: this.#ids.run, sampled: this.isSampled }
  }

  /** What is told as soon as the run is stored: whoever executes it later tells the rest. */
  begun(): ReadonlyArray<SpanRecord> {
    const starter = this.#head.trace?.spanId
    return starter === undefined ? nobody : [this.#startSpan(starter)]
  }

  /** The spans that an event has ended. */
  take({ at, event }: Pick<Recorded, "at" | "event">): ReadonlyArray<SpanRecord> {
    return "path" in event ? this.#node(event, at) : this.#ofRun(event, at)
  }

  /** Whether contexts may depend on a fact about a run whose spans are not told; asked of each when it is recorded. */
  heeds({ type }: Event): boolean {
    this.#isRepeated ||= type === "AttemptFailed" || type === "AttemptStarted"
    return this.#isRepeated || (type !== "NodeStarted" && type !== "NodeFinished" && type !== "NodeWaiting")
  }

  /** Keeps what contexts depend on of a run whose spans are not told: an attempt that is not the first. */
  follow({ at, event }: Pick<Recorded, "at" | "event">): void {
    if (!("path" in event)) return void this.#ofRun(event, at)
    const { path, type } = event
    if (type === "NodeFinished" || type === "NodeStarted") return void this.#nodes.delete(path)
    if (type !== "AttemptFailed" && type !== "AttemptStarted") return
    const node = this.#nodes.get(path) ?? new OpenNode("task", at)
    const now = type === "AttemptStarted" ? { rerun: event.rerun, attemptAt: at } : {}
    const { attempt } = event
    this.#nodes.set(
      path,
      Object.assign(node, { attempt, ...now, isRepeated: true, isTrying: type === "AttemptStarted" })
    )
  }

  #ofRun(event: RunEvent, at: number): ReadonlyArray<SpanRecord> {
    switch (event.type) {
      case "RunCreated":
        return this.begun()
      case "RunStarted":
        if (this.#hasBegun) {
          note(this.#run, { name: "pinnace.takeover", at, attributes: { "pinnace.process": event.owner } })
        }
        this.#hasBegun = true
        this.#run ??= { startedAt: this.#epoch === 1 ? this.#head.createdAt : at, events: [] }
        return nobody
      case "RunSuspended":
      case "RunResumed":
      case "RunHeld":
      case "RunCompensating":
        note(this.#run, { name: `pinnace.${event.type.slice("Run".length).toLowerCase()}`, at, attributes: {} })
        return nobody
      case "RunStopping":
        note(this.#run, {
          name: "pinnace.command",
          at,
          attributes: { "pinnace.verb": event.mode === "undo" ? "terminate" : event.mode }
        })
        return nobody
      case "RunRetried":
        this.#next(event.epoch, at, "retry")
        return nobody
      case "RunMigrated":
        return event.lost === undefined ? nobody : this.#migrated(event.lost, at)
      case "RunFinished":
        return this.#finished(event.ending, at)
      default:
        return nobody
    }
  }

  /** Another epoch is another trace: backends have sealed the first one, perhaps days ago. */
  #next(epoch: number, at: number, why: string): void {
    this.#before = linkTo(this.context, why)
    this.#epoch = epoch
    this.#hasBegun = false
    this.#ids = new SpanIds(derivedTraceId(this.#first, this.#scope, epoch), this.#scope)
    this.#nodes.clear()
    this.#run = { startedAt: at, events: [] }
  }

  /** What is open ends in the one trace, beneath what it belongs to; what is kept of it goes on in the other. */
  #migrated({ epoch, reset }: Lost, at: number): ReadonlyArray<SpanRecord> {
    const open = [...this.#nodes].toReversed()
    const told = open.flatMap(([path, node]) => this.#nodeFinished(path, node, continued, at))
    told.push(...this.#finished(continued, at))
    this.#next(epoch, at, "migrate")
    const gone = new Set(reset)
    for (const [path, { attempt, isTrying, kind, rerun }] of open.toReversed()) {
      if (!gone.has(path)) this.#nodes.set(path, Object.assign(new OpenNode(kind, at), { attempt, isTrying, rerun }))
    }
    return told
  }

  #finished(ending: Ending, at: number): ReadonlyArray<SpanRecord> {
    const run = this.#run ?? { startedAt: this.#head.createdAt, events: [] }
    this.#nodes.clear()
    this.#run = undefined
    return [endedSpan(this.#ids, runPlace, run, at, {
      name: runName(this.#head),
      kind: "consumer",
      parentSpanId: this.#epoch === 1 && this.#head.trace?.spanId !== undefined ? this.#ids.of(startPlace) : undefined,
      attributes: { ...runOf(this.#head, this.#epoch), ...endingOf(ending) },
      links: this.#links,
      ending
    })]
  }

  get #links(): ReadonlyArray<SpanLink> {
    if (this.#before !== undefined) return [this.#before]
    const { origin } = this.#head
    return origin?.span === undefined ? [] : [linkTo(origin.span, origin.how)]
  }

  #node(event: Extract<Event, { readonly path: string }>, at: number): ReadonlyArray<SpanRecord> {
    const node = this.#nodes.get(event.path)
    switch (event.type) {
      case "NodeStarted":
        this.#nodes.set(event.path, new OpenNode(event.kind, at, node))
        return nobody
      case "NodeWaiting":
        if (node === undefined) {
          const waits = Object.assign(new OpenNode(event.kind ?? "task", at), { attempt: 0, isTrying: false })
          this.#nodes.set(event.path, waits)
        }
        note(this.#nodes.get(event.path), { name: "pinnace.wait", at, attributes: waitsFor(event) })
        return nobody
      case "NodeSignalled":
        note(node, { name: "pinnace.signal", at, attributes: {} })
        return nobody
      case "AttemptFailed":
        return this.#attemptFailed(event, at, node)
      case "AttemptStarted":
        return this.#attemptStarted(event, at, node)
      case "NodeFinished":
        this.#nodes.delete(event.path)
        return node === undefined || event.from !== undefined
          ? nobody
          : this.#nodeFinished(event.path, node, event.ending, at)
      default:
        return nobody
    }
  }

  #attemptFailed(
    event: Extract<Event, { readonly type: "AttemptFailed" }>,
    at: number,
    node: OpenNode | undefined
  ): ReadonlyArray<SpanRecord> {
    if (node === undefined) return nobody
    const attributes = { "pinnace.attempt": event.attempt, "error.type": event.error.tag }
    note(node, { name: "pinnace.retry", at, attributes: { ...attributes, "pinnace.delay": event.delay } })
    Object.assign(node, { isRepeated: true, isTrying: false })
    const { message, phase, reason } = event
    return [
      this.#attempt(event.path, node, at, {
        phase,
        reason,
        error: event.error,
        ...(message === undefined ? {} : { message })
      })
    ]
  }

  /** An attempt that is begun again was cut off by the death of its process: its span ends where the next begins. */
  #attemptStarted(
    event: Extract<Event, { readonly type: "AttemptStarted" }>,
    at: number,
    node: OpenNode | undefined
  ): ReadonlyArray<SpanRecord> {
    if (node === undefined) return nobody
    const crash: EncodedError = { tag: "Crashed", message: "The process died during the attempt" }
    const cut = event.rerun === 0 || !node.isTrying
      ? nobody
      : [this.#attempt(event.path, node, at, { phase: "Error", reason: "Crashed", error: crash })]
    if (event.rerun > 0) note(node, { name: "pinnace.rerun", at, attributes: { "pinnace.rerun": event.rerun } })
    Object.assign(node, { attempt: event.attempt, rerun: event.rerun, attemptAt: at, isRepeated: true, isTrying: true })
    return cut
  }

  #nodeFinished(path: string, node: OpenNode, ending: Ending, at: number): ReadonlyArray<SpanRecord> {
    if (ending.phase === "Skipped" || ending.phase === "Omitted") return nobody
    const last = node.isRepeated && node.isTrying ? this.#attempt(path, node, at, ending) : undefined
    const own = endedSpan(this.#ids, nodePlace(path), node, at, {
      name: nodeName(path),
      kind: "internal",
      parentSpanId: this.#parentId(path, node.startedAt),
      attributes: nodeOf(this.#head, path, node, ending),
      links: noLinks,
      ending
    })
    return last === undefined ? [own] : [last, own]
  }

  /**
   * A node whose parent has no span of its own, such as a handler's, lies beneath the nearest that has one; beneath the
   * node where none of its attempts contains it: it went on after a death, or is a hook between two of them. A hook of
   * a node that waited longer than it for its beginning lies beside that.
   */
  #parentId(path: string, startedAt: number): string {
    for (let at = above(path) ?? ""; at !== ""; at = above(at) ?? "") {
      const node = this.#nodes.get(at)
      if (node === undefined || startedAt < node.startedAt) continue
      return startedAt < node.attemptAt || !node.isTrying ? this.#ids.of(nodePlace(at)) : this.contextOf(at).spanId
    }
    return this.#ids.run
  }

  #attempt(path: string, node: OpenNode, at: number, ending: Ending): SpanRecord {
    const { attempt, attemptAt, rerun } = node
    return endedSpan(this.#ids, { path, attempt, rerun }, { startedAt: attemptAt, events: [] }, at, {
      name: attemptName(path),
      kind: "internal",
      parentSpanId: this.#ids.of(nodePlace(path)),
      attributes: {
        "pinnace.run.id": this.#head.run,
        "pinnace.node.path": path,
        "pinnace.attempt": attempt,
        "pinnace.rerun": rerun,
        ...endingOf(ending)
      },
      links: [],
      ending
    })
  }

  /** Sent at once, so that the starter's trace names the run long before it ends. */
  #startSpan(parentSpanId: string): SpanRecord {
    const { createdAt } = this.#head
    return endedSpan(this.#ids, startPlace, { startedAt: createdAt, events: [] }, createdAt, {
      name: `start ${this.#head.workflow}`,
      kind: "producer",
      parentSpanId,
      attributes: runOf(this.#head, this.#epoch),
      links: [],
      ending: { phase: "Succeeded" }
    })
  }
}

/** The spans of a run that has been recorded, or as much of it as has ended. */
export const spansOf = (
  id: string,
  events: ReadonlyArray<Pick<Recorded, "at" | "event">>
): ReadonlyArray<SpanRecord> => {
  const spans = spansFrom(id, events[0])
  return spans === undefined ? [] : events.flatMap((recorded) => spans.take(recorded))
}

/** The fold before a run's first event; without it there is none. */
export const spansFrom = (id: string, first: Pick<Recorded, "at" | "event"> | undefined): RunSpans | undefined => {
  if (first?.event.type !== "RunCreated") return undefined
  const { labels, origin, priority, trace, workflow } = first.event
  return new RunSpans({
    run: id,
    workflow,
    labels,
    priority,
    createdAt: first.at,
    ...(trace === undefined ? {} : { trace }),
    ...(origin === undefined ? {} : { origin })
  })
}
