/** Checks how results are reused: what cannot be told apart, or not be told at all. */
import { type CacheDef, isTold } from "../workflow/Cache.ts"
import type { AnyTask } from "../workflow/Definition.ts"
import { durationFault, shown } from "../workflow/values.ts"
import type { LimitFault } from "./LimitFault.ts"

/** What is wrong with how the results of a task are reused; without a task, those of a workflow, which are not. */
export const cacheFaults = (
  cache: CacheDef | false | undefined,
  task: AnyTask | undefined
): ReadonlyArray<LimitFault> => {
  if (cache === undefined || cache === false) return []
  if (task === undefined) {
    return [{ code: "invalid-cache", message: "It is a workflow", hint: "Give `cache` to the tasks inside it" }]
  }
  return [...ttlFaults(cache), ...versionFaults(cache), ...codeFaults(cache, task)]
}

const ttlFaults = ({ ttl }: CacheDef): ReadonlyArray<LimitFault> => {
  const fault = durationFault(ttl, { least: 1, forever: true })
  return fault === undefined ? [] : [{ code: "invalid-cache", message: `Its ttl ${fault.what}`, hint: fault.hint }]
}

const versionFaults = ({ given: { version } }: CacheDef): ReadonlyArray<LimitFault> =>
  version === undefined || typeof version === "string" || Number.isFinite(version) ? [] : [{
    code: "invalid-cache",
    message: `The version of its cache is ${shown(version)}`,
    hint: "Use a string or a number"
  }]

/** What the files do not tell has to be told by a version or by what it depends on. */
const codeFaults = ({ given, isImplied, site }: CacheDef, task: AnyTask): ReadonlyArray<LimitFault> => {
  if (given.version !== undefined || isImplied === true) return []
  if (task.services.length > 0) {
    const message = `Task "${task.name}" uses services, whose code is not looked at`
    return [{ code: "cache-services", message, hint: "Give its cache a version" }]
  }
  if (!site.isAmbiguous || isTold(given)) return []
  return [{
    code: "cache-ambiguous",
    message: `Two tasks named "${given.name ?? task.name}" have different functions in the same files`,
    hint: "Give each a version, or say what differs: cache: { dependsOn: { values: { factor } } }"
  }]
}
