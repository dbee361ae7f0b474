/**
 * The mistakes found so far in one compilation, and the sentences for them.
 *
 * Owns: the list of issues. Does not own: what is checked.
 */
import type { Mistake } from "../workflow/Definition.ts"
import type { Issue, IssueCode } from "./Issue.ts"
import { nearest } from "../workflow/nearest.ts"

/** The most nodes of one workflow, nested ones counted each time they are used. */
export const NODES_MAX = 1_000_000

/** The most levels of nested workflows. */
export const DEPTH_MAX = 100

/** Collects issues. */
export class Findings {
  readonly #issues = new Map<string, Issue>()
  // What runs at several nodes is reported once, at the first path in order.
  readonly #once = new Map<object, Map<string, Issue>>()
  readonly #looked = new Set<object>()

  get isEmpty(): boolean {
    return this.#issues.size === 0 && this.#once.size === 0
  }

  /** Adds an issue; the same one is kept once. */
  add(path: string, code: IssueCode, message: string, hint: string): void {
    this.#issues.set(`${path}\n${code}\n${message}`, { path, code, message, hint })
  }

  /** Adds an issue about something that may be met at several paths. */
  addOnce(about: object, issue: Issue): void {
    const known = this.#once.get(about) ?? new Map<string, Issue>()
    this.#once.set(about, known)
    const before = known.get(issue.message)
    if (before === undefined || issue.path < before.path) known.set(issue.message, issue)
  }

  /** Something that may be met at several paths was looked at. */
  looked(at: object): void {
    this.#looked.add(at)
  }

  /** Whether it was looked at, and nothing was found. */
  isSound(about: object): boolean {
    return this.#looked.has(about) && !this.#once.has(about)
  }

  /** A mistake that the builder noticed. */
  mistake(path: string, { code, hint, message, node }: Mistake): void {
    this.add(node === undefined ? path : `${path}/${node}`, code as IssueCode, message, hint)
  }

  /** A cycle, given by the names on it. */
  cycle(path: string, names: ReadonlyArray<string>): void {
    const drawn = names.join(" -> ")
    const hint = `Take one of these edges out (an arrow means "comes before"): ${drawn}`
    this.add(`${path}/${names[0]}`, "cycle", `Node "${names[0]}" waits for itself: ${drawn}`, hint)
  }

  /** A reference to a node that does not exist. */
  unknown(path: string, what: string, name: string, names: Iterable<string>): void {
    const like = nearest(name, names)
    const hint = like === undefined ? "Define the node, or take the reference out" : `Did you mean "${like}"?`
    this.add(path, "unknown-node", `${what} node "${name}", which does not exist`, hint)
  }

  /** Too many nodes. */
  tooMany(path: string, size: number): void {
    this.add(
      path,
      "too-many-nodes",
      `The workflow has ${size} nodes, ${NODES_MAX} is the most`,
      "Use a map over items instead of a node for each"
    )
  }

  /** Nested too deep. */
  tooDeep(path: string): void {
    this.add(
      path,
      "too-deep",
      `Workflows are nested deeper than ${DEPTH_MAX} levels`,
      "Flatten the nesting, or start runs from a task"
    )
  }

  /** All issues, by path, then code, then message. */
  sorted(): ReadonlyArray<Issue> {
    const all = [...this.#issues.values(), ...[...this.#once.values()].flatMap((known) => [...known.values()])]
    return all.sort((a, b) => compare(a.path, b.path) || compare(a.code, b.code) || compare(a.message, b.message))
  }
}

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0
