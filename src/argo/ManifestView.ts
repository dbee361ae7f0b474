/**
 * A run as Argo shows it, kept up to date event by event: after each it is what reading it anew would give.
 *
 * Owns: the views of nodes that did not change, their order. Does not own: which nodes are shown, and how
 * (`ShownNodes.ts`).
 *
 * Invariant: nodes stand in the order of the events that tell what they are. Such an event is the newest one
 * when it is learnt, so that its node goes to the end.
 */
import type { Recorded } from "../run/Event.ts"
import { learn, type RunFacts } from "../run/facts.ts"
import { instant } from "../run/instant.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import { nodeId } from "./compile/naming.ts"
import type { ManifestNode, ManifestRun } from "./ManifestRun.ts"
import { type Named, ShownNodes } from "./ShownNodes.ts"
import { keptIn, messageOf, type OutputArtifact, type OutputParameter, type Outputs } from "./values/Result.ts"

/** The nodes of one run with their values. */
export class ManifestView {
  readonly #facts: RunFacts
  readonly #shown: ShownNodes
  /** In order; `undefined` where it changed since it was shown last. */
  readonly #nodes = new Map<string, ManifestNode | undefined>()
  readonly #ids = new Map<string, string>()
  /** Paths directly beneath a node, ascending. */
  readonly #below = new Map<string, ReadonlyArray<string>>()

