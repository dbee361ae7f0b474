/**
 * What a page knows of one run: how it stands, and, once somebody looks at what only they tell, its events. The same
 * folds as everywhere make the tree, so that the page shows what the command line shows, and the run at any of its
 * events as easily as now.
 *
 * Owns: the tree of the latest event, the events that were asked for, the tree of the one that is looked at.
 * Does not own: where events come from.
 *
 * Invariants
 * - Events are taken in order, each once: `add` answers whether some are missing in between.
 * - `events` begins with the first one and has no holes; it is empty until it is kept.
 */
import type { MemoStatus } from "../../argo/values/Result.ts"
import type { CacheNote, Event, Json, Recorded } from "../../run/Event.ts"
import { createRun } from "../../run/evolveRun.ts"
import { learn, type RunFacts } from "../../run/facts.ts"
import type { NodeRow } from "../../run/State.ts"
import type { PlanJson } from "../../plan/drawing.ts"
import { type Vertex, verticesOf } from "../../view/edges.ts"
import { manifestNodes } from "../../view/ManifestNodes.ts"
import { factsIn, memoIn, type Opening } from "../../view/opening.ts"
import { RunTree } from "../../view/RunTree.ts"
import type { RunView } from "../../view/RunView.ts"
import type { Showing } from "../../view/Showing.ts"
import { hasFlow, stepVertices } from "../../view/steps.ts"
import { typedNodes } from "../../view/TypedNodes.ts"

const asItIs = (event: Event): Event => event

interface Fold {
  readonly facts: RunFacts
  readonly tree: RunTree
}

/** The values of a node, as far as they are recorded. */
export interface NodeValues {
  readonly input?: Json
  readonly output?: Json
  readonly signal?: Json
}

/** The history of one run. */
export class RunHistory {
  readonly id: string
  /** The event with number n stands at place n − 1. */
  readonly events: Array<Recorded> = []
  /** The recorded plan of a typed run, as JSON text. */
  readonly plan: string | undefined
  /** Whether events are kept: from the first one on where nothing else tells how the run stands. */
  isKept: boolean
  readonly #planned: ReadonlyArray<Vertex>
  /** The plan where it runs flows, and the steps of them up to an event. */
  readonly #flows: PlanJson | undefined
  #steps: { readonly seq: number; readonly all: ReadonlyArray<Vertex> } | undefined
  #seq: number
  /** The nodes whose own events are kept, those of which all are, and these events. */
  readonly #expected = new Set<string>()
  readonly #known = new Set<string>()
  readonly #told = new Map<number, Event>()
  readonly #memos: Map<number, MemoStatus>
  #live: Fold | undefined
  #past: Fold | undefined

  constructor(id: string, opening?: Opening, plan = opening?.plan ?? undefined) {
    this.id = id
    this.plan = plan
    const parsed = plan === undefined ? undefined : JSON.parse(plan) as PlanJson
    this.#planned = parsed === undefined ? [] : verticesOf(parsed)
    this.#flows = parsed !== undefined && hasFlow(parsed) ? parsed : undefined
    this.isKept = opening === undefined
    this.#seq = opening?.seq ?? 0
    this.#memos = new Map(opening?.memos)
    if (opening !== undefined) this.#live = this.#fold(factsIn(opening))
  }

  /** Whether steps of flows are planned, which only events tell of. */
  get hasFlow(): boolean {
    return this.#flows !== undefined
  }

