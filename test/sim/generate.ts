/** Random workflows: the same seed gives the same definition, whichever process builds it. */
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { makeRandom } from "../../src/testing/World.ts"
import type { Condition, Question } from "../../src/workflow/Condition.ts"
import type {
  AnyCodec,
  AnyRunnable,
  AnyTask,
  AnyWorkflow,
  CompensationDef,
  FailFast,
  HandlerDef,
  HookInfo,
  HooksDef,
  NodeDef
} from "../../src/workflow/Definition.ts"
import { toCompensation } from "../../src/workflow/Compensation.ts"
import type { Retry } from "../../src/workflow/Retry.ts"
import { apart, type PermitsDef, type Semaphore } from "../../src/workflow/Semaphore.ts"
import type { TaskContext } from "../../src/workflow/TaskContext.ts"
import { makeSemaphores, whole } from "./permits.ts"
import { sharedResult } from "./reuse.ts"
import type { Probe } from "../../src/testing/simulation/Probe.ts"
import { behave, type Behaviour, Flaky } from "./Behaviour.ts"
import * as Effect from "effect/Effect"

const json = Schema.Json as unknown as AnyCodec
const none = Schema.Void as unknown as AnyCodec
const flaky = Flaky as unknown as AnyCodec

/** Builds definitions for one process. */
export class Generator {
  readonly #random: () => number
  readonly #probe: Probe
  readonly #process: () => number
  readonly #scope = {}
  readonly #semaphores: ReadonlyArray<Pick<Semaphore, "take">>
  readonly #pools: boolean
  #names = 0

  /** `chance` decides what happens while runs are executed, which need not be the same in every process. */
  constructor(seed: number, probe: Probe, process: () => number, chance: () => number, pools = false) {
    this.#random = makeRandom(seed)
    this.#semaphores = makeSemaphores(chance)
    this.#probe = probe
    this.#process = process
    this.#pools = pools
  }

