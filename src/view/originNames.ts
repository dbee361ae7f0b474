/** Names of the runs that records were kept from: nodes of manifests that were kept have them in their names. */
import * as Effect from "effect/Effect"
import { nameOfRun } from "../argo/commands/keptNames.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { Event } from "../run/Event.ts"
import type { RunFacts } from "../run/facts.ts"
import type { RunSource } from "./RunSource.ts"

/** The names of runs by their ids; `undefined` for one that is gone. */
export type Origins = Map<string, string | undefined>

/** Adds the runs that some events name as origins; answers whether there were new ones. */
export const nameOrigins = (
  source: RunSource,
  events: Iterable<Event>,
  origins: Origins
): Effect.Effect<boolean, JournalError> => {
  const ids = new Set<string>()
  for (const event of events) {
    if (event.type === "NodeFinished" && event.from !== undefined && !origins.has(event.from)) ids.add(event.from)
  }
  const name = (id: string) => Effect.map(nameOfRun(source, id), (found) => void origins.set(id, found))
  return Effect.as(Effect.forEach(ids, name, { discard: true }), ids.size > 0)
}

/** All that the known events of a run name. */
export const originsIn = (source: RunSource, { events }: RunFacts): Effect.Effect<Origins, JournalError> => {
  const origins: Origins = new Map()
  return Effect.as(nameOrigins(source, events.values(), origins), origins)
}