  /** The nodes of that plan, and the steps of flows as they have come. */
  get planned(): ReadonlyArray<Vertex> {
    if (this.#flows === undefined) return this.#planned
    const seq = this.events.length
    if (this.#steps?.seq !== seq) {
      this.#steps = { seq, all: [...this.#planned, ...stepVertices(this.#flows, this.events)] }
    }
    return this.#steps.all
  }

  /** The number of the last known event. */
  get seq(): number {
    return this.#seq
  }

  /** Whether all events up to that one are there. */
  get isWhole(): boolean {
    return this.events.length >= this.#seq
  }

  /** Takes events in; answers whether some before them are missing. */
  add(told: ReadonlyArray<Recorded>): boolean {
    const fresh: Array<Recorded> = []
    let isGap = false
    for (const it of told) {
      if (this.isKept && it.seq === this.events.length + 1) this.events.push(it)
      if (it.seq <= this.#seq) continue
      if (it.seq !== this.#seq + 1) {
        isGap = true
        break
      }
      this.#seq++
      this.#note(it)
      fresh.push(it)
    }
    this.#live?.tree.learn(fresh)
    return isGap
  }

  #note({ event, seq }: Recorded): void {
    const memo = this.run()?.kind === "manifest" ? memoIn(event) : undefined
    if (memo !== undefined) this.#memos.set(seq, memo)
    if ("path" in event && this.#expected.has(event.path)) this.#told.set(seq, event)
  }

  /** Keeps what is told of a node from now on. */
  expect(path: string): void {
    this.#expected.add(path)
  }

  /** Takes in all events of a node so far. */
  tell(path: string, told: ReadonlyArray<Recorded>): void {
    this.#known.add(path)
    for (const { event, seq } of told) this.#told.set(seq, event)
  }

  /** Whether the events of a node are known. */
  isTold(path: string): boolean {
    return this.isWhole || this.#known.has(path)
  }

  /** The run after an event; default the latest. `undefined` before its first. */
  at(seq: number = this.#seq, isInterrupted = false): RunView | undefined {
    return this.#foldTo(seq)?.tree.view(isInterrupted)
  }

  /** The row of a node after an event. */
  node(path: string, seq: number = this.#seq): NodeRow | undefined {
    return this.#foldTo(seq)?.facts.rows.nodes.get(path)
  }

  /** The row of the run after an event. */
  run(seq: number = this.#seq): RunFacts["rows"]["run"] | undefined {
    return this.#foldTo(seq)?.facts.rows.run
  }

  /** What went into a node and came out of it, once its events are known. */
  values(path: string, seq: number = this.#seq): NodeValues {
    const row = this.node(path, seq)
    if (row === undefined) return {}
    const [begin, end, given] = [row.inputSeq, row.resultSeq, row.signalSeq].map((it) => this.#event(it))
    const ending = end !== undefined && "ending" in end ? end.ending : undefined
    const input = begin !== undefined && "input" in begin ? begin.input : undefined
    return {
      ...(input === undefined ? {} : { input }),
      ...(ending?.output === undefined ? {} : { output: ending.output }),
      ...(given?.type === "NodeSignalled" ? { signal: given.value } : {})
    }
  }

  /** The node because of which a node ended, once its events are known. */
  cause(path: string, seq: number = this.#seq): string | undefined {
    const event = this.#event(this.node(path, seq)?.resultSeq ?? 0)
    return event !== undefined && "ending" in event ? event.ending.cause : undefined
  }

  /** What was noted of the cache when a node began; nothing where its result is not reused. */
  cacheNote(path: string, seq: number = this.#seq): CacheNote | undefined {
    const event = this.#event(this.node(path, seq)?.inputSeq ?? 0)
    return event?.type === "NodeStarted" ? event.cache : undefined
  }

  /** What the memo table said of a node of a manifest; nothing where it was not asked. */
  memo(path: string, seq: number = this.#seq): MemoStatus | undefined {
    return this.#memos.get(this.node(path, seq)?.resultSeq ?? 0)
  }

  /** The input that the run has after an event. */
  input(seq: number = this.#seq): Json | undefined {
    const fold = this.#foldTo(seq)
    const event = fold?.facts.events.get(fold.facts.rows.run.inputSeq)
    return event !== undefined && "input" in event ? event.input : undefined
  }

  #event(seq: number): Event | undefined {
    return this.events[seq - 1]?.event ?? this.#told.get(seq)
  }

  #foldTo(seq: number): Fold | undefined {
    if (this.#seq === 0) return undefined
    if (seq >= this.#seq) return this.#live ??= this.#folded(this.#seq)
    if (seq > this.events.length) return undefined
    if (this.#past === undefined || this.#past.facts.seq > seq) this.#past = this.#folded(Math.max(1, seq))
    else if (this.#past.facts.seq < seq) this.#past.tree.learn(this.events.slice(this.#past.facts.seq, seq))
    return this.#past
  }

  #folded(seq: number): Fold | undefined {
    const [first] = this.events
    if (first?.event.type !== "RunCreated") return undefined
    const run = createRun(1, this.id, first.event, first.at)
    const facts: RunFacts = { rows: { run, nodes: new Map() }, seq: 1, events: new Map([[1, first.event]]) }
    // What comes of them all is arranged once; the events are kept here anyway, with their values.
    for (let at = 1; at < seq; at++) learn(facts, this.events[at]!, asItIs)
    return this.#fold(facts)
  }

  #fold(facts: RunFacts): Fold {
    return { facts, tree: new RunTree(facts, this.#showing(facts)) }
  }

  #showing(facts: RunFacts): Showing {
    return facts.rows.run.kind === "manifest" ? manifestNodes(facts, new Map(), true) : typedNodes(facts, this.plan)
  }
}
