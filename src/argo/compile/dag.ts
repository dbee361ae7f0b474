/** DAGs: a flow of tasks in which each begins when what it depends on has ended; a loop is a flow within it. */
import * as Effect from "effect/Effect"
import {
  type Flow,
  type LiveNode,
  type NodeEnd,
  type NodeSpec,
  type Outcome,
  rehearsalOf,
  runFlow
} from "../../engine/Interpreter.ts"
import type { Variables } from "../language/template/Variables.ts"
import { compositeOutputs } from "../values/outputs.ts"
import { failed, messageOf, type NodeResult, succeeded } from "../values/Result.ts"
import { dagPhase } from "./branchPhase.ts"
import { callNode, continues, placeOf, templateOf, turnsAt, variablesOf } from "./call.ts"
import type { CallSite } from "./CallSite.ts"
import { Daemons } from "./Daemons.ts"
import { groupResult, isMet, reachable, targetsOf, type Task, tasksOf } from "./dagTasks.ts"
import type { Frame, RunBody } from "./Frame.ts"
import { boundsOf, edgesOf, heldBack, runUnits, type Unit } from "./Unit.ts"
import { endedNode, metaOf, nodeAt, pathOf, resultOf } from "./node.ts"

/** Runs the tasks of a DAG template inside its node. */
export const runDag = (frame: Frame, live: LiveNode, body: RunBody): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const dag = new Dag(frame, live, body)
    for (let index = 0; index < dag.size; index++) rehearsalOf(live)?.foresees(dag.path(index), dag.name(index))
    return dag.daemons.around(Effect.map(runFlow(live, dag), (outcome) => dag.result(outcome)))
  })

class Dag implements Flow {
  readonly size: number
  readonly edges: NonNullable<Flow["edges"]>
  readonly room: Flow["room"]
  readonly failFast: Flow["failFast"]
  readonly daemons: Daemons = new Daemons()
  readonly #frame: Frame
  readonly #live: LiveNode
  readonly #body: RunBody
  readonly #tasks: ReadonlyMap<string, Task>
  readonly #targets: ReadonlyArray<string>
  readonly #wanted: ReadonlyArray<Task>
  readonly #begun = new Map<Task, { readonly site: CallSite; readonly node: NodeSpec }>()

  constructor(frame: Frame, live: LiveNode, body: RunBody) {
    const { failFast, room } = boundsOf(frame, live)
    this.room = room
    this.failFast = failFast
    this.#frame = frame
    this.#live = live
    this.#body = body
    this.#tasks = tasksOf(frame.template.dag?.tasks ?? [])
    this.#targets = targetsOf(frame, this.#tasks)
    this.#wanted = reachable(this.#targets, this.#tasks)
    this.edges = edgesOf(this.#wanted.map(({ call, upstream }) => ({ name: call.name ?? "", after: upstream })))
    this.size = this.#wanted.length
  }

  name(index: number): string {
    return this.#wanted[index]!.call.name ?? ""
  }

  readonly path = (index: number): string => pathOf(this.#live, this.name(index))

  /** The items of a loop count, not the loop. */
  readonly lodges = (index: number): boolean => !this.#wanted[index]!.loops

  readonly open = (index: number): NodeSpec => {
    const task = this.#wanted[index]!
    const site = this.#site(task)
    const node = this.#node(task, site)
    this.#begun.set(task, { site, node })
    return node
  }

  #node(task: Task, site: CallSite): NodeSpec {
    const { session } = this.#frame
    if (!isMet(task, this.#tasks)) {
      const omitted = { phase: "Omitted", message: "omitted: depends condition not met" } as const
      return endedNode(session, placeOf(site), task.call.template ?? "", omitted)
    }
    if (!task.loops) return callNode(site)
    const turns = turnsAt(site, pathOf(this.#live, "", site.path))
    if ("bind" in turns) return turns
    task.turns = turns
    const place = placeOf(site)
    return nodeAt(
      session,
      place,
      metaOf(place, "TaskGroup", ""),
      { as: "composite" },
      (live) => this.#loop(live, turns)
    )
  }

  #loop(live: LiveNode, turns: ReadonlyArray<Unit>): Effect.Effect<NodeResult> {
    return Effect.map(
      runUnits(live, turns, { room: this.room, failFast: this.failFast }),
      ({ culprit, ends, halted }) => {
        if (ends.areAll) return groupResult(turns.flatMap((turn) => turn.result(live) ?? []))
        if (culprit !== undefined || halted === undefined) return heldBack
        return failed(messageOf(halted, undefined, "TaskGroup") ?? "Stopped before it began")
      }
    )
  }

  #site(task: Task): CallSite {
    const { call } = task
    return {
      frame: this.#frame,
      daemons: this.daemons,
      kind: "tasks",
      call,
      live: this.#live,
      path: pathOf(this.#live, call.name ?? ""),
      name: `${this.#frame.place.name}.${call.name}`,
      variables: this.#known(this.#readBy(task)),
      absent: this.#isAbsent,
      after: task.upstream.map((name) => `${this.#frame.place.name}.${name}`),
      body: this.#body
    }
  }

  /** The tasks before this one that its texts can name; all where names are put together. */
  #readBy(task: Task): ReadonlyArray<Task> {
    const text = JSON.stringify(task.call)
    const all = /tasks\.\{\{|tasks\[[^'"\\]/.test(text)
    return reachable(task.upstream, this.#tasks).filter(({ call }) => all || text.includes(call.name ?? ""))
  }

  #known(tasks: ReadonlyArray<Task>): Variables {
    return this.#frame.variables.with(tasks.flatMap((task) => task.variables))
  }

  readonly #isAbsent = (tag: string): boolean => {
    const name = /^tasks\.([^.]+)\.outputs\./.exec(tag)?.[1]
    const phase = name === undefined ? undefined : this.#tasks.get(name)?.result?.phase
    return phase === "Skipped" || phase === "Omitted"
  }

  /** What a task gave is in the record, also what the turns of a loop gave that ended in an earlier life of the run. */
  readonly settled = (index: number, end: NodeEnd): void => {
    const task = this.#wanted[index]!
    const { node, site } = this.#begun.get(task)!
    const result = resultOf(this.#live, node, end)
    task.result = result
    task.results = task.turns?.flatMap((turn) => turn.result(this.#live) ?? [])
    task.isDaemon = task.turns === undefined && templateOf(site)?.daemon === true
    task.variables = variablesOf(site, task.results ?? result, result)
  }

  /** How the template ended. */
  result({ culprit, ends }: Outcome): NodeResult {
    const unended: NodeResult = { phase: "Failed" }
    const tasks = new Map(
      this.#wanted.map(({ call, result, upstream }) => [call.name ?? "", { call, result: result ?? unended, upstream }])
    )
    const phase = dagPhase(this.#targets, tasks, continues)
    const held = culprit !== undefined &&
      (!ends.areAll ||
        this.#wanted.some(({ result, turns }) => turns !== undefined && result?.reason === "FailFast"))
    if (phase !== "Succeeded") return held ? heldBack : { phase }
    const { stopping } = this.#live
    if (stopping !== undefined) return failed(messageOf(stopping, undefined, "DAG") ?? "Stopped before it began")
    return succeeded(compositeOutputs(this.#frame, this.#known(this.#wanted), this.#isAbsent))
  }
}
