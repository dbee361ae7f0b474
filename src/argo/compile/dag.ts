/** DAGs: each task begins when what it depends on has ended. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Interpreter.ts"
import type { Variables } from "../language/template/Variables.ts"
import { Boundary, heldBack } from "./Boundary.ts"
import { dagPhase, type TaskEnd } from "./branchPhase.ts"
import type { CallSite } from "./CallSite.ts"
import { calledTemplate, continues, endedAs, makeCall, sitePlace, skipped } from "./call.ts"
import { metaOf, pathOf, runNode } from "./node.ts"
import { compositeOutputs } from "../values/outputs.ts"
import { failed, isBad, type NodeResult, succeeded } from "../values/Result.ts"
import { loopVariables, resultVariables } from "../values/results.ts"
import { groupResult, isMet, reachable, targetsOf, type Task, taskOf } from "./dagTasks.ts"
import { loopTurns } from "./loopTurns.ts"
import type { Frame, RunBody } from "./Frame.ts"
import { brokenNode } from "./template.ts"

/** Runs the tasks of a DAG template inside its node. */
export const runDag = (frame: Frame, live: LiveNode, body: RunBody): Effect.Effect<NodeResult> => {
  const dag = new Dag(frame, live, body)
  const tasks = Effect.forEach(dag.wanted, (task) => dag.run(task), { concurrency: "unbounded", discard: true })
  return dag.boundary.around(Effect.map(tasks, () => dag.outcome()))
}

class Dag {
  readonly wanted: ReadonlyArray<Task>
  readonly #frame: Frame
  readonly #live: LiveNode
  readonly #body: RunBody
  readonly boundary: Boundary
  readonly #tasks: ReadonlyMap<string, Task>
  readonly #targets: ReadonlyArray<string>

  constructor(frame: Frame, live: LiveNode, body: RunBody) {
    this.#frame = frame
    this.#live = live
    this.#body = body
    this.boundary = new Boundary(frame.template)
    const calls = frame.template.dag?.tasks ?? []
    this.#tasks = new Map(calls.map((call) => [call.name ?? "", taskOf(call, calls)]))
    this.#targets = targetsOf(frame, this.#tasks)
    this.wanted = reachable(this.#targets, this.#tasks)
  }

  run(task: Task): Effect.Effect<void> {
    const before = task.upstream.flatMap((name) => this.#tasks.get(name) ?? [])
    return Effect.forEach(before, ({ done }) => Deferred.await(done), { discard: true }).pipe(
      Effect.andThen(Effect.suspend(() => this.#start(task))),
      Effect.andThen(Deferred.succeed(task.done, undefined)),
      Effect.asVoid
    )
  }

  #start(task: Task): Effect.Effect<void> {
    const site = this.#site(task)
    const met = isMet(task, this.#tasks)
    if (!met) {
      return this.#ended(task, site, skipped(site, sitePlace(site), "omitted: depends condition not met", "Omitted"))
    }
    return task.loops ? this.#loop(task, site) : this.#ended(task, site, makeCall(site))
  }

  #site(task: Task): CallSite {
    const { call } = task
    return {
      frame: this.#frame,
      boundary: this.boundary,
      kind: "tasks",
      call,
      live: this.#live,
      path: pathOf(this.#live, call.name ?? ""),
      name: `${this.#frame.place.name}.${call.name}`,
      variables: this.#known(this.#readBy(task)),
      absent: (tag) => this.#isAbsent(tag),
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

  #isAbsent(tag: string): boolean {
    const name = /^tasks\.([^.]+)\.outputs\./.exec(tag)?.[1]
    const phase = name === undefined ? undefined : this.#tasks.get(name)?.result?.phase
    return phase === "Skipped" || phase === "Omitted"
  }

  #ended(task: Task, site: CallSite, node: Effect.Effect<NodeResult>): Effect.Effect<void> {
    return Effect.map(node, (result) => {
      const template = templateOf(site)
      task.result = result
      task.isDaemon = template?.daemon === true
      task.variables = resultVariables(`tasks.${task.call.name}`, endedAs(site, result), template)
    })
  }

  #loop(task: Task, site: CallSite): Effect.Effect<void> {
    const found = loopTurns(site)
    const place = sitePlace(site)
    if ("skip" in found) return this.#ended(task, site, skipped(site, place, found.skip))
    if ("error" in found) {
      return this.#ended(task, site, brokenNode(this.#frame.session, place, task.call.template ?? "", found.error))
    }
    const turn = (live: LiveNode, group: string) => (it: typeof found.turns[number]): Effect.Effect<NodeResult> =>
      makeCall({
        ...site,
        live,
        turn: it,
        path: pathOf(live, String(it.index), group),
        name: `${site.name}${it.suffix}`
      })
    const all = (live: LiveNode) =>
      Effect.map(Effect.forEach(found.turns, turn(live, site.path), { concurrency: "unbounded" }), (results) => {
        task.turns = results
        return groupResult(results)
      })
    const node = runNode(this.#frame.session, place, metaOf(place, "TaskGroup", ""), { as: "composite" }, all)
    return Effect.gen({ self: this }, function* () {
      const result = yield* node
      // It ended in an earlier life of the run: its turns answer from the journal.
      if (task.turns === undefined && !isBad(result)) yield* all(this.#live)
      task.result = result
      task.variables = loopVariables(`tasks.${task.call.name}`, endedAs(site, result), task.turns ?? [])
    })
  }

  outcome(): NodeResult {
    const ends = new Map<string, TaskEnd>(
      this.wanted.map((
        task
      ) => [task.call.name ?? "", { call: task.call, result: task.result!, upstream: task.upstream }])
    )
    const phase = dagPhase(this.#targets, ends, continues)
    const held = this.wanted.some(({ result, turns }) =>
      [result, ...turns ?? []].some((it) => it?.message === heldBack)
    )
    if (phase !== "Succeeded") return held ? failed(heldBack) : { phase }
    const { stopping } = this.#live
    if (stopping !== undefined) {
      return failed(`Stopped with strategy '${stopping === "Terminated" ? "Terminate" : "Stop"}'`)
    }
    return succeeded(compositeOutputs(this.#frame, this.#known(this.wanted), (tag) => this.#isAbsent(tag)))
  }
}

const templateOf = (site: CallSite) => {
  try {
    return calledTemplate(site).template
  } catch {
    return undefined
  }
}
