/** What is wrong with how a run is to be started: found before anything of it is near the journal. */
import { labelsFault, priorityFault, sentence } from "../../workflow/values.ts"
import type { Limits } from "../Limits.ts"
import { idFault } from "./identity.ts"

/** Options as they come from anywhere. */
export interface GivenOptions {
  readonly id?: unknown
  readonly priority?: unknown
  readonly labels?: unknown
}

/** The first fault as a sentence, or `undefined`. */
export const optionsFault = ({ id, labels, priority }: GivenOptions, limits: Limits): string | undefined => {
  const wrongId = id === undefined ? undefined : idFault(id)
  if (wrongId !== undefined) return wrongId
  const wrongPriority = priority === undefined ? undefined : priorityFault(priority)
  if (wrongPriority !== undefined) return sentence("the priority of the run", wrongPriority)
  const wrongLabels = labels === undefined ? undefined : labelsFault(labels, limits.labels)
  return wrongLabels === undefined ? undefined : sentence("the labels of the run", wrongLabels)
}
