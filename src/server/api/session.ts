/** Who the server is, and what it can do. */
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { fileRoutes } from "./file.ts"
import { histogramRoutes } from "./histogram.ts"
import { sourceOf } from "../../view/RunSource.ts"

/** The routes. */
export const sessionRoutes: ReadonlyArray<Route<Site>> = [
  ...fileRoutes,
  ...histogramRoutes,
  {
    method: "GET",
    pattern: `${API}/session`,
    answer: ({ site, who }) =>
      json({
        who,
        now: site.now(),
        readOnly: site.readOnly,
        board: site.board.notice ?? null,
        process: sourceOf(site.pinnace.engine).process,
        workflows: [...site.pinnace.engine.workflows.keys()],
        limits: site.pinnace.engine.limits
      })
  }
]
