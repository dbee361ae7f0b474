/** The runs that go on from each other, one of which a person names. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { continuedIn, firstLink } from "../../run/chain.ts"
import type { RunRow } from "../../run/State.ts"
import type { RunSource } from "../../view/RunSource.ts"
import { look } from "./rows.ts"

/** The links of the chain of a run that is there, the first one first; the run alone where it has not gone on. */
export const chainOf = (pinnace: Pinnace, id: string): Promise<ReadonlyArray<RunRow>> =>
  look(pinnace, (source) =>
    Effect.flatMap(linksFrom(source, firstLink(id)), (links) =>
      // Another chain may have begun with the same id, or its first links are deleted.
      links.some((row) => row.id === id) ? Effect.succeed(links) : linksFrom(source, id)))

const linksFrom = (source: RunSource, first: string) =>
  Effect.gen(function* () {
    const links: Array<RunRow> = []
    for (let id: string | undefined = first; id !== undefined;) {
      const row: RunRow | undefined = yield* source.findRun(id)
      if (row !== undefined) links.push(row)
      id = row === undefined ? undefined : continuedIn(row)
    }
    return links
  })
