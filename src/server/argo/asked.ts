/** What clients of Argo ask for: names of runs, selectors, bodies. */
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { RunFilter } from "../../engine/observe/list.ts"
import type { RunView } from "../../run/view.ts"
import { readJson } from "../http/body.ts"
import { json } from "../http/reply.ts"
import type { Call as CallOn } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { type Fields, fieldsOf, picked, wants } from "./fields.ts"
import { GrpcError, notFound } from "./grpc.ts"
import { createdAtOf, uidOfRun } from "./identity.ts"
import { asObject } from "./specs.ts"
import { type Wanted, workflowObject } from "./workflowObject.ts"

/** A request of a client of Argo. */
export type Call = CallOn<Site>

/** The body, whatever content type it has. */
export const bodyOf = async ({ request }: Call): Promise<Readonly<Record<string, unknown>>> =>
  asObject(await readJson(request))

/** The run of this name: its id, `@latest`, or the name of a workflow that has runs, of which the newest is meant. */
export const runNamed = async ({ query, site }: Pick<Call, "query" | "site">, name: string): Promise<RunHandle> => {
  const uid = query.get("uid")
  const row = name === "@latest" ? (await site.pinnace.list({ limit: 1 }))[0] : await rowNamed(site, name)
  const run = row === undefined ? undefined : await site.pinnace.get(row.id)
  if (row === undefined || run === undefined || uid !== null && uid !== "" && uidOfRun(row) !== uid) {
    throw notFound("workflows", name)
  }
  return run
}

const rowNamed = async (site: Site, name: string): Promise<RunView | undefined> => {
  const run = await site.pinnace.get(name)
  return run === undefined ? (await site.pinnace.list({ workflow: name, limit: 1 }))[0] : await run.status()
}

/** The run that has this uid. */
export const runOfUid = async (site: Site, uid: string): Promise<RunHandle> => {
  const at = createdAtOf(uid)
  const same = at === undefined
    ? []
    : await site.pinnace.list({ createdAfter: at, createdBefore: at + 1, limit: Infinity })
  const found = same.find((it) => uidOfRun(it) === uid)
  const run = found === undefined ? undefined : await site.pinnace.get(found.id)
  if (run === undefined) throw notFound("workflows", uid)
  return run
}

/** An answer with the object of a run, as it is now. */
export const answerRun = async (call: Call, id: string): Promise<Response> => {
  const fields = fieldsOf(call.query.get("fields"))
  const object = await workflowObject(call.site, id, wantedOf(fields, ""))
  if (object === undefined) throw notFound("workflows", id)
  return json(picked(object, fields), 200, version)
}

/** Which version of Argo's API this is. */
export const version: Readonly<Record<string, string>> = { "grpc-metadata-argo-version": "v4.1.2" }

/** What of an object is wanted by these fields, beneath `prefix`. */
export const wantedOf = (fields: Fields | undefined, prefix: string): Wanted => ({
  nodes: wants(fields, `${prefix}status.nodes`),
  progress: wants(fields, `${prefix}status.progress`)
})

/** Which runs a list is of. */
export const filterOf = async ({ query, site }: Pick<Call, "query" | "site">): Promise<RunFilter> => {
  const labels = query.get("listOptions.labelSelector") ?? ""
  const { fields, name } = await fieldSelectorOf(site, query)
  const limit = amount(query, "listOptions.limit")
  const skip = amount(query, "listOptions.continue")
  const mode = query.get("nameFilter") ?? "Exact"
  return {
    ...(labels === "" ? {} : { labels }),
    ...(name === undefined ? {} : mode === "Contains" ? { text: name } : mode === "Prefix" ? { prefix: name } : {}),
    ...(fields === "" ? {} : { fields }),
    ...instant(query, "createdAfter", "createdAfter"),
    ...instant(query, "finishedBefore", "endedBefore"),
    skip,
    limit: limit === 0 ? Infinity : limit
  }
}

/** Fields of runs, without those that all have; the name apart where it need not be exact. */
const fieldSelectorOf = async (
  site: Site,
  query: URLSearchParams
): Promise<{ readonly fields: string; readonly name?: string }> => {
  const terms = (query.get("listOptions.fieldSelector") ?? "").split(",").filter((it) =>
    it !== "" && !it.startsWith("metadata.namespace=")
  )
  const isLoose = ["Contains", "Prefix"].includes(query.get("nameFilter") ?? "")
  const named = terms.find((it) => /^metadata\.name==?[^=]/.test(it))
  const name = named?.replace(/^metadata\.name==?/, "")
  const others = terms.filter((it) => it !== named)
  if (named === undefined || name === undefined) return { fields: others.join(",") }
  if (isLoose) return { fields: others.join(","), name }
  const exact = name === "@latest" ? (await site.pinnace.list({ limit: 1 }))[0]?.id ?? name : name
  return { fields: [...others, `metadata.name=${exact}`].join(",") }
}

const amount = (query: URLSearchParams, name: string): number => {
  const text = query.get(name) ?? "0"
  if (/^\d{0,9}$/.test(text)) return Number(text)
  throw new GrpcError("InvalidArgument", `${name} is ${JSON.stringify(text.slice(0, 30))}, and is a number from 0`)
}

const instant = (query: URLSearchParams, name: string, as: string): object => {
  const text = query.get(name)
  if (text === null || text === "") return {}
  const at = Date.parse(text)
  if (Number.isFinite(at) && at >= 0) return { [as]: at }
  throw new GrpcError(
    "InvalidArgument",
    `${name} is ${JSON.stringify(text.slice(0, 30))}, and is an instant such as 2026-11-29T01:00:00Z`
  )
}
