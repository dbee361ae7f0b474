/** Turns what authors defined (a plan's node, a task or workflow called at run time) into what `launch` runs. */
import type { Plan, PlanNode } from "../../plan/Plan.ts"
import type { AnyRunnable, AnyTask, HooksDef } from "../../workflow/Definition.ts"
import { noHooks } from "../../workflow/Handler.ts"
import { codecsOf } from "./codecs.ts"
import { runBody } from "./body.ts"
import { runGraph } from "../graph/graph.ts"
import { mapWork } from "../graph/map.ts"
import { planOf } from "../life/plans.ts"
import { withSecrets } from "./secret.ts"
import { subtree } from "../graph/subtree.ts"
import { suspendWork } from "./suspend.ts"
import { fromText, toText } from "./value.ts"
import type { Called, NodeSpec, Readable, Work } from "../Live.ts"

const noTimeouts = { attempt: Infinity, total: Infinity }

/** The spec of a plan's node. */
export const planNodeSpec = (node: PlanNode, path: string, handler: boolean, scope: Readable): NodeSpec => {
  const { def } = node
  const { error, output } = codecsOf(def)
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
    permits: def.permits ?? own?.permits,
    output,
    error,
    onExit: def.onExit ?? own?.onExit,
    hooks: own === undefined ? def.hooks : joined(own.hooks, def.hooks),
    bind: (recorded) => bindNode(node, path, handler, scope, recorded)
  }
}

/** The hooks of both, those of `over` before others of their name. */
const joined = (hooks: HooksDef, over: HooksDef): HooksDef =>
  over === noHooks ? hooks : hooks === noHooks ? over : { ...hooks, ...over }

const bindNode = (
  node: PlanNode,
  path: string,
  handler: boolean,
  scope: Readable,
  recorded: string | undefined
): Work => {
  const { def } = node
  if (def.suspend !== undefined) return suspendWork(def, def.suspend, path)
  if (def.map !== undefined) return mapWork(node, def.map, path, handler, scope)
  return runnableWork(def.runnable!, node.plan, path, recorded, () => def.bind(scope.values(), scope.input))
}

/**
 * The spec of a task or workflow that is not a node of a plan: a map's item, a child called by a body, an exit handler.
 */
export const calledSpec = (options: Called): NodeSpec => {
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
    permits: over?.permits ?? runnable.permits,
    output: runnable.output,
    error: runnable.error,
    onExit: over?.onExit ?? runnable.onExit,
    hooks: over?.hooks === undefined ? runnable.hooks : joined(runnable.hooks, over.hooks),
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
    return {
      text,
      attempt: (live, attempt) =>
        withSecrets(live, runnable.input, value, (clear) => runBody(live, runnable, clear, attempt))
    }
  }
  const graph = plan ?? planOf(runnable)
  return { text, attempt: (live, attempt) => runGraph(live, graph, value, subtree(live.run.ledger, path, attempt)) }
}
