/** Seeded workflows of which everything has an equivalent in Argo, with bodies that need no time. */
import { Schema, task } from "../../mod.ts"
import { Generator } from "../sim/generate.ts"
import { Flaky } from "../sim/Behaviour.ts"
import { Probe } from "../../src/testing/simulation/Probe.ts"
import { Disk } from "../../src/journal/Disk.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { type Condition, nodesOf, type Question } from "../../src/workflow/Condition.ts"
import type {
  AnyRunnable,
  AnyTask,
  AnyWorkflow,
  HandlerDef,
  HookInfo,
  HookName,
  HooksDef,
  NodeDef
} from "../../src/workflow/Definition.ts"
import type { Retry } from "../../src/workflow/Retry.ts"

/** The workflow of a seed. */
export const graphOf = (seed: number, size: number): AnyWorkflow => {
  const random = makeRandom(seed)
  const made = new Generator(seed, new Probe(new Disk()), () => 0, random).workflow(size)
  return new Tamed(random).workflow(made)
}

/** Takes out what Argo cannot do, and what depends on time or chance. */
class Tamed {
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  workflow(workflow: AnyWorkflow, isNested = false): AnyWorkflow {
    const nodes = workflow.nodes.map((node) => this.#node(node, workflow.nodes))
    const last = nodes.at(-1)!
    const hasResult = this.#random() < 0.7
    return {
      ...workflow,
      suspended: false,
      compensates: true,
      compensate: undefined,
      nodes,
      output: hasResult ? workflow.input : workflow.output,
      result: hasResult ? { _tag: "Ref", of: "output", node: last.name, scope: {}, at: [] } : undefined,
      failFast: false,
      permits: undefined,
      timeout: Infinity,
      onExit: this.#handler(workflow.onExit),
      hooks: isNested ? this.#hooks(workflow.hooks) : {}
    }
  }

  #node(node: NodeDef, all: ReadonlyArray<NodeDef>): NodeDef {
    const isComposite = node.kind !== "task"
    const isAsked = all.some(({ depends }) => depends !== undefined && nodesOf(depends).includes(node.name))
    const both = !isAsked && (node.continueOn.failed || node.continueOn.error)
    return {
      ...node,
      depends: node.depends && this.#condition(node.depends, all),
      continueOn: { failed: both, error: both },
      runnable: node.runnable && this.#runnable(node.runnable),
      onExit: node.kind === "map" ? undefined : this.#handler(node.onExit),
      hooks: node.kind === "map" ? {} : this.#hooks(node.hooks),
      timeouts: undefined,
      permits: undefined,
      compensate: undefined,
      retry: this.#retry(node.retry, isComposite),
      suspend: node.suspend && { ...node.suspend, duration: 1 + Math.floor(this.#random() * 100) },
      map: node.map && {
        ...node.map,
        failFast: false,
        item: {
          ...node.map.item,
          onExit: this.#handler(node.map.item.onExit),
          hooks: this.#hooks(node.map.item.hooks),
          retry: this.#retry(node.map.item.retry, node.runnable?._tag === "Workflow")
        }
      }
    }
  }

  #runnable(runnable: AnyRunnable): AnyRunnable {
    return runnable._tag === "Workflow" ? this.workflow(runnable, true) : this.#task(runnable)
  }

  /** A body that fails some attempts by what its input is. */
  #task(task: AnyTask): AnyTask {
    const failures = this.#random() < 0.6 ? 0 : Math.floor(this.#random() * 4)
    const isDefect = this.#random() < 0.3
    return {
      ...task,
      output: task.input,
      permits: undefined,
      cache: undefined,
      compensate: undefined,
      timeouts: { attempt: Infinity, total: Infinity },
      onCrash: "rerun",
      onExit: this.#handler(task.onExit),
      hooks: this.#hooks(task.hooks),
      retry: this.#retry(task.retry, false),
      run: (input: unknown, { attempt }: { readonly attempt: number }) => {
        if (attempt > failures) return { attempt, input }
        throw isDefect || task.error === undefined ? new Error("a defect") : new Flaky({ attempt })
      }
    }
  }

  #handler(handler: HandlerDef | undefined): HandlerDef | undefined {
    if (handler === undefined || handler.task._tag === "Workflow") return undefined
    const task = { ...this.#task(handler.task), run: (input: unknown) => ({ input }) }
    return { task, input: ({ outcome }) => told(outcome) }
  }

  /** Some of those of its end; one of three fails, which changes nothing else. */
  #hooks({ failed, succeeded }: HooksDef): HooksDef {
    const hook = (name: HookName, handler: HandlerDef | undefined): HooksDef => {
      const made = this.#handler(handler ?? (this.#random() < 0.15 ? telling : undefined))
      if (made === undefined) return {}
      if (this.#random() < 0.7) return { [name]: made }
      const fail = () => {
        throw new Error("a hook that fails")
      }
      return { [name]: { ...made, task: { ...(made.task as AnyTask), retry: undefined, run: fail } } }
    }
    return { ...hook("failed", failed), ...hook("succeeded", succeeded) }
  }

  #retry(retry: Retry | undefined, isComposite: boolean): Retry | undefined {
    if (retry === undefined) return undefined
    const plain = { ...retry, jitter: 0, maxDuration: Infinity, schedule: undefined, duration: retry.duration }
    return isComposite ? { ...plain, while: undefined, on: "Always" } : plain
  }

  #condition(condition: Condition, all: ReadonlyArray<NodeDef>): Condition {
    if (condition._tag === "Not") return { ...condition, condition: this.#condition(condition.condition, all) }
    if (condition._tag !== "Is") {
      return { ...condition, conditions: condition.conditions.map((it) => this.#condition(it, all)) }
    }
    const isMap = all.find(({ name }) => name === condition.node)?.kind === "map"
    return { ...condition, question: tamed(condition.question, isMap) }
  }
}

/** A hook where the generator made none. */
const telling: HandlerDef = {
  task: task("telling", { input: Schema.Unknown, run: () => {} }) as unknown as AnyTask,
  input: () => null
}

/** What a handler was told, without what Argo does not tell apart. */
const told = (outcome: HookInfo["outcome"]): ReadonlyArray<unknown> => [
  outcome.phase === "Error" ? "Failed" : outcome.phase,
  "output" in outcome ? outcome.output ?? null : null
]

/** A defect is `Failed` for Argo, so what tells the two apart is not asked. */
const tamed = (question: Question, isMap: boolean): Question => {
  if (question === "skipped" || question === "omitted") return question
  return question === "anySucceeded" && !isMap ? question : "succeeded"
}
