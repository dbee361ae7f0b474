/** The OpenAPI document of our API, made of its routes: whatever is routed is in it. */
import { API } from "../Api.ts"
import { abouts } from "./about.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"

/** These routes, and one that describes them. */
export const described = (routes: ReadonlyArray<Route<Site>>): ReadonlyArray<Route<Site>> => {
  const all: ReadonlyArray<Route<Site>> = [
    ...routes,
    { method: "GET", pattern: `${API}/openapi.json`, answer: () => json(documentOf(all)) }
  ]
  return all
}

const documentOf = (routes: ReadonlyArray<Route<Site>>): object => {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.pattern.replace(/:(\w+)/g, "{$1}")
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path) }
  }
  return {
    openapi: "3.1.0",
    info: { title: "Pinnace", version: "1", description: "Durable workflows on one state file." },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: {
        Problem: {
          type: "object",
          required: ["_tag", "message"],
          properties: { _tag: { type: "string" }, message: { type: "string" } }
        }
      }
    }
  }
}

const problem = {
  description: "What went wrong",
  content: { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } }
}

const operationOf = ({ acts = false, method, pattern }: Route<Site>, path: string): object => {
  const { about = "", query = [] } = abouts[`${method} ${pattern.slice(API.length)}`] ?? {}
  return {
    operationId: `${method.toLowerCase()}${
      path.replace(/^\/pinnace\/v1/, "").replace(/[^a-z]+(\w?)/gi, (_, it) => it.toUpperCase())
    }`,
    summary: about,
    ...(acts ? { "x-acts": true } : {}),
    parameters: [
      ...[...pattern.matchAll(/:(\w+)/g)].map(([, name]) => ({
        name,
        in: "path",
        required: true,
        schema: { type: "string" }
      })),
      ...query.map((name) => ({ name, in: "query", required: false, schema: { type: "string" } }))
    ],
    ...(method === "POST" || method === "PUT"
      ? { requestBody: { content: { "application/json": { schema: { type: "object" } } } } }
      : {}),
    responses: { 200: { description: "Done", content: { "application/json": {} } }, default: problem }
  }
}
