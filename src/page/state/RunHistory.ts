/**
 * What a page knows of one run: its events, and what they come to. The same folds as everywhere make the tree, so that
 * the page shows what the command line shows, and the run at any of its events as easily as now.
 *
 * Owns: the events, the tree of the latest one, the tree of the one that is looked at.
 * Does not own: where events come from.
 *
 * Invariants
 * - Events are taken in order, each once: `add` answers whether some are missing in between.
 */
import { keptIn, type MemoStatus } from "../../argo/values/Result.ts"
import type { CacheNote, Event, Json, Recorded } from "../../run/Event.ts"
import { createRun } from "../../run/evolveRun.ts"
import { learn, type RunFacts } from "../../run/facts.ts"
import type { NodeRow } from "../../run/State.ts"
import type { PlanJson } from "../../plan/drawing.ts"
import { type Vertex, verticesOf } from "../../view/edges.ts"
import { manifestNodes } from "../../view/ManifestNodes.ts"
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
  /** The paths of nodes that have begun and say how they are undone. */
  readonly undoable = new Set<string>()
  /** The recorded plan of a typed run, as JSON text. */
  readonly plan: string | undefined
  readonly #planned: ReadonlyArray<Vertex>
  /** The plan where it runs flows, and the steps of them up to an event. */
  readonly #flows: PlanJson | undefined
  #steps: { readonly seq: number; readonly all: ReadonlyArray<Vertex> } | undefined
  #live: Fold | undefined
  #past: Fold | undefined

  constructor(id: string, plan: string | undefined) {
    this.id = id
    this.plan = plan
    const parsed = plan === undefined ? undefined : JSON.parse(plan) as PlanJson
    this.#planned = parsed === undefined ? [] : verticesOf(parsed)
    this.#flows = parsed !== undefined && hasFlow(parsed) ? parsed : undefined
  }

  /** The nodes of that plan, and the steps of flows as they have come. */
  get planned(): ReadonlyArray<Vertex> {
    if (this.#flows === undefined) return this.#planned
    if (this.#steps?.seq !== this.seq) {
      this.#steps = { seq: this.seq, all: [...this.#planned, ...stepVertices(this.#flows, this.events)] }
    }
    return this.#steps.all
  }

  /** The number of the last known event. */
  get seq(): number {
    return this.events.length
  }

  /** Takes events in; answers whether some before them are missing. */
  add(told: ReadonlyArray<Recorded>): boolean {
    const fresh: Array<Recorded> = []
    let isGap = false
    for (const it of told) {
      if (it.seq <= this.events.length) continue
      if (it.seq !== this.events.length + 1) {
        isGap = true
        break
      }
      this.events.push(it)
      if (it.event.type === "NodeStarted" && it.event.undo === true) this.undoable.add(it.event.path)
      fresh.push(it)
    }
    this.#live?.tree.learn(fresh)
    return isGap
  }

  /** The run after an event; default the latest. `undefined` before its first. */
  at(seq: number = this.events.length, isInterrupted = false): RunView | undefined {
    return this.#foldTo(seq)?.tree.view(isInterrupted)
  }

  /** The row of a node after an event. */
  node(path: string, seq: number = this.events.length): NodeRow | undefined {
    return this.#foldTo(seq)?.facts.rows.nodes.get(path)
  }

  /** The row of the run after an event. */
  run(seq: number = this.events.length): RunFacts["rows"]["run"] | undefined {
    return this.#foldTo(seq)?.facts.rows.run
  }

  /** What went into a node and came out of it. */
  values(path: string, seq: number = this.events.length): NodeValues {
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

  /** What was noted of the cache when a node began; nothing where its result is not reused. */
  cacheNote(path: string, seq: number = this.events.length): CacheNote | undefined {
    const event = this.#event(this.node(path, seq)?.inputSeq ?? 0)
    return event?.type === "NodeStarted" ? event.cache : undefined
  }

  /** What the memo table said of a node of a manifest; nothing where it was not asked. */
  memo(path: string, seq: number = this.events.length): MemoStatus | undefined {
    if (this.run(seq)?.kind !== "manifest") return undefined
    const event = this.#event(this.node(path, seq)?.resultSeq ?? 0)
    return event?.type === "NodeFinished" ? keptIn(event.ending).memo : undefined
  }

  /** The input that the run has after an event. */
  input(seq: number = this.events.length): Json | undefined {
    const event = this.#event(this.run(seq)?.inputSeq ?? 0)
    return event !== undefined && "input" in event ? event.input : undefined
  }

  #event(seq: number): Event | undefined {
    return this.events[seq - 1]?.event
  }

  #foldTo(seq: number): Fold | undefined {
    if (this.events.length === 0) return undefined
    if (seq >= this.events.length) return this.#live ??= this.#folded(this.events.length)
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
    return { facts, tree: new RunTree(facts, this.#showing(facts)) }
  }

  #showing(facts: RunFacts): Showing {
    return facts.rows.run.kind === "manifest" ? manifestNodes(facts, new Map(), true) : typedNodes(facts, this.plan)
  }
}
