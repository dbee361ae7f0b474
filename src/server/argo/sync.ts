/** Limits of semaphores that are kept in a database, which is the state file here. */
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call, version } from "./asked.ts"
import { GrpcError } from "./grpc.ts"

/** Clients write the type as a number or as a name. */
const demandDatabase = (type: unknown): void => {
  if (type === undefined || type === 1 || type === "1" || type === "DATABASE") return
  throw new GrpcError("Unimplemented", "limits in ConfigMaps are files here: edit the ConfigMap's file")
}

const nameOf = (key: unknown): string => {
  if (typeof key === "string" && key !== "") return `argo/Database/${key}`
  throw new GrpcError("InvalidArgument", "key is required")
}

interface Shown {
  readonly namespace: string
  readonly key: string
  readonly limit: number
}

const shown = ({ key, limit, namespace }: Shown): Response =>
  json({ namespace, cmName: "", key, limit, type: "DATABASE" }, 200, version)

const limitNow = async ({ site }: Call, key: string): Promise<number | undefined> =>
  (await site.pinnace.locks()).find(({ name }) => name === nameOf(key))?.limit

const write = (isNew: boolean) => async (call: Call): Promise<Response> => {
  const body = await bodyOf(call)
  demandDatabase(body["type"])
  const key = call.params["key"] ?? String(body["key"] ?? "")
  const limit = Number(body["limit"])
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new GrpcError("InvalidArgument", "limit must be greater than zero")
  }
  const known = await limitNow(call, key)
  if (isNew && known !== undefined && known > 0) throw new GrpcError("AlreadyExists", `limit of ${key} already exists`)
  if (!isNew) demandKnown(key, known)
  await call.site.pinnace.setLimit(nameOf(key), limit, { create: true })
  return shown({ namespace: call.params["ns"]!, key, limit })
}

const demandKnown = (key: string, limit: number | undefined): number => {
  if (limit === undefined || limit === 0) throw new GrpcError("NotFound", `limit of ${key} not found`)
  return limit
}

const read = async (call: Call): Promise<Response> => {
  demandDatabase(call.query.get("type") ?? undefined)
  const key = call.params["key"]!
  return shown({ namespace: call.params["ns"]!, key, limit: demandKnown(key, await limitNow(call, key)) })
}

/** A limit that is deleted lets nobody pass any more, as in Argo one that cannot be found. */
const remove = async (call: Call): Promise<Response> => {
  demandDatabase(call.query.get("type") ?? undefined)
  const key = call.params["key"]!
  demandKnown(key, await limitNow(call, key))
  await call.site.pinnace.setLimit(nameOf(key), 0)
  return json({}, 200, version)
}

/** The routes. */
export const syncRoutes: ReadonlyArray<Route<Site>> = [
  { method: "POST", pattern: "/api/v1/sync/:ns", acts: true, answer: write(true) },
  { method: "GET", pattern: "/api/v1/sync/:ns/:key", answer: read },
  { method: "PUT", pattern: "/api/v1/sync/:ns/:key", acts: true, answer: write(false) },
  { method: "DELETE", pattern: "/api/v1/sync/:ns/:key", acts: true, answer: remove }
]
