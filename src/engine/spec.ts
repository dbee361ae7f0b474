/** Turns what authors defined (a plan's node, a task or workflow called at run time) into what `launch` runs. */
import * as Schema from "effect/Schema"
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { AnyCodec, AnyRef, AnyRunnable, AnyTask, Bound, NodeDef } from "../workflow/Definition.ts"
import { runBody } from "./body.ts"
import { runGraph } from "./graph.ts"
import { mapWork } from "./map.ts"
import type { NodeSpec, Work } from "./NodeSpec.ts"
import { planOf } from "./plans.ts"
import { withSecrets } from "./secret.ts"
import { subtree } from "./subtree.ts"
import { suspendWork } from "./suspend.ts"
import { fromText, toText } from "./value.ts"

/** What a node of a graph can read. */
export interface Scope {
  readonly values: () => Bound
  readonly input: unknown
  readonly resolve: (ref: AnyRef) => unknown
}

const noTimeouts = { attempt: Infinity, total: Infinity }

/** The schemas of a node's output and error. */
export const codecsOf = (def: NodeDef): { readonly output: AnyCodec; readonly error: AnyCodec | undefined } => {
  if (def.suspend !== undefined) return { output: def.suspend.output, error: undefined }
  const runnable = def.runnable!
  return { output: def.map === undefined ? runnable.output : arrayOf(runnable.output), error: runnable.error }
}

const arrays = new WeakMap<AnyCodec, AnyCodec>()

const arrayOf = (codec: AnyCodec): AnyCodec => {
  const known = arrays.get(codec)
  if (known !== undefined) return known
  const made = Schema.Array(codec) as unknown as AnyCodec
  arrays.set(codec, made)
  return made
}

/** The spec of a plan's node. */
export const planNodeSpec = (node: PlanNode, path: string, handler: boolean, scope: Scope): NodeSpec => {
  const { def } = node
  const task = def.kind === "task" ? def.runnable as AnyTask : undefined
  const own = def.map === undefined ? def.runnable : undefined
  return {
    path,
    kind: def.kind,
    leaf: task !== undefined,
    composite: def.kind === "workflow" || def.kind === "map",
    handler,
    retry: def.retry ?? own?.retry,
    timeouts: def.timeouts ?? task?.timeouts ?? noTimeouts,
    onCrash: task?.onCrash ?? "rerun",
    ...codecsOf(def),
    onExit: def.onExit ?? own?.onExit,
    hooks: own === undefined ? def.hooks : { ...own.hooks, ...def.hooks },
    bind: (recorded) => bindNode(node, path, handler, scope, recorded)
  }
}

const bindNode = (node: PlanNode, path: string, handler: boolean, scope: Scope, recorded: string | undefined): Work => {
  const { def } = node
  if (def.suspend !== undefined) return suspendWork(def, def.suspend, path)
  if (def.map !== undefined) return mapWork(node, def.map, path, handler, scope)
  return runnableWork(def.runnable!, node.plan, path, recorded, () => def.bind(scope.values(), scope.input))
}

/** The spec of a task or workflow that is not a node of a plan: a map's item, a child called by a body, an exit handler. */
export const runnableSpec = (options: {
  readonly runnable: AnyRunnable
  readonly plan: Plan | undefined
  readonly path: string
  readonly handler: boolean
  readonly kind?: "exit" | "hook"
  readonly input: () => unknown
  readonly over?: Partial<Pick<NodeDef, "retry" | "timeouts" | "onExit" | "hooks">> | undefined
}): NodeSpec => {
  const { runnable, plan, path, over } = options
  const task = runnable._tag === "Task" ? runnable : undefined
  return {
    path,
    kind: options.kind ?? (task === undefined ? "workflow" : "task"),
    leaf: task !== undefined,
    composite: task === undefined,
    handler: options.handler,
    retry: over?.retry ?? runnable.retry,
    timeouts: over?.timeouts ?? task?.timeouts ?? noTimeouts,
    onCrash: task?.onCrash ?? "rerun",
    output: runnable.output,
    error: runnable.error,
    onExit: over?.onExit ?? runnable.onExit,
    hooks: { ...runnable.hooks, ...over?.hooks },
    bind: (recorded) => runnableWork(runnable, plan, path, recorded, options.input)
  }
}

const runnableWork = (
  runnable: AnyRunnable,
  plan: Plan | undefined,
  path: string,
  recorded: string | undefined,
  input: () => unknown
): Work => {
  const given = recorded === undefined ? input() : undefined
  const text = recorded ?? toText(runnable.input, given)
  const value = fromText(runnable.input, text)
  if (runnable._tag === "Task") {
    return { text, attempt: (live, attempt) => withSecrets(live, value, (clear) => runBody(live, runnable, path, clear, attempt)) }
  }
  const graph = plan ?? planOf(runnable)
  return { text, attempt: (live, attempt) => runGraph(live, graph, value, subtree(live.run.ledger, path, attempt)) }
}
