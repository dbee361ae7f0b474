/** What a page asks that begins to look at a run. */
import * as Effect from "effect/Effect"
import { countUndoable } from "../../view/countUndoable.ts"
import { readOpening } from "../../view/readOpening.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { runOf } from "./asked.ts"

const asked = (name: string, read: typeof countUndoable | typeof readOpening): Route<Site> => ({
  method: "GET",
  pattern: `${API}/runs/:id/${name}`,
  heavy: "answer",
  answer: async (call) => {
    const { id } = await runOf(call)
    return json(await Effect.runPromise<unknown, unknown>(read(sourceOf(call.site.pinnace.engine), id)) ?? null)
  }
})

/** The routes. */
export const openingRoutes: ReadonlyArray<Route<Site>> = [
  asked("opening", readOpening),
  asked("undoable", countUndoable)
]
