/** The object of a workflow that a resource template created. */
import { isObject, type JsonObject } from "./objects/target.ts"
import type { NestedEnd } from "./NestedEnd.ts"

/** The object of a workflow that has ended, as far as conditions and outputs look at it. */
export const statusOf = (object: unknown, { name, result, submission }: NestedEnd): JsonObject => ({
  ...(isObject(object) ? object : {}),
  metadata: { namespace: "default", ...submission.owner.document.metadata, name },
  status: {
    phase: result.phase,
    ...(result.message === undefined ? {} : { message: result.message }),
    outputs: { parameters: result.outputs?.parameters ?? [] },
    startedAt: new Date(result.startedAt ?? 0).toISOString(),
    finishedAt: new Date(result.finishedAt ?? 0).toISOString()
  }
})
