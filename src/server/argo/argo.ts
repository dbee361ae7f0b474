/** Argo's API, for the command `argo`, Hera and others: one table of routes. */
import type { Api } from "../Api.ts"
import { actionRoutes } from "./actions.ts"
import { archiveRoutes } from "./archive.ts"
import { artifactRoutes } from "./artifacts.ts"
import { failed } from "./grpc.ts"
import { logRoutes } from "./logs.ts"
import { otherRoutes } from "./others.ts"
import { runRoutes } from "./runs.ts"
import { submissionRoutes } from "./submission.ts"
import { syncRoutes } from "./sync.ts"
import { templateRoutes } from "./templates.ts"
import { uploadRoutes } from "./uploads.ts"
import { watchRoutes } from "./watch.ts"

/** The API. */
export const argo: Api = {
  routes: [
    ...otherRoutes,
    ...submissionRoutes,
    ...runRoutes,
    ...actionRoutes,
    ...watchRoutes,
    ...logRoutes,
    ...templateRoutes,
    ...archiveRoutes,
    ...artifactRoutes,
    ...uploadRoutes,
    ...syncRoutes
  ],
  failed
}
