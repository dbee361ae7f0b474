/** What clients of Argo ask to learn whom they talk to, and what there is none of here. */
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { NAMESPACE } from "./identity.ts"
import { version } from "./asked.ts"

const constant = (pattern: string, value: unknown): Route<Site> => ({
  method: "GET",
  pattern,
  answer: () => json(value, 200, version)
})

const none = { metadata: {}, items: null }

/** The routes. */
export const otherRoutes: ReadonlyArray<Route<Site>> = [
  constant("/api/v1/info", {
    managedNamespace: NAMESPACE,
    links: [],
    columns: [],
    navColor: "",
    modals: { feedback: false, firstTimeUser: false, newVersion: false }
  }),
  constant("/api/v1/version", {
    version: "v4.1.2",
    buildDate: "2026-11-29T00:00:00Z",
    gitCommit: "pinnace",
    gitTag: "v4.1.2",
    gitTreeState: "clean",
    goVersion: "none",
    compiler: "none",
    platform: "pinnace"
  }),
  constant("/api/v1/userinfo", {}),
  { method: "POST", pattern: "/api/v1/tracking/event", answer: () => json({}) },
  constant("/api/v1/event-sources/:ns", none),
  constant("/api/v1/sensors/:ns", none),
  constant("/api/v1/workflow-event-bindings/:ns", none)
]
