/** Whether a run that began under one plan can go on under another. Nodes that have not started may change freely. */
import type { GraphJson, NodeJson, PlanJson } from "./drawing.ts"
import { toJson } from "./drawing.ts"
import type { Plan } from "./Plan.ts"

/**
 * Why a run cannot go on under `plan`: one sentence for each started node that no longer exists, or that changed its
 * kind, what it runs or what it waits for. `started` are the paths of the nodes that have started.
 */
export const incompatibilities = (stored: PlanJson, plan: Plan, started: Iterable<string>): ReadonlyArray<string> =>
  [...new Set(changedNodes(stored, plan, started).values())].sort()

/** The same, by the paths of the nodes that are not what they were, what is beneath them included. */
export const changedNodes = (
  stored: PlanJson,
  plan: Plan,
  started: Iterable<string>
): ReadonlyMap<string, string> => {
  if (stored.digest === plan.digest) return new Map()
  const comparison = new Comparison(stored, toJson(plan))
  const changed = new Map<string, string>()
  for (const path of started) {
    const sentence = comparison.look(path)
    if (sentence !== "") changed.set(path, sentence)
  }
  return changed
}

class Comparison {
  /** Sentences by template path (without keys and attempts); empty when the node is the same. */
  readonly #found = new Map<string, string>()
  readonly #old: Side
  readonly #new: Side

  constructor(stored: PlanJson, current: PlanJson) {
    this.#old = new Side(stored)
    this.#new = new Side(current)
  }

  /** What is wrong with a node or the nearest that it is beneath; empty when nothing is. */
  look(path: string): string {
    let before: GraphJson | undefined = this.#old.root
    let after: GraphJson | undefined = this.#new.root
    let wrong = this.#defined("", before, after)
    let at = ""
    for (const name of namesOf(path)) {
      const old: NodeJson | undefined = before === undefined ? undefined : this.#old.node(before, name)
      // Children that a body started are not part of any plan.
      if (old === undefined || wrong !== "") return wrong
      at = at === "" ? name : `${at}/${name}`
      const now: NodeJson | undefined = after === undefined ? undefined : this.#new.node(after, name)
      wrong = this.#at(at, () => difference(at, old, now))
      if (wrong !== "" || old.plan === null || old.plan === now?.plan) return wrong
      before = this.#old.graph(old.plan)
      after = now?.plan == null ? undefined : this.#new.graph(now.plan)
      wrong = this.#defined(at, before, after)
    }
    return wrong
  }

  #at(key: string, say: () => string): string {
    const sentence = this.#found.get(key) ?? say()
    this.#found.set(key, sentence)
    return sentence
  }

  /** What is defined by data has no shape to compare: it is the same or it is not. */
  #defined(at: string, before: GraphJson | undefined, after: GraphJson | undefined): string {
    if (before?.definition === undefined || before.definition === after?.definition) return ""
    const who = at === "" ? "The run" : `Node "${at}"`
    return this.#at(`${at}/`, () => `${who} has started with another definition of "${before.name}"`)
  }
}

class Side {
  readonly #json: PlanJson
  readonly #nodes = new Map<GraphJson, ReadonlyMap<string, NodeJson>>()

  constructor(json: PlanJson) {
    this.#json = json
  }

  get root(): GraphJson | undefined {
    return this.graph(this.#json.digest)
  }

  graph(key: string): GraphJson | undefined {
    return this.#json.plans[key]
  }

  node(graph: GraphJson, name: string): NodeJson | undefined {
    const known = this.#nodes.get(graph) ?? new Map(graph.nodes.map((node) => [node.name, node]))
    this.#nodes.set(graph, known)
    return known.get(name)
  }
}

/**
 * The names of plan nodes along a path: keys of items and numbers of attempts left out, ended where a handler begins.
 */
const namesOf = (path: string): ReadonlyArray<string> => {
  const handler = path.search(/\.onExit|\.hooks\.|\.compensate/)
  const own = handler < 0 ? path : path.slice(0, handler)
  return own === "" ? [] : own.split("/").map((segment) => segment.replace(/[[#].*$/s, ""))
}

const difference = (at: string, old: NodeJson, now: NodeJson | undefined): string => {
  if (now === undefined) return `Node "${at}" has started and no longer exists`
  if (now.kind !== old.kind) return `Node "${at}" has started as a ${old.kind} and is now a ${now.kind}`
  if (now.runs !== old.runs) return `Node "${at}" has started with "${old.runs}" and now runs "${now.runs}"`
  const added = now.after.filter((name) => !old.after.includes(name))
  const gone = old.after.filter((name) => !now.after.includes(name))
  if (added.length > 0) return `Node "${at}" has started and now waits for ${quoted(added)}`
  return gone.length > 0 ? `Node "${at}" has started and no longer waits for ${quoted(gone)}` : ""
}

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")
