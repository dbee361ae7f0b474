/** Exit handlers: containers that are told how something ended. */
import type { AnyTask, HandlerDef } from "../workflow/Definition.ts"
import { type Argument, argumentsOf, outputOf, type Yaml } from "./Containers.ts"
import { deadlineOf, placeOf, retryStrategyOf, synchronizationOf } from "./policies.ts"
import { indexName } from "./reads.ts"
import { type Export, type Site, templateName } from "./Site.ts"

/** The hook of a task with a handler; with `item`, of each item of a map. */
export const hooksOf = (site: Site, handler: HandlerDef | undefined, task: string, item?: Argument): Yaml => {
  if (handler === undefined) return {}
  const name = templateName(site, "exit")
  const template = handlerTemplate(site.all, handler, site.path, { name, isItem: item !== undefined })
  const output = site.node.def.kind === "suspend" ? "value" : "end"
  const told = [
    { name: "status", value: `{{tasks.${task}.status}}` },
    { name: "end", value: outputOf(task, output) },
    ...item === undefined ? [] : [item]
  ]
  return { hooks: { exit: { template, ...argumentsOf(told) } } }
}

/** The container of an exit handler. */
export const handlerTemplate = (
  { containers, locks }: Export,
  handler: HandlerDef,
  path: ReadonlyArray<string>,
  { isItem = false, name }: { readonly name: string; readonly isItem?: boolean }
): string => {
  const { on, onCrash, permits, retry, timeouts } = handler.task as AnyTask
  return containers.container({
    name,
    verb: "exit",
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
