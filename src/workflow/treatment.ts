// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** From what authors say about failures and time to the engine's form. */
import type { AnyRunnable, AnyWorkflow, NodeDef } from "./Definition.ts"
import { type CacheOption, toCache } from "./Cache.ts"
import type { Compensation } from "./Compensation.ts"
import { type Handled, type Handler, type HookHandlers, noHooks, toExitDef, toHooksDef } from "./Handler.ts"
import { type TimeoutOption, toTimeouts } from "./timeouts.ts"
import { normalizeRetry } from "./normalizeRetry.ts"
import type { RetryPolicy } from "./Retry.ts"
import { type PermitOptions, toPermits } from "./Semaphore.ts"

/** Retry, timeout and handlers, types erased. */
export interface AnyTreatment extends PermitOptions<any> {
  readonly retry?: RetryPolicy<any>
  readonly timeout?: TimeoutOption
  readonly onExit?: Handler<any, any>
  readonly hooks?: HookHandlers<any, any, any>
  readonly cache?: CacheOption
  readonly on?: string
  readonly compensate?: Compensation<any, any, any>
}

/** What replaces the definition's own; a nested workflow's retry and timeout count where nothing else is said. */
export const toTreatment = (
  given: AnyTreatment,
  of: Handled,
  nested?: AnyWorkflow
): Pick<NodeDef, "retry" | "timeouts" | "permits" | "onExit" | "hooks"> =>
  Object.freeze({
    retry: given.retry === undefined ? nested?.retry : normalizeRetry(given.retry),
    timeouts: given.timeout === undefined ? timeoutsOf(nested) : toTimeouts(given.timeout),
    permits: toPermits(given),
    onExit: toExitDef(given.onExit, of),
    hooks: given.hooks === undefined ? noHooks : toHooksDef(given.hooks, of)
  })

const timeoutsOf = (nested: AnyWorkflow | undefined): NodeDef["timeouts"] =>
  nested === undefined || nested.timeout === Infinity
    ? undefined
    : Object.freeze({ attempt: Infinity, total: nested.timeout })

/** What a node says of the results of what it runs; those of a workflow are not reused as a whole. */
export const cacheOf = (runnable: AnyRunnable | undefined, option: CacheOption | undefined): NodeDef["cache"] =>
  runnable === undefined || option === undefined
    ? undefined
    : runnable._tag === "Task"
    ? toCache(option, runnable.name, runnable.run, runnable.cache)
    : toCache(option, runnable.name, runnable)

export { toCompensation } from "./Compensation.ts"
