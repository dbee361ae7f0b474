/** Who the server is, and what it can do. */
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"

/** The routes. */
export const sessionRoutes: ReadonlyArray<Route<Site>> = [
  {
    method: "GET",
    pattern: `${API}/session`,
    answer: ({ site, who }) =>
      json({
        who,
        now: site.now(),
        readOnly: site.readOnly,
        process: site.pinnace.engine.host.journal.process,
        workflows: [...site.pinnace.engine.workflows.keys()],
        limits: site.pinnace.engine.host.limits
      })
  }
]