  /** Other runs are named by the ids that they have. */
  constructor(facts: RunFacts, nameOfRun: (id: string) => string | undefined, metadata?: Named) {
    this.#facts = facts
    this.#shown = new ShownNodes(facts, nameOfRun, metadata)
    const rows = [...facts.rows.nodes.values()].filter(({ path }) => this.#shown.places.isShown(path))
    for (const { path } of rows.sort((a, b) => a.inputSeq - b.inputSeq)) this.#nodes.set(path, undefined)
  }

  /** Takes in what happened next, with values. */
  learn(events: ReadonlyArray<Recorded>): void {
    const { name } = this.#shown
    for (const recorded of events) {
      for (const path of learn(this.#facts, recorded, (event) => event)) this.#changed(path, recorded.seq)
    }
    if (this.#shown.name !== name) this.renamed()
  }

  /** Nodes may have other names now. */
  renamed(): void {
    this.#ids.clear()
    for (const path of this.#nodes.keys()) this.#nodes.set(path, undefined)
  }

  /** Takes the row of the run as storage has it. */
  replace(run: RunRow): void {
    this.#facts.rows = { ...this.#facts.rows, run }
  }

  /** The run as it stands. */
  view(): ManifestRun {
    const { run: row } = this.#facts.rows
    const nodes: Array<ManifestNode> = []
    for (const [path, known] of this.#nodes) nodes.push(known ?? this.#made(path))
    return {
      phase: row.phase,
      message: verdictOf(this.#facts),
      id: row.id,
      name: this.#shown.name,
      startedAt: instant(row.startedAt),
      finishedAt: instant(row.finishedAt),
      outputs: globalsOf(nodes),
      nodes,
      hidden: this.#shown.hidden("").map(({ path }) => path)
    }
  }

  #changed(path: string, seq: number): void {
    const { places } = this.#shown
    const wasShown = places.isShown(path)
    const lists = this.#shown.put(path)
    const isShown = places.isShown(path)
    const isNew = isShown && !wasShown && lists.length === 1
    for (const above of lists) {
      const below = this.#below.get(above)
      if (isNew && below !== undefined) this.#below.set(above, below.toSpliced(placeIn(below, path), 0, path))
      else this.#below.delete(above)
      this.#forget(above)
    }
    if (!isShown || this.#isOtherwiseNamed(path)) this.#forget(places.above(path))
    if (!isShown || this.#shown.row(path).inputSeq === seq) this.#nodes.delete(path)
    if (isShown) this.#nodes.set(path, undefined)
  }

  #isOtherwiseNamed(path: string): boolean {
    const id = this.#ids.get(path)
    this.#ids.delete(path)
    return id !== undefined && id !== this.#id(path)
  }

  #forget(path: string): void {
    if (this.#nodes.has(path)) this.#nodes.set(path, undefined)
  }

  #made(path: string): ManifestNode {
    const node = this.#node(this.#shown.row(path))
    this.#nodes.set(path, node)
    return node
  }

  #id(path: string): string {
    const known = this.#ids.get(path)
    if (known !== undefined) return known
    const id = nodeId(this.#shown.name, this.#shown.meta(this.#shown.row(path)).name)
    this.#ids.set(path, id)
    return id
  }

  #children(path: string): ReadonlyArray<string> {
    const shown = this.#shown.places.shown(path)
    if (shown.size === 0) return none
    const below = this.#below.get(path) ?? [...shown].sort()
    this.#below.set(path, below)
    return below.map((it) => this.#id(it))
  }

  #node(node: NodeRow): ManifestNode {
    const shown = this.#shown
    const meta = shown.meta(node)
    const event = shown.event(node.resultSeq)
    const { memo, outputs = {} } = event?.type === "NodeFinished" ? keptIn(event.ending) : {}
    const hidden = shown.hidden(node.path)
    const from = shown.keptFrom(node)
    return {
      id: this.#id(node.path),
      name: meta.name,
      displayName: meta.displayName,
      type: meta.type,
      phase: shown.phase(node),
      message: shown.message(node, meta),
      templateName: meta.template,
      ...(meta.templateRef === undefined ? {} : { templateRef: meta.templateRef }),
      inputs: meta.inputs ?? {},
      outputs,
      children: this.#children(node.path),
      boundaryId: meta.boundary === "" ? "" : nodeId(shown.name, meta.boundary),
      startedAt: instant(node.startedAt),
      finishedAt: instant(node.finishedAt),
      attempt: Number(/\((\d+)\)$/.exec(meta.name)?.[1] ?? 0),
      ...(meta.attempts === undefined ? {} : { attempts: meta.attempts }),
      ...(meta.daemon === true ? { daemon: true } : {}),
      ...(memo === undefined ? {} : { memoizationStatus: memo }),
      ...(meta.after === undefined ? {} : { after: meta.after }),
      ...(from === undefined ? {} : { keptFrom: from }),
      path: node.path,
      ...(hidden.length === 0 ? {} : { hidden: hidden.map(({ path }) => path) }),
      ...shown.wait(node, meta)
    }
  }
}

const none: ReadonlyArray<string> = []

/** Where a path belongs among others in order. */
const placeIn = (paths: ReadonlyArray<string>, path: string): number => {
  let [from, to] = [0, paths.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (paths[middle]! < path) from = middle + 1
    else to = middle
  }
  return from
}

/** What nodes gave the run under names of its own; of one name the last. */
const globalsOf = (nodes: ReadonlyArray<ManifestNode>): Outputs => {
  const parameters = new Map<string, OutputParameter>()
  const artifacts = new Map<string, OutputArtifact>()
  for (const { outputs } of nodes) {
    for (const { globalName: name, value } of outputs.parameters ?? []) {
      if (name !== undefined) parameters.set(name, { name, value })
    }
    for (const { globalName: name, key, s3 } of outputs.artifacts ?? []) {
      if (name !== undefined) artifacts.set(name, s3 === undefined ? { name, key } : { name, key, s3 })
    }
  }
  return { parameters: [...parameters.values()], artifacts: [...artifacts.values()] }
}

/** The manifest's own verdict lies in the node beneath which all others run. */
export const verdictOf = ({ events, rows: { nodes, run } }: RunFacts): string => {
  const event = events.get(nodes.get("main")?.resultSeq ?? 0)
  const error = event?.type === "NodeFinished" ? event.ending.error : undefined
  return error?.message ?? messageOf(run.reason, run.message, "Workflow") ?? ""
}
