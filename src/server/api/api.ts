/** Our API: every route beneath `/pinnace/v1`. */
import { API, type Api } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { streamRoutes } from "../stream/streamRoutes.ts"
import { artifactRoutes } from "./artifacts.ts"
import { commandRoutes } from "./commands.ts"
import { failed } from "./failed.ts"
import { lockRoutes } from "./locks.ts"
import { logRoutes } from "./logs.ts"
import { documentOf } from "./openApi.ts"
import { runRoutes } from "./runs.ts"
import { sessionRoutes } from "./session.ts"
import { transferRoutes } from "./transfer.ts"
import { waitRoutes } from "./waiting.ts"
import { workflowRoutes } from "./workflows.ts"

const routes: ReadonlyArray<Route<Site>> = [
  ...sessionRoutes,
  ...runRoutes,
  ...logRoutes,
  ...workflowRoutes,
  ...transferRoutes,
  ...commandRoutes,
  ...waitRoutes,
  ...artifactRoutes,
  ...lockRoutes,
  ...streamRoutes,
  { method: "GET", pattern: `${API}/openapi.json`, answer: () => json(documentOf(routes)) }
]

/** The API. */
export const api: Api = { routes, failed }
