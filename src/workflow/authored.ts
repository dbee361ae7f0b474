// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/**
 * What authors give to `task`, `workflow` and the builder: of the right kind, or refused at once with the name of what
 * is being defined. Whether numbers and durations make sense is left to the plan, which reports all mistakes of a
 * workflow together.
 */
import { admitOne, anything, listOf, named, type Rule, text } from "./admit.ts"
import { compensationRule } from "./Compensation.ts"
import type { HooksDef } from "./Definition.ts"
import { retryRule } from "./normalizeRetry.ts"
import { timeoutRule } from "./timeouts.ts"
import { shown } from "./values.ts"

/** Looked at once, so that a getter that throws is told of here; what it says is judged later. */
export const seen = (look: (value: any) => unknown): Rule => (value) => void look(value)

const handling: Rule = (value) => {
  if (typeof value === "function") return undefined
  const isHandler = typeof value === "object" && value !== null && "_tag" in value && value._tag === "Handler"
  return isHandler ? undefined : { what: `is ${shown(value)}`, hint: "Use a function, or handler(task, …)" }
}

const hooks = named<HooksDef>({ started: handling, succeeded: handling, failed: handling, retrying: handling })

/** Whether results are reused, or how. */
export const cacheRule: Rule = (value) =>
  typeof value === "boolean" || typeof value === "object" && value !== null && !Array.isArray(value)
    ? undefined
    : { what: `is ${shown(value)}`, hint: 'Use true, false or an object like { ttl: "1 day" }' }

const permitList = listOf(anything)

/** A list of shares, or a function that tells them. */
const permitsRule: Rule = Object.assign(
  (value: unknown) => typeof value === "function" ? undefined : permitList(value),
  { copy: (value: unknown) => typeof value === "function" ? value : permitList.copy?.(value) }
)

/** The rules for how a task or node is treated. */
export const treatmentRules = {
  retry: retryRule,
  timeout: timeoutRule,
  onExit: handling,
  hooks,
  permits: permitsRule,
  hold: anything,
  permitPriority: anything,
  on: text,
  compensate: compensationRule
}

/** Throws `InvalidValue` for anything but a handler. */
export const admitHandler = (place: string, handler: unknown): void => admitOne(place, handler, handling)
