/** Checks numbers authors give: retry policies, times, limits. */
import type { AnyRunnable, AnyWorkflow, NodeDef, Timeouts } from "../workflow/Definition.ts"
import type { Retry } from "../workflow/Retry.ts"
import type { LimitFault } from "./LimitFault.ts"
import { permitFaults } from "./permits.ts"

const isDuration = (millis: number): boolean => millis >= 0
const isCount = (value: number): boolean => value === Infinity || (Number.isInteger(value) && value >= 1)

/** What is wrong with a retry policy. */
export const retryFaults = (retry: Retry | undefined): ReadonlyArray<LimitFault> => {
  if (retry === undefined) return []
  const { cap, duration, factor, jitter, limit, maxDuration } = retry
  const rules: ReadonlyArray<readonly [boolean, string, string]> = [
    [
      limit === Infinity || (Number.isInteger(limit) && limit >= 0),
      `limit is ${limit}`,
      "Use a whole number from 0: 2 means at most 3 attempts"
    ],
    [isDuration(duration), "backoff is no duration", durationHint],
    [factor >= 1 && factor < Infinity, `factor is ${factor}`, "Use 1 for constant delays, 2 to double them"],
    [isDuration(cap), "cap is no duration", durationHint],
    [jitter >= 0 && jitter <= 1, `jitter is ${jitter}`, "Use a share from 0 to 1"],
    [isDuration(maxDuration), "maxDuration is no duration", durationHint]
  ]
  return rules.flatMap(([fits, what, hint]) =>
    fits ? [] : [{ code: "invalid-retry" as const, message: `Its retry policy cannot be used: ${what}`, hint }]
  )
}

const durationHint = 'Use a text like "30 seconds" or milliseconds, not below 0'

/** What is wrong with limits on time. */
export const timeoutFaults = (timeouts: Timeouts | undefined): ReadonlyArray<LimitFault> => {
  if (timeouts === undefined) return []
  return [timeouts.attempt, timeouts.total].filter((millis) => !(millis > 0)).map((millis) => timeoutFault(millis))
}

const timeoutFault = (millis: number): LimitFault => ({
  code: "invalid-timeout",
  message: `Its timeout cannot be used: ${Number.isNaN(millis) ? "it is no duration" : `it is ${millis} ms`}`,
  hint: 'Use a text like "30 seconds" or milliseconds, above 0'
})

const countFaults = (what: string, value: number): ReadonlyArray<LimitFault> =>
  isCount(value) ? [] : [{
    code: "invalid-limit",
    message: `Its ${what} is ${value}`,
    hint: "Use a whole number from 1, or leave it out"
  }]

/** What is wrong with the numbers of a node, those of what it runs excepted. */
export const nodeFaults = (def: NodeDef): ReadonlyArray<LimitFault> => {
  const faults = [...retryFaults(def.retry), ...timeoutFaults(def.timeouts), ...permitFaults(def.permits)]
  if (def.map !== undefined) {
    faults.push(...countFaults("concurrency", def.map.concurrency))
    faults.push(
      ...retryFaults(def.map.item.retry),
      ...timeoutFaults(def.map.item.timeouts),
      ...permitFaults(def.map.item.permits)
    )
  }
  if (def.suspend !== undefined && !isDuration(def.suspend.duration)) {
    faults.push({ code: "invalid-timeout", message: "Its duration cannot be used", hint: durationHint })
  }
  return faults
}

/** What is wrong with the numbers of a task or workflow. */
export const runnableFaults = (runnable: AnyRunnable): ReadonlyArray<LimitFault> =>
  runnable._tag === "Task"
    ? [...retryFaults(runnable.retry), ...timeoutFaults(runnable.timeouts), ...permitFaults(runnable.permits)]
    : workflowFaults(runnable)

const workflowFaults = (workflow: AnyWorkflow): ReadonlyArray<LimitFault> => [
  ...retryFaults(workflow.retry),
  ...timeoutFaults({ attempt: Infinity, total: workflow.timeout }),
  ...countFaults("parallelism", workflow.parallelism),
  ...permitFaults(workflow.permits)
]
