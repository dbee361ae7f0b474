/** Checks what is asked for before work begins: shares that can never be had, rates and priorities that are none. */
import type { PermitsDef, PermitTake } from "../workflow/Semaphore.ts"
import type { LimitFault } from "./LimitFault.ts"

/** Beyond this, priorities of nodes would outweigh those of runs. */
const highestPriority = 1_000_000

/** What is wrong with a request for permits. */
export const permitFaults = (permits: PermitsDef | undefined): ReadonlyArray<LimitFault> => {
  if (permits === undefined) return []
  const { priority, takes } = permits
  const faults = takes.flatMap(takeFaults)
  if (Number.isInteger(priority) && Math.abs(priority) <= highestPriority) return faults
  return [
    ...faults,
    fault(`Its permitPriority is ${priority}`, "Use a whole number from -1,000,000 to 1,000,000; larger goes first")
  ]
}

const takeFaults = ({ semaphore: { limit, name, per }, weight }: PermitTake): ReadonlyArray<LimitFault> => {
  const rules: ReadonlyArray<readonly [boolean, string, string]> = [
    [Number.isInteger(weight) && weight >= 1, `It takes ${weight} of "${name}"`, "Take a whole number from 1"],
    [
      typeof limit !== "number" || Number.isInteger(limit) && limit >= 0,
      `The limit of "${name}" is ${limit}`,
      "Use a whole number from 0"
    ],
    [
      typeof limit !== "number" || limit === 0 || !(weight > limit),
      `It takes ${weight} of "${name}", whose limit is ${limit}: it would wait for ever`,
      "Take less, or raise the limit"
    ],
    [
      per === null || per > 0 && per < Infinity,
      `The rate "${name}" has no usable "per"`,
      'Use a text like "1 minute", above 0'
    ]
  ]
  return rules.flatMap(([fits, what, hint]) => (fits ? [] : [fault(what, hint)]))
}

const fault = (message: string, hint: string): LimitFault => ({ code: "invalid-permit", message, hint })