  /** A random workflow with at most `size` nodes in its graph. */
  workflow(size: number, depth = 0): AnyWorkflow {
    const count = 1 + this.#int(size)
    const nodes: Array<NodeDef> = []
    for (let index = 0; index < count; index++) nodes.push(this.#node(nodes, depth))
    return {
      _tag: "Workflow",
      name: depth === 0 ? "simulated" : this.#name("sub"),
      description: undefined,
      labels: {},
      suspended: this.#chance(0.05),
      compensates: this.#pick([true, true, true, "parallel", false] as const),
      compensate: depth > 0 && this.#chance(0.3) ? this.#compensation(json, none) : undefined,
      input: json,
      output: none,
      error: undefined,
      nodes,
      result: undefined,
      failFast: this.#failFast(0.2),
      retry: undefined,
      gc: undefined,
      store: undefined,
      retention: undefined,
      statesErrors: true,
      kept: undefined,
      start: undefined,
      permits: this.#chance(0.15) ? { takes: [whole.take()], hold: "node", priority: 0 } : undefined,
      parallelism: this.#chance(0.3) ? 1 + this.#int(3) : Infinity,
      timeout: depth === 0 && this.#chance(0.15) ? 50 + this.#int(400) : Infinity,
      onExit: this.#chance(0.3) ? this.#handler() : undefined,
      hooks: depth === 0 && this.#chance(0.2) ? this.#hooks() : {},
      mistakes: []
    }
  }

  /** A workflow of nodes side by side that compete with the other one for permits. */
  rival(): AnyWorkflow {
    const nodes = Array.from({ length: 1 + this.#int(4) }, (): NodeDef => ({
      ...this.#base([]),
      when: undefined,
      runnable: { ...this.#task(2), permits: this.#permits(0.9) }
    }))
    return { ...this.workflow(0), name: "rival", nodes, onExit: undefined, hooks: {} }
  }

  #node(before: ReadonlyArray<NodeDef>, depth: number): NodeDef {
    const upstream = before.filter(() => this.#chance(0.4)).map(({ name }) => name)
    const draw = this.#random()
    const base = this.#base(upstream)
    if (draw < 0.12 && depth < 2) {
      return { ...base, kind: "workflow", runnable: this.workflow(3, depth + 1), ...this.#over() }
    }
    if (draw < 0.27) return this.#map(base, depth)
    if (draw < 0.33) return this.#suspend(base)
    const compensate = this.#chance(0.1) ? this.#compensation(json, json) : undefined
    return { ...base, kind: "task", runnable: this.#task(depth), compensate, ...this.#around() }
  }

  #base(upstream: ReadonlyArray<string>): NodeDef {
    const values = upstream.filter(() => this.#chance(0.5))
    const depends = upstream.length > 0 && this.#chance(0.35) ? this.#condition(upstream, 2) : undefined
    const of = () => depends !== undefined || this.#chance(0.2) ? "outcome" as const : "output" as const
    return {
      name: this.#name("n"),
      renamedFrom: [],
      kind: "task",
      description: undefined,
      runnable: undefined,
      needs: Object.fromEntries(
        values.map((node) => [node, { _tag: "Ref", of: of(), node, scope: this.#scope, at: [] }])
      ),
      after: upstream.filter((name) => !values.includes(name)),
      depends,
      when: this.#chance(0.1) ? () => false : undefined,
      bind: (values, _input, item) => item ?? Object.keys(values),
      continueOn: { failed: this.#chance(0.2), error: this.#chance(0.2) },
      fallback: this.#chance(0.2) ? { value: 7 } : undefined,
      retry: undefined,
      timeouts: undefined,
      onExit: undefined,
      hooks: {},
      map: undefined,
      suspend: undefined,
      permits: undefined
    }
  }

  #around(): Partial<NodeDef> {
    return { onExit: this.#chance(0.2) ? this.#handler() : undefined, hooks: this.#chance(0.15) ? this.#hooks() : {} }
  }

  #over(): Partial<NodeDef> {
    const timeouts = this.#chance(0.2)
      ? { attempt: 20 + this.#int(150), total: this.#chance(0.5) ? 400 : Infinity }
      : undefined
    return { ...this.#around(), timeouts, retry: this.#chance(0.3) ? this.#retry() : undefined }
  }

  #map(base: NodeDef, depth: number): NodeDef {
    const value = Array.from({ length: this.#int(5) }, (_, index) => index)
    const items = { _tag: "Ref", of: "value", node: undefined, scope: this.#scope, at: [], value } as const
    const runnable: AnyRunnable = depth < 1 && this.#chance(0.2) ? this.workflow(2, depth + 1) : this.#task(2)
    const map = {
      items,
      key: this.#chance(0.3) ? (item: number) => `k/${item}` : undefined,
      concurrency: this.#chance(0.4) ? 1 + this.#int(2) : Infinity,
      failFast: this.#failFast(0.3),
      item: {
        retry: this.#chance(0.2) ? this.#retry() : undefined,
        timeouts: undefined,
        permits: undefined,
        onExit: this.#chance(0.1) ? this.#handler() : undefined,
        hooks: {}
      }
    }
    return { ...base, kind: "map", runnable, map, ...this.#over(), retry: undefined }
  }

  #suspend(base: NodeDef): NodeDef {
    const duration = this.#chance(0.8) ? 1 + this.#int(100) : Infinity
    return { ...base, kind: "suspend", fallback: { value: 7 }, suspend: { output: json, duration }, ...this.#around() }
  }

  #task(depth: number): AnyTask {
    const behaviour = this.#behaviour(depth)
    const children = Array.from({ length: behaviour.children }, () => [this.#name("c"), this.#task(2)] as const)
    const error = this.#chance(0.9) ? flaky : undefined
    // What it may fail with is part of its key.
    const shared = children.length === 0 && error !== undefined && this.#chance(0.4) ? this.#int(2) : undefined
    const on = this.#pools && depth < 2 && children.length === 0 && this.#chance(0.5) ? "pool" : undefined
    const run = (context: TaskContext) => {
      const body = this.#probe.watch(this.#process, context, this.#body(behaviour, children, context))
      return shared === undefined ? body : this.#probe.alone(this.#process, `shared${shared}`, context, body)
    }
    return {
      ...this.#plainTask(run),
      cache: shared === undefined ? undefined : sharedResult(shared),
      error,
      on,
      retry: this.#chance(0.4) ? this.#retry() : undefined,
      permits: behaviour.children > 0 ? undefined : this.#permits(0.3),
      timeouts: this.#timeouts(behaviour.hangs),
      onCrash: this.#chance(0.15) ? "fail" : "rerun",
      compensate: this.#chance(0.4) ? this.#compensation(json, json) : undefined,
      onExit: this.#chance(0.1) ? this.#handler() : undefined
    }
  }

  #plainTask(run: (context: TaskContext) => unknown): AnyTask {
    return {
      _tag: "Task",
      name: this.#name("t"),
      description: undefined,
      input: json,
      output: json,
      error: undefined,
      retry: undefined,
      timeouts: { attempt: Infinity, total: Infinity },
      onCrash: "rerun",
      onExit: undefined,
      hooks: {},
      services: [],
      permits: undefined,
      run: (_input, context) => run(context)
    }
  }

  #body(
    behaviour: Behaviour,
    children: ReadonlyArray<readonly [string, AnyTask]>,
    context: TaskContext
  ): Effect.Effect<number, Flaky> {
    const calls = Effect.forEach(
      children,
      ([name, task]) =>
        Effect.exit(
          (context as unknown as { effect: (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown> }).effect(
            name,
            task,
            1
          )
        ),
      { concurrency: behaviour.millis % 2 === 0 ? 1 : 3, discard: true }
    )
    return Effect.andThen(calls, behave(behaviour, context))
  }

  #behaviour(depth: number): Behaviour {
    return {
      millis: this.#chance(0.3) ? 0 : 1 + this.#int(60),
      failures: this.#chance(0.6) ? 0 : this.#int(4),
      how: this.#pick(["typed", "typed", "defect", "throw"] as const),
      hangs: this.#chance(0.04),
      stubborn: this.#chance(0.08),
      children: depth < 2 && this.#chance(0.2) ? 1 + this.#int(2) : 0
    }
  }

  #timeouts(hangs: boolean): AnyTask["timeouts"] {
    const attempt = hangs || this.#chance(0.15) ? 10 + this.#int(80) : Infinity
    return { attempt, total: this.#chance(0.1) ? 100 + this.#int(200) : Infinity }
  }

  #retry(): Retry {
    return {
      limit: this.#int(4),
      duration: this.#chance(0.3) ? 0 : 1 + this.#int(50),
      factor: 1 + this.#int(3),
      cap: 500,
      jitter: this.#chance(0.3) ? 0.5 : 0,
      maxDuration: this.#chance(0.1) ? 100 : Infinity,
      while: this.#chance(0.1) ? () => this.#process() >= 0 : undefined,
      schedule: this.#chance(0.25) ? this.#schedule() : undefined,
      on: this.#pick(["Always", "OnFailure", "OnError", "Always"] as const)
    }
  }

  #schedule(): NonNullable<Retry["schedule"]> {
    const base = this.#chance(0.5) ? Schedule.exponential(1 + this.#int(20)) : Schedule.fibonacci(1 + this.#int(20))
    return base.pipe(Schedule.upTo({ times: this.#int(4) }))
  }

  #compensation(input: AnyCodec, output: AnyCodec): CompensationDef {
    const behaviour: Behaviour = { ...this.#behaviour(2), hangs: false }
    const run = (context: TaskContext) => this.#probe.watch(this.#process, context, behave(behaviour, context))
    const made = toCompensation("c", {
      when: this.#pick(["succeeded", "succeeded", "began"] as const),
      run: (_, context) => run(context)
    }, { input, output })!
    return { ...made, task: { ...made.task, name: this.#name("u"), error: flaky, retry: this.#retry() } }
  }

  #permits(chance = 0.15): PermitsDef | undefined {
    if (!this.#chance(chance)) return undefined
    const takes = this.#semaphores.filter(() => this.#chance(0.5)).map((one) => one.take(1 + this.#int(2)))
    return takes.length === 0
      ? undefined
      : { takes: apart(takes), hold: this.#pick(["running", "node", "exit"] as const), priority: this.#int(3) }
  }

  #handler(): HandlerDef {
    const behaviour: Behaviour = { ...this.#behaviour(2), hangs: false, children: 0 }
    const run = (context: TaskContext) => this.#probe.watch(this.#process, context, behave(behaviour, context))
    const task: AnyTask = {
      ...this.#plainTask(run),
      error: flaky,
      retry: this.#chance(0.2) ? this.#retry() : undefined
    }
    const when = behaviour.millis % 5 === 1 ? ({ outcome }: HookInfo) => outcome.phase !== "Succeeded" : undefined
    if (!this.#chance(0.2)) return { task, input: () => 1, when }
    return { task: { ...this.workflow(0, 2), nodes: [this.#handlerNode(task)], onExit: undefined }, input: () => 1 }
  }

  #handlerNode(task: AnyTask): NodeDef {
    return { ...this.#base([]), when: undefined, runnable: task }
  }

  #hooks(): HooksDef {
    return {
      ...(this.#chance(0.5) ? { started: this.#handler() } : {}),
      ...(this.#chance(0.5) ? { succeeded: this.#handler() } : {}),
      ...(this.#chance(0.5) ? { failed: this.#handler() } : {}),
      ...(this.#chance(0.5) ? { retrying: this.#handler() } : {})
    }
  }

  #condition(nodes: ReadonlyArray<string>, depth: number): Condition {
    const draw = this.#random()
    if (depth === 0 || draw < 0.5) return { _tag: "Is", node: this.#pick(nodes), question: this.#question() }
    if (draw < 0.6) return { _tag: "Not", condition: this.#condition(nodes, depth - 1) }
    return {
      _tag: draw < 0.8 ? "And" : "Or",
      conditions: [this.#condition(nodes, depth - 1), this.#condition(nodes, depth - 1)]
    }
  }

  #question(): Question {
    return this.#pick(
      ["succeeded", "succeeded", "failed", "errored", "skipped", "omitted", "anySucceeded", "allFailed"] as const
    )
  }

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`
  }

  #int(below: number): number {
    return Math.floor(this.#random() * below)
  }

  #chance(probability: number): boolean {
    return this.#random() < probability
  }

  #failFast(probability: number): FailFast {
    const draw = this.#random()
    return draw < probability && (draw < probability / 2 || "hold")
  }

  #pick<A>(values: ReadonlyArray<A>): A {
    return values[this.#int(values.length)]!
  }
}
