/**
 * Names of nodes whose record was kept from another run: they begin
 * with the name of that run, and are shown with the name of this one.
 */
import * as Effect from "effect/Effect"
import type { Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Event } from "../../run/Event.ts"
import type { RunFacts } from "../../run/facts.ts"
import { isEntry, type NodeMeta } from "../compile/NodeMeta.ts"

/** Renames what was kept from a run, by the names of those runs; one that is gone has none. */
export const renaming = (
  name: string,
  nameOfRun: (id: string) => string | undefined
): (meta: NodeMeta, from: string) => NodeMeta =>
(meta, from) => {
  const old = nameOfRun(from)
  const own = (text: string): string =>
    name + text.slice(old !== undefined && text.startsWith(old) ? old.length : ownEnd(text))
  return {
    ...meta,
    name: own(meta.name),
    ...(isEntry(meta) && meta.displayName === meta.name ? { displayName: own(meta.name) } : {}),
    boundary: meta.boundary === "" ? "" : own(meta.boundary),
    ...(meta.after === undefined ? {} : { after: meta.after.map(own) })
  }
}

/** Where the name of the run ends in that of a node, when the run is gone. */
const ownEnd = (text: string): number => {
  const at = text.search(/[.[(]/)
  return at < 0 ? text.length : at
}

const page = 100

/** The name of a run of a manifest is that of its entry node, which is one of the first. */
const nameOfRun = (
  reads: Pick<Reads, "events" | "findRun">,
  id: string
): Effect.Effect<string | undefined, JournalError> =>
  Effect.gen(function* () {
    const row = yield* reads.findRun(id)
    if (row === undefined) return undefined
    for (let after = 0;; after += page) {
      const events = yield* reads.events(row.key, after, page)
      for (const { event } of events) {
        const meta = "shows" in event ? event.shows as NodeMeta | undefined : undefined
        if (meta !== undefined && isEntry(meta)) return meta.name
      }
      if (events.length < page) return undefined
    }
  })

/** The names of runs by their ids; `undefined` for one that is gone. */
export type Origins = Map<string, string | undefined>

/** Adds the runs that some events name as origins of what was kept; answers whether there were new ones. */
export const nameOrigins = (
  reads: Pick<Reads, "events" | "findRun">,
  events: Iterable<Event>,
  origins: Origins
): Effect.Effect<boolean, JournalError> => {
  const ids = new Set<string>()
  for (const event of events) {
    if (event.type === "NodeFinished" && event.from !== undefined && !origins.has(event.from)) ids.add(event.from)
  }
  const name = (id: string) => Effect.map(nameOfRun(reads, id), (found) => void origins.set(id, found))
  return Effect.as(Effect.forEach(ids, name, { discard: true }), ids.size > 0)
}

/** All that the known events of a run name. */
export const originsIn = (
  reads: Pick<Reads, "events" | "findRun">,
  { events }: Pick<RunFacts, "events">
): Effect.Effect<Origins, JournalError> => {
  const origins: Origins = new Map()
  return Effect.as(nameOrigins(reads, events.values(), origins), origins)
}
