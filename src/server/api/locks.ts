/** Semaphores, what is stuck, and what is kept. */
import * as Effect from "effect/Effect"
import type { SetLimitOptions } from "../../engine/observe/locks.ts"
import { namedStuck } from "../../view/readStuck.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, flagOf } from "./asked.ts"

/** The routes. */
export const lockRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: `${API}/locks`, answer: async ({ site }) => json(await site.pinnace.locks()) },
  {
    method: "PUT",
    pattern: `${API}/locks`,
    acts: true,
    answer: async (call) => {
      const { limit, name, ...options } = await bodyOf(call)
      await call.site.pinnace.setLimit(name as string, limit as number, options as SetLimitOptions)
      return json(null)
    }
  },
  {
    method: "POST",
    pattern: `${API}/locks/break`,
    acts: true,
    answer: async (call) => {
      const { node, run } = await bodyOf(call)
      return json(await call.site.pinnace.breakPermit(run as string, node as string))
    }
  },
  {
    method: "GET",
    pattern: `${API}/stuck`,
    answer: async ({ query, site: { pinnace } }) => {
      const found = await pinnace.stuck()
      return json(flagOf(query, "named") ? await Effect.runPromise(namedStuck(sourceOf(pinnace.engine), found)) : found)
    }
  }
]
