/**
 * Checks what is asked for before work begins: shares that can
 * never be had, limits, rates and priorities that are none.
 */
import type { PermitsDef, PermitTake } from "../workflow/Semaphore.ts"
import { limitFault } from "../workflow/limitFault.ts"
import { countFault, durationFault, type Fault, nameFault, priorityFault, wordFault } from "../workflow/values.ts"
import type { LimitFault } from "./LimitFault.ts"

/** Beyond this, priorities of nodes would outweigh those of runs. */
const highestPriority = 1_000_000

/** What is wrong with a request for permits. */
export const permitFaults = (permits: PermitsDef | undefined): ReadonlyArray<LimitFault> => {
  if (permits === undefined) return []
  const { hold, priority, takes } = permits
  return [
    ...takes.flatMap(takeFaults),
    ...faults("Its permitPriority", priorityFault(priority, highestPriority)),
    ...faults("Its hold", wordFault(hold, ["running", "node", "exit"]))
  ]
}

/** What is wrong with permits that depend on the input of a node that has none. */
export const mapPermitFaults = (permits: PermitsDef | undefined): ReadonlyArray<LimitFault> =>
  permits?.of === undefined
    ? []
    : [fault("Its permits are told by a function of its input, and a map has none", "Put them under item: { permits }")]

const takeFaults = (take: PermitTake): ReadonlyArray<LimitFault> => {
  if (!isTake(take)) {
    return faults("Something in its permits", {
      what: "is not a share of a semaphore",
      hint: "Use semaphore(…).take()"
    })
  }
  const { semaphore: { limit, name, per }, weight } = take
  return [
    ...faults("The name of a semaphore", nameFault(name)),
    ...faults(`The weight it takes of "${name}"`, countFault(weight, { least: 1 })),
    ...faults(`The limit of "${name}"`, limitFault(limit)),
    ...typeof limit === "number" && typeof weight === "number" && limit > 0 && weight > limit
      ? [
        fault(
          `It takes ${weight} of "${name}", whose limit is ${limit}: it would wait forever`,
          "Take less, or raise the limit"
        )
      ]
      : [],
    ...per === null ? [] : faults(`The "per" of the rate "${name}"`, durationFault(per, { least: 1 }))
  ]
}

const isTake = (take: unknown): boolean =>
  typeof take === "object" && take !== null && "semaphore" in take && typeof take.semaphore === "object" &&
  take.semaphore !== null

const faults = (about: string, found: Fault | undefined): ReadonlyArray<LimitFault> =>
  found === undefined ? [] : [fault(`${about} ${found.what}`, found.hint)]

const fault = (message: string, hint: string): LimitFault => ({ code: "invalid-permit", message, hint })
