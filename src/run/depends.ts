/** When a node may run, from the outcomes of the nodes it waits for. Asked only once all of them ended. */
import type { Condition, Question } from "../workflow/Condition.ts"
import type { Phase } from "./Phase.ts"
import { isFailure } from "./Phase.ts"

/**
 * What is known of one upstream node: its phase, whether its failure
 * is to be continued on, and for a map the phases of its items.
 */
export interface Status {
  readonly phase: Phase
  readonly continueOn: boolean
  readonly items?: ReadonlyArray<Phase>
}

// A node that is not a map is its own only item.
const itemsOf = (status: Status): ReadonlyArray<Phase> => status.items ?? [status.phase]

const answers: Readonly<Record<Question, (status: Status) => boolean>> = {
  succeeded: ({ phase }) => phase === "Succeeded",
  failed: ({ phase }) => phase === "Failed",
  errored: ({ phase }) => phase === "Error",
  skipped: ({ phase }) => phase === "Skipped",
  omitted: ({ phase }) => phase === "Omitted",
  anySucceeded: (status) => itemsOf(status).includes("Succeeded"),
  allFailed: (status) => itemsOf(status).length > 0 && itemsOf(status).every((phase) => phase === "Failed")
}

/**
 * Whether a condition holds; `allFailed` counts `Failed` only (not
 * `Error`), and neither item question holds for an empty map.
 */
export const isMet = (condition: Condition, status: (node: string) => Status): boolean => {
  switch (condition._tag) {
    case "Is":
      return answers[condition.question](status(condition.node))
    case "Not":
      return !isMet(condition.condition, status)
    case "And":
      return condition.conditions.every((it) => isMet(it, status))
    case "Or":
      return condition.conditions.some((it) => isMet(it, status))
  }
}

const letsPass = ({ continueOn, phase }: Status): boolean =>
  phase === "Succeeded" || phase === "Skipped" || (continueOn && isFailure(phase))

/**
 * The rule without a condition: every upstream node succeeded, was skipped, or failed in a way that is continued on.
 */
export const isMetByDefault = (upstream: ReadonlyArray<Status>): boolean => upstream.every(letsPass)
