/**
 * Turns what authors defined (a plan's node, a task or workflow called at run time) into what `launch` runs.
 *
 * Specs and work are instances of classes: V8 puts object literals that outlive its young generation a few times into
 * the old one from then on, where each keeps all that it names until the next full collection.
 */
import * as Effect from "effect/Effect"
import type { NodeKind } from "../../run/Event.ts"
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import type {
  AnyCodec,
  AnyRunnable,
  AnyTask,
  CompensationDef,
  HandlerDef,
  HooksDef,
  NodeDef,
  OnCrash,
  Timeouts
} from "../../workflow/Definition.ts"
import type { Retry } from "../../workflow/Retry.ts"
import type { PermitsDef } from "../../workflow/Semaphore.ts"
import { noHooks } from "../../workflow/Handler.ts"
import { defWork } from "../runs/defWork.ts"
import { codecsOf } from "./codecs.ts"
import { runBody } from "./body.ts"
import { runNested } from "../flow/runWorkflow.ts"
import { mapWork } from "../graph/map.ts"
import { planOf } from "../life/plans.ts"
import { withSecrets } from "./secret.ts"
import { subtree } from "../graph/subtree.ts"
import { suspendWork } from "./suspend.ts"
import { fromText, toText } from "./value.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import type { Attempt, Called, LiveNode, NodeSpec, Readable, Work } from "../Live.ts"
import type { Reuse } from "./Reusable.ts"

const noTimeouts = { attempt: Infinity, total: Infinity }

/** The spec of a plan's node. */
export const planNodeSpec = (node: PlanNode, path: string, handler: boolean, scope: Readable): NodeSpec =>
  new PlanNodeSpec(node, path, handler, scope)

/**
 * The spec of a task or workflow that is not a node of a plan: a map's item, a child called by a body, an exit handler.
 */
export const calledSpec = (called: Called): NodeSpec => new CalledSpec(called)

/** What is said of a node and of the task or workflow behind it, the former first. */
class DefinedSpec {
  readonly path: string
  readonly kind: NodeKind
  readonly leaf: boolean
  readonly composite: boolean
  readonly handler: boolean
  readonly retry: Retry | undefined
  readonly timeouts: Timeouts
  readonly onCrash: OnCrash
  readonly permits: PermitsDef | undefined
  readonly reuse: Reuse | undefined
  readonly on: string | undefined
  readonly output: AnyCodec
  readonly error: AnyCodec | undefined
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
  readonly undo: CompensationDef | undefined

  constructor(
    path: string,
    kind: NodeKind,
    handler: boolean,
    { error, output }: Pick<NodeSpec, "output" | "error">,
    task: AnyTask | undefined,
    own: AnyRunnable | undefined,
    over: Called["over"]
  ) {
    this.path = path
    this.kind = kind
    this.leaf = task !== undefined
    this.composite = task === undefined && kind !== "suspend"
    this.handler = handler
    this.retry = over?.retry ?? own?.retry
    this.timeouts = over?.timeouts ?? task?.timeouts ?? noTimeouts
    this.onCrash = task?.onCrash ?? "rerun"
    this.permits = over?.permits ?? own?.permits
    this.reuse = handler || task === undefined ? undefined : reuseOf(task, over?.cache)
    this.on = task === undefined ? undefined : over?.on ?? task.on
    this.output = output
    this.error = error
    this.onExit = over?.onExit ?? own?.onExit
    this.undo = over?.compensate ?? own?.compensate
    this.hooks = joined(own?.hooks ?? noHooks, over?.hooks ?? noHooks)
  }
}

/** What a node says goes before what its task says. */
const reuseOf = (task: AnyTask, own: NodeDef["cache"]): Reuse | undefined => {
  const def = own ?? task.cache
  return def === undefined || def === false ? undefined : { def, task }
}

/** The hooks of both, those of `over` before others of their name. */
const joined = (hooks: HooksDef, over: HooksDef): HooksDef =>
  over === noHooks ? hooks : hooks === noHooks ? over : { ...hooks, ...over }

class PlanNodeSpec extends DefinedSpec implements NodeSpec {
  readonly #node: PlanNode
  readonly #scope: Readable

  constructor(node: PlanNode, path: string, handler: boolean, scope: Readable) {
    const { def } = node
    const task = def.kind === "task" ? def.runnable as AnyTask : undefined
    super(path, def.kind, handler, codecsOf(def), task, def.map === undefined ? def.runnable : undefined, def)
    this.#node = node
    this.#scope = scope
  }

  get makes(): NodeSpec["makes"] {
    return this.#node.def.expand === undefined ? undefined : "graph"
  }

  bind(recorded: string | undefined): Work {
    const { def, plan } = this.#node
    const scope = this.#scope
    if (def.suspend !== undefined) return suspendWork(def, def.suspend, this.path)
    const work = defWork(def, this.path, recorded, () => def.bind(scope.values(), scope.input))
    if (work !== undefined) return work
    if (def.map !== undefined) return mapWork(this.#node, def.map, this.path, this.handler, scope)
    const given = recorded === undefined ? def.bind(scope.values(), scope.input) : undefined
    return runnableWork(def.runnable!, plan, this.path, recorded, given)
  }
}

class CalledSpec extends DefinedSpec implements NodeSpec {
  readonly #called: Called

  constructor(called: Called) {
    const { handler, kind, over, path, runnable } = called
    const task = runnable._tag === "Task" ? runnable : undefined
    super(path, kind ?? (task === undefined ? "workflow" : "task"), handler, runnable, task, runnable, over)
    this.#called = called
  }

  bind(recorded: string | undefined): Work {
    const { plan, runnable } = this.#called
    const given = recorded === undefined ? this.#called.input() : undefined
    return runnableWork(runnable, plan, this.path, recorded, given)
  }
}

const runnableWork = (
  runnable: AnyRunnable,
  plan: Plan | undefined,
  path: string,
  recorded: string | undefined,
  given: unknown
): Work => {
  const text = recorded ?? toText(runnable.input, given)
  const value = fromText(runnable.input, text)
  if (runnable._tag === "Task") return new TaskWork(text, runnable, value)
  return new GraphWork(text, plan ?? planOf(runnable), path, value)
}

class TaskWork implements Work {
  readonly text: string
  readonly #task: AnyTask
  readonly input: unknown

  constructor(text: string, task: AnyTask, input: unknown) {
    this.text = text
    this.#task = task
    this.input = input
  }

  attempt(live: LiveNode, attempt: Attempt): Effect.Effect<NodeEnd> {
    const task = this.#task
    if (live.run.host.rehearsal?.interprets === false) return Effect.never
    return withSecrets(live, task.input, this.input, (clear) => runBody(live, task, clear, attempt))
  }
}

class GraphWork implements Work {
  readonly text: string
  readonly #graph: Plan
  readonly #path: string
  readonly input: unknown

  constructor(text: string, graph: Plan, path: string, input: unknown) {
    this.text = text
    this.#graph = graph
    this.#path = path
    this.input = input
  }

  attempt(live: LiveNode, attempt: Attempt): Effect.Effect<NodeEnd> {
    return runNested(live, this.#graph, this.input, subtree(live.run.ledger, this.#path, attempt), attempt.number)
  }
}
