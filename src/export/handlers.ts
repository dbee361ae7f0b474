/** Exit handlers and hooks: containers that are told how something ended. */
import type { AnyTask, HandlerDef, NodeDef } from "../workflow/Definition.ts"
import { type Argument, argumentsOf, outputOf, type Yaml } from "./Containers.ts"
import type { HandlerVerb } from "./exec/ExecRequest.ts"
import { deadlineOf, placeOf, retryStrategyOf, synchronizationOf } from "./policies.ts"
import { indexName } from "./reads.ts"
import { type Export, type Site, templateName } from "./Site.ts"

/** What follows a node. */
export type Following = Pick<NodeDef, "hooks" | "onExit">

/** Both, what a node says before what its task says. */
export const followingOf = (over: Following, own: Following | undefined): Following => ({
  onExit: over.onExit ?? own?.onExit,
  hooks: { ...own?.hooks, ...over.hooks }
})

/** The hooks of a task; with `item`, of each item of a map. */
export const hooksOf = (site: Site, { hooks, onExit }: Following, task: string, item?: Argument): Yaml => {
  const output = site.node.def.kind === "suspend" ? "value" : "end"
  const told = argumentsOf([
    { name: "status", value: `{{tasks.${task}.status}}` },
    { name: "end", value: outputOf(task, output) },
    ...item === undefined ? [] : [item]
  ])
  const hook = (verb: HandlerVerb, handler: HandlerDef | undefined): Yaml => {
    if (handler === undefined) return {}
    const name = templateName(site, verb)
    const template = handlerTemplate(site.all, handler, site.path, { name, verb, isItem: item !== undefined })
    return { [verb]: { ...expressionOf(verb, task), template, ...told } }
  }
  const all = { ...hook("exit", onExit), ...hook("succeeded", hooks.succeeded), ...hook("failed", hooks.failed) }
  return Object.keys(all).length === 0 ? {} : { hooks: all }
}

/** When a hook follows; Argo asks once the node has ended, before whatever depends on it. */
const expressionOf = (verb: HandlerVerb, task: string): Yaml => {
  if (verb === "exit") return {}
  const phases = verb === "succeeded" ? ["Succeeded"] : ["Failed", "Error"]
  return { expression: phases.map((it) => `tasks['${task}'].status == '${it}'`).join(" || ") }
}

/** The container of an exit handler or hook. */
export const handlerTemplate = (
  { containers, locks }: Export,
  handler: HandlerDef,
  path: ReadonlyArray<string>,
  { isItem = false, name, verb = "exit" }: {
    readonly name: string
    readonly verb?: HandlerVerb
    readonly isItem?: boolean
  }
): string => {
  const { on, onCrash, permits, retry, timeouts } = handler.task as AnyTask
  return containers.container({
    name,
    verb,
    path,
    parameters: ["status", "end", ...isItem ? [indexName] : []],
    outputs: ["end"],
    isTriedAgain: retry !== undefined,
    more: {
      ...retry === undefined ? {} : { retryStrategy: retryStrategyOf(retry, timeouts.total, onCrash) },
      ...deadlineOf(timeouts, retry !== undefined),
      ...placeOf(on),
      ...synchronizationOf(permits, locks)
    }
  })
}
