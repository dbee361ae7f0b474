/** Our API: every route beneath `/pinnace/v1`. */
import type { Api } from "../Api.ts"
import { commandRoutes } from "./commands.ts"
import { failed } from "./failed.ts"
import { streamRoutes } from "../stream/streamRoutes.ts"
import { runRoutes } from "./runs.ts"

/** The API. */
export const api: Api = { routes: [...runRoutes, ...commandRoutes, ...streamRoutes], failed }
