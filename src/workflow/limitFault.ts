/** The rule for limits of semaphores: a number, one kept in the state file, or a source. */
import { countFault, type Fault, shown } from "./values.ts"

/** What is wrong with a limit. */
export const limitFault = (limit: unknown): Fault | undefined => {
  if (typeof limit === "number") return countFault(limit)
  if (typeof limit !== "object" || limit === null || !("_tag" in limit)) return { what: `is ${shown(limit)}`, hint }
  if (limit._tag === "StoredLimit") return countFault("initial" in limit ? limit.initial : undefined)
  const isSource = limit._tag === "LimitSource" && "read" in limit && typeof limit.read === "function" &&
    "describe" in limit && typeof limit.describe === "string"
  return isSource ? undefined : { what: "is not a source of limits", hint }
}

const hint =
  "Use a whole number from 0, storedLimit(n), limitFromFile(…), limitFromEnv(…), limitFromUrl(…) or a LimitSource " +
  'with _tag: "LimitSource", describe and read'
