/**
 * Names of nodes whose record was kept from another run: they begin
 * with the name of that run, and are shown with the name of this one.
 */
import * as Effect from "effect/Effect"
import type { Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Event } from "../../run/Event.ts"
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
export const nameOfRun = (
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

/** The names of the runs that these events name as origins of what was kept. */
export const namesOfOrigins = (
  reads: Pick<Reads, "events" | "findRun">,
  events: Iterable<Event>
): Effect.Effect<ReadonlyMap<string, string | undefined>, JournalError> =>
  Effect.gen(function* () {
    const names = new Map<string, string | undefined>()
    for (const event of events) {
      if (event.type !== "NodeFinished" || event.from === undefined || names.has(event.from)) continue
      names.set(event.from, yield* nameOfRun(reads, event.from))
    }
    return names
  })
