/** Our API: every route beneath `/pinnace/v1`. */
import type { Api } from "../Api.ts"
import { streamRoutes } from "../stream/streamRoutes.ts"
import { artifactRoutes } from "./artifacts.ts"
import { commandRoutes } from "./commands.ts"
import { failed } from "./failed.ts"
import { lockRoutes } from "./locks.ts"
import { logRoutes } from "./logs.ts"
import { described } from "./openApi.ts"
import { runRoutes } from "./runs.ts"
import { sessionRoutes } from "./session.ts"
import { transferRoutes } from "./transfer.ts"
import { waitRoutes } from "./waiting.ts"
import { workflowRoutes } from "./workflows.ts"

const routes = described([
  ...sessionRoutes,
  ...runRoutes,
  ...logRoutes,
  ...workflowRoutes,
  ...transferRoutes,
  ...commandRoutes,
  ...waitRoutes,
  ...artifactRoutes,
  ...lockRoutes,
  ...streamRoutes
])

/** The API. */
export const api: Api = { routes, failed }
