/** Policies in Argo's words: trying again, limits on time, locks. */
import type { Retry } from "../workflow/Retry.ts"
import type { OnCrash, Timeouts } from "../workflow/Definition.ts"
import type { PermitsDef } from "../workflow/Semaphore.ts"

/** Exit codes of `exec-node`; what `retryStrategy` decides by. */
export const exitCodes = {
  succeeded: 0,
  /** A typed error or a timeout that the policy does not try again. */
  failed: 1,
  /** The image does not hold the version that was exported, or the command line makes no sense. */
  misfit: 64,
  /** A defect. */
  defect: 70,
  /** A failure that the policy tries again. */
  again: 75
} as const

/** Seconds that a container may take beside its body: to begin, to load the module, to write its end. */
const startSeconds = 60

/** A duration as Argo reads it. */
export const durationText = (millis: number): string => millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`

/** Trying again: the container says whether, Argo when and how often. */
export const retryStrategyOf = (retry: Retry, total: number, onCrash: OnCrash) => ({
  ...Number.isFinite(retry.limit) ? { limit: String(retry.limit) } : {},
  retryPolicy: "Always",
  expression: onCrash === "fail" ? told : `${told} || ${lost}`,
  ...backoffOf(retry, total)
})

/** The same for a DAG, which has no exit code: every failure is tried again. */
export const compositeRetryOf = (retry: Retry) => ({
  ...Number.isFinite(retry.limit) ? { limit: String(retry.limit) } : {},
  retryPolicy: "Always",
  ...backoffOf(retry, Infinity)
})

const told = `asInt(lastRetry.exitCode) == ${exitCodes.again}`
/** A pod that is gone has no exit code; one that was killed has that of its signal. */
const lost = "asInt(lastRetry.exitCode) < 0 || asInt(lastRetry.exitCode) > 128"

const backoffOf = ({ cap, duration, factor, maxDuration }: Retry, total: number) => {
  const longest = Math.min(maxDuration, total)
  if (duration === 0 && !Number.isFinite(longest)) return {}
  return {
    backoff: {
      duration: durationText(duration),
      factor: String(factor),
      ...Number.isFinite(cap) ? { cap: durationText(cap) } : {},
      ...Number.isFinite(longest) ? { maxDuration: durationText(longest) } : {}
    }
  }
}

/** When Argo ends a container that did not end its body itself. */
export const deadlineOf = ({ attempt, total }: Timeouts, isTriedAgain: boolean) => {
  const longest = isTriedAgain ? attempt : Math.min(attempt, total)
  return Number.isFinite(longest) ? { activeDeadlineSeconds: Math.ceil(longest / 1000) + startSeconds } : {}
}

/** The label of machines that are places of a pool. */
const poolLabel = "pinnace/pool"

/** Whether the name of a pool can stand in a label of Kubernetes. */
export const isLabel = (pool: string): boolean => /^[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(pool)

/** Where a container runs: on machines with the label of its pool. */
export const placeOf = (pool: string | undefined) => pool === undefined ? {} : { nodeSelector: { [poolLabel]: pool } }

/** Locks to hold, whose limits are in a ConfigMap that is exported with the workflow. */
export const synchronizationOf = (permits: PermitsDef | undefined, configMap: string) => {
  if (permits === undefined) return {}
  const names = permits.takes.map(({ semaphore }) => ({ name: semaphore.name, isMutex: semaphore.limit === 1 }))
  const mutexes = names.filter(({ isMutex }) => isMutex).map(({ name }) => ({ name: lockKey(name) }))
  const semaphores = names.filter(({ isMutex }) => !isMutex).map(({ name }) => ({
    configMapKeyRef: { name: configMap, key: lockKey(name) }
  }))
  return {
    synchronization: {
      ...mutexes.length === 0 ? {} : { mutexes },
      ...semaphores.length === 0 ? {} : { semaphores }
    }
  }
}

/** The name of a lock as a key of a ConfigMap. */
export const lockKey = (name: string): string => name.replace(/[^-._a-zA-Z0-9]/g, "-")
