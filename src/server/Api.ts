/** What an API is to the server: its routes, and how it tells of what went wrong. */
import type { Route } from "./http/Route.ts"
import type { Site } from "./Site.ts"

/** The routes of one API, with how it tells of what went wrong. */
export interface Api {
  readonly routes: ReadonlyArray<Route<Site>>
  readonly failed: (error: unknown) => Response
}

/** Where our API lies. */
export const API = "/pinnace/v1"
