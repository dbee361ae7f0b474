/** Checks numbers authors give: retry policies, times, limits, retention. */
import { cacheFaults } from "./cache.ts"
import type { AnyRunnable, AnyTask, AnyWorkflow, CompensationDef, NodeDef, Timeouts } from "../workflow/Definition.ts"
import type { Retention } from "../workflow/Retention.ts"
import type { StartDef } from "../workflow/StartPolicy.ts"
import type { Retry } from "../workflow/Retry.ts"
import { countFault, durationFault, type Fault, numberFault, wordFault } from "../workflow/values.ts"
import type { IssueCode } from "./Issue.ts"
import type { LimitFault } from "./LimitFault.ts"
import { mapPermitFaults, permitFaults } from "./permits.ts"
import { poolFaults } from "./pool.ts"

type Checks = ReadonlyArray<readonly [name: string, fault: Fault | undefined]>

const faultsOf = (code: IssueCode, of: string, checks: Checks): ReadonlyArray<LimitFault> =>
  checks.flatMap(([name, fault]) =>
    fault === undefined ? [] : [{ code, message: `${of}${name} ${fault.what}`, hint: fault.hint }]
  )

const none: ReadonlyArray<LimitFault> = []
const forever = { forever: true }
const retryOn = ["Always", "OnFailure", "OnError", "OnTransientError"]

/** What is wrong with a retry policy. */
const retryFaults = (retry: Retry | undefined): ReadonlyArray<LimitFault> => {
  if (retry === undefined) return []
  const { cap, duration, factor, jitter, limit, maxDuration, on } = retry
  return faultsOf("invalid-retry", "Its retry policy cannot be used: ", [
    ["limit", hinted(countFault(limit, forever), "Use a whole number from 0: 2 means at most 3 attempts")],
    ["backoff", durationFault(duration)],
    ["factor", numberFault(factor, 1, 1e6, "Use 1 for constant delays, 2 to double them")],
    ["cap", durationFault(cap, forever)],
    ["jitter", numberFault(jitter, 0, 1, "Use a share from 0 to 1")],
    ["maxDuration", durationFault(maxDuration, forever)],
    ["on", wordFault(on, retryOn)]
  ])
}

const hinted = (fault: Fault | undefined, hint: string): Fault | undefined =>
  fault === undefined ? undefined : { ...fault, hint }

/** What is wrong with limits on time. */
const timeoutFaults = (timeouts: Timeouts | undefined): ReadonlyArray<LimitFault> => {
  if (timeouts === undefined) return []
  const range = { least: 1, forever: true }
  return faultsOf("invalid-timeout", "Its timeout cannot be used: ", [
    ["it", durationFault(timeouts.attempt, range)],
    ["total", durationFault(timeouts.total, range)],
    ["pending", durationFault(timeouts.pending ?? Infinity, range)]
  ])
}

const countFaults = (name: string, value: number): ReadonlyArray<LimitFault> =>
  faultsOf("invalid-limit", "Its ", [[
    name,
    hinted(countFault(value, { least: 1, forever: true }), "Use a whole number from 1, or leave it out")
  ]])

/** What is wrong with how long runs are kept. */
export const retentionFaults = (retention: Retention | undefined): ReadonlyArray<LimitFault> => {
  if (retention === undefined) return []
  const { failure, keepLast, success } = retention
  return faultsOf("invalid-retention", "Its ttl cannot be used: ", [
    ["success", durationFault(success, forever)],
    ["failure", durationFault(failure, forever)],
    ["keepLast", countFault(keepLast, forever)]
  ])
}

/** What is wrong with how something is treated: its policy, its limits on time, its permits. */
export const treatmentFaults = (
  { permits, retry, timeouts }: Pick<NodeDef, "retry" | "timeouts" | "permits">
): ReadonlyArray<LimitFault> => [...retryFaults(retry), ...timeoutFaults(timeouts), ...permitFaults(permits)]

/** Whether a node says no numbers itself, as most of a large graph do. */
const saysNone = ({ cache, compensate, map, on, permits, retry, suspend, timeouts }: NodeDef): boolean =>
  retry === undefined && timeouts === undefined && permits === undefined && cache === undefined && on === undefined &&
  map === undefined && suspend === undefined && compensate === undefined

/** What is wrong with the numbers of a node, those of what it runs excepted. */
export const nodeFaults = (def: NodeDef): ReadonlyArray<LimitFault> =>
  saysNone(def) ? none : [
    ...treatmentFaults(def),
    ...cacheFaults(def.map === undefined ? def.cache : def.map.item.cache, taskOf(def.runnable)),
    ...poolFaults(def.map === undefined ? def.on : def.map.item.on, taskOf(def.runnable)),
    ...compensationFaults(def.map === undefined ? def.compensate : def.map.item.compensate),
    ...def.map === undefined ? [] : [
      ...countFaults("concurrency", def.map.concurrency),
      ...mapPermitFaults(def.permits),
      ...treatmentFaults(def.map.item)
    ],
    ...def.suspend === undefined
      ? []
      : faultsOf("invalid-timeout", "Its ", [["duration", durationFault(def.suspend.duration, forever)]])
  ]

/** What is wrong with the numbers of a task or workflow. */
export const runnableFaults = (runnable: AnyRunnable): ReadonlyArray<LimitFault> =>
  runnable._tag === "Task"
    ? [
      ...treatmentFaults(runnable),
      ...cacheFaults(runnable.cache, runnable),
      ...poolFaults(runnable.on, runnable),
      ...compensationFaults(runnable.compensate)
    ]
    : workflowFaults(runnable)

const compensationFaults = (compensate: CompensationDef | undefined): ReadonlyArray<LimitFault> =>
  compensate === undefined ? [] : retryFaults(compensate.task.retry).map((fault) => ({
    ...fault,
    message: `${compensate.task.name}: ${fault.message}`
  }))

const taskOf = (runnable: AnyRunnable | undefined): AnyTask | undefined =>
  runnable?._tag === "Task" ? runnable : undefined

const workflowFaults = (workflow: AnyWorkflow): ReadonlyArray<LimitFault> => [
  ...retryFaults(workflow.retry),
  ...timeoutFaults({ attempt: Infinity, total: workflow.timeout }),
  ...countFaults("parallelism", workflow.parallelism),
  ...retentionFaults(workflow.retention),
  ...permitFaults(workflow.permits),
  ...startFaults(workflow.start),
  ...compensationFaults(workflow.compensate)
]

const startFaults = (start: StartDef | undefined): ReadonlyArray<LimitFault> => {
  if (start === undefined) return []
  const { debounce, throttle } = start
  const wait = { least: 1 }
  return faultsOf("invalid-start", "Its start policies cannot be used: ", [
    ...debounce === undefined ? [] : [
      ["the wait of debounce", durationFault(debounce.wait, wait)] as const,
      ["atMost of debounce", durationFault(debounce.atMost, { ...wait, forever: true })] as const
    ],
    ...throttle === undefined ? [] : [
      ["the limit of throttle", countFault(throttle.limit, { least: 1 })] as const,
      ["per of throttle", durationFault(throttle.per, wait)] as const
    ]
  ])
}
