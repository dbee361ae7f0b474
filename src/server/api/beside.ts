/** A run beside another one: what differs, and when the nodes of both worked. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { differencesOf } from "../../view/compared.ts"
import { readOverlay } from "../../view/readOverlay.ts"
import { type RunSource, sourceOf } from "../../view/RunSource.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { runOf } from "./asked.ts"

type Comparison = (source: RunSource, left: string, right: string) => Effect.Effect<unknown, JournalError>

/** Of a run beside another one, which the query names. */
const beside = (name: string, compare: Comparison): Route<Site> => ({
  method: "GET",
  pattern: `${API}/runs/:id/${name}`,
  heavy: "answer",
  answer: async (call) => {
    const [run, other] = [await runOf(call), await runOf({ ...call, params: { id: call.query.get("with") ?? "" } })]
    return json(await Effect.runPromise(compare(sourceOf(call.site.pinnace.engine), run.id, other.id)))
  }
})

/** The routes. */
export const besideRoutes: ReadonlyArray<Route<Site>> = [
  beside("diff", differencesOf),
  beside("overlay", readOverlay)
]
