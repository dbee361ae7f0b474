/** Names of the runs that records were kept from: nodes of manifests that were kept have them in their names. */
import * as Effect from "effect/Effect"
import { isEntry, type NodeMeta } from "../argo/compile/NodeMeta.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunFacts } from "../run/facts.ts"
import type { RunSource } from "./RunSource.ts"

/** By the ids of the runs; `undefined` for one that is gone. */
export const originNames = (
  source: RunSource,
  { events }: RunFacts
): Effect.Effect<ReadonlyMap<string, string | undefined>, JournalError> => {
  const ids = new Set([...events.values()].flatMap((it) => it.type === "NodeFinished" ? it.from ?? [] : []))
  return Effect.map(
    Effect.forEach(ids, (id) => Effect.map(nameOf(source, id), (name) => [id, name] as const)),
    (names) => new Map(names)
  )
}

const page = 100

/** The name of a run of a manifest is that of its entry node, which is one of the first. */
const nameOf = (source: RunSource, id: string): Effect.Effect<string | undefined, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    if (row === undefined) return undefined
    for (let after = 0;; after += page) {
      const events = yield* source.events(row.key, after, page)
      for (const { event } of events) {
        const meta = "shows" in event ? event.shows as NodeMeta | undefined : undefined
        if (meta !== undefined && isEntry(meta)) return meta.name
      }
      if (events.length < page) return undefined
    }
  })
