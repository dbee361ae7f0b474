/**
 * What the tasks of a DAG can read of each other: what those give that they wait for, directly or not.
 *
 * Owns: what each task gives, whom each waits for. Invariant: a chain
 * of thousands of tasks costs no more than what is asked of it.
 */
import type { Call } from "../document/Manifest.ts"
import { byName, upstreamOf } from "./dag.ts"
import { resultsOf, Scope } from "./Scope.ts"
import type { TemplateSubject } from "./Subject.ts"

/** The results of the tasks of one DAG. */
export class TaskResults {
  readonly #given: ReadonlyMap<string, Scope>
  readonly #upstream: ReadonlyMap<string, ReadonlyArray<string>>

  constructor(subject: TemplateSubject, tasks: ReadonlyArray<Call>) {
    this.#given = new Map(tasks.map((task) => [task.name ?? "", new Scope(resultsOf(subject, task, "tasks"))]))
    const named = byName(tasks)
    this.#upstream = new Map(tasks.map((task) => [task.name ?? "", upstreamOf(task, named)]))
  }

  /** All names there are. */
  get names(): ReadonlyArray<string> {
    return [...this.#given.values()].flatMap(({ names }) => names)
  }

  /** The scope of a task. */
  scopeOf(task: string, around: Scope): Scope {
    return new TaskScope(around, this, task)
  }

  /** Whether a task can read a name. */
  gives(task: string, name: string): boolean {
    const giver = name.split(".")[1] ?? ""
    return this.#given.get(giver)?.has(name) === true && this.above(task).has(giver)
  }

  /** The names that a task can read. */
  namesFor(task: string): ReadonlyArray<string> {
    return [...this.above(task)].flatMap((name) => this.#given.get(name)?.names ?? [])
  }

  /** Everybody a task waits for; itself too in a cycle. */
  above(task: string): ReadonlySet<string> {
    const found = new Set<string>()
    const open = [...this.#upstream.get(task) ?? []]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (found.has(at)) continue
      found.add(at)
      open.push(...this.#upstream.get(at) ?? [])
    }
    return found
  }
}

class TaskScope extends Scope {
  readonly #results: TaskResults
  readonly #task: string

  constructor(around: Scope, results: TaskResults, task: string) {
    super([], around)
    this.#results = results
    this.#task = task
  }

  override has(name: string): boolean {
    return super.has(name) || this.#results.gives(this.#task, name)
  }

  override get names(): ReadonlyArray<string> {
    return [...this.#results.namesFor(this.#task), ...super.names]
  }
}
