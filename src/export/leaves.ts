/** Templates of nodes that have no nodes beneath them. */
import { toText } from "../engine/node/value.ts"
import type { AnyTask, NodeDef } from "../workflow/Definition.ts"
import { deadlineOf, durationText, placeOf, retryStrategyOf, synchronizationOf } from "./policies.ts"
import { type Site, templateName } from "./Site.ts"

/** The container that runs the body of a node, or of an item of a map. */
export const bodyTemplate = (
  { all, node, path }: Site,
  over: Pick<NodeDef, "retry" | "timeouts" | "permits" | "on">,
  parameters: ReadonlyArray<string>,
  name: string
): string => {
  const task = node.def.runnable as AnyTask
  const retry = over.retry ?? task.retry
  const timeouts = over.timeouts ?? task.timeouts
  return all.containers.container({
    name,
    verb: "run",
    path,
    parameters,
    outputs: ["end"],
    isTriedAgain: retry !== undefined,
    more: {
      ...retry === undefined ? {} : { retryStrategy: retryStrategyOf(retry, timeouts.total, task.onCrash) },
      ...deadlineOf(timeouts, retry !== undefined),
      ...placeOf(over.on ?? task.on),
      ...synchronizationOf(over.permits ?? task.permits, all.locks)
    }
  })
}

/** A node that waits for a value or an instant. */
export const suspendTemplate = (site: Site): string => {
  const { fallback, suspend } = site.node.def
  const { duration, output } = suspend!
  const isTimed = Number.isFinite(duration)
  const value = fallback === undefined ? "null" : toText(output, fallback.value)
  return site.all.containers.add({
    name: templateName(site),
    suspend: isTimed ? { duration: durationText(duration) } : {},
    outputs: {
      parameters: [{ name: "value", valueFrom: { supplied: {}, ...isTimed ? { default: value } : {} } }]
    }
  })
}
