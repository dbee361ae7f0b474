/** What a request asks for, read from its query and its body. */
import type { RunHandle } from "../../embed/RunHandle.ts"
import { RunNotFound } from "../../engine/EngineError.ts"
import type { RunFilter } from "../../engine/observe/list.ts"
import { PHASES } from "../../run/Phase.ts"
import { readJson } from "../http/body.ts"
import type { Call as CallOn } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { BadRequest } from "./failed.ts"

/** A request of our API. */
export type Call = CallOn<Site>

/** The run that the path names. Throws RunNotFound. */
export const runOf = async ({ params, site }: Call): Promise<RunHandle> => {
  const id = params["id"]!
  const run = await site.pinnace.get(id)
  if (run === undefined) throw RunNotFound.of(id)
  return run
}

/** The body as an object. Throws BadRequest, BadBody. */
export const bodyOf = async ({ request }: Call): Promise<Readonly<Record<string, unknown>>> => {
  const body = await readJson(request)
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw new BadRequest("The body is an object")
}

/** The node that a body names. Throws BadRequest. */
export const nodeOf = ({ node }: Readonly<Record<string, unknown>>): string => {
  if (typeof node === "string") return node
  throw new BadRequest('"node" is the path of a node')
}

/** A whole number of the query. Throws BadRequest. */
export const numberOf = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null || text === "") return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new BadRequest(`"${name}" is ${JSON.stringify(text.slice(0, 50))}. Use a whole number from 0`)
}

/** A flag of the query: `?values` and `?values=true` are yes. */
export const flagOf = (query: URLSearchParams, name: string): boolean => {
  const text = query.get(name)
  return text !== null && text !== "false"
}

/** The most runs of a page. */
const PAGE_MAX = 1_000

const instants = [
  "createdAfter",
  "createdBefore",
  "startedAfter",
  "startedBefore",
  "endedAfter",
  "endedBefore"
] as const
const texts = ["workflow", "prefix", "text", "labels", "fields", "before"] as const

/** Which runs are asked for; one more than the page has, to know whether there are more. */
export const filterOf = (query: URLSearchParams): RunFilter & { readonly limit: number } => {
  const phases = query.getAll("phase").flatMap((it) => it.split(",")).filter((it) => it !== "")
  const unknown = phases.find((it) => !(PHASES as ReadonlyArray<string>).includes(it))
  if (unknown !== undefined) throw new BadRequest(`"phase" is ${JSON.stringify(unknown)}. Use ${PHASES.join(", ")}`)
  const limit = Math.min(numberOf(query, "limit") || 100, PAGE_MAX)
  const skip = numberOf(query, "skip")
  return {
    ...Object.fromEntries(instants.flatMap((name) => given(name, numberOf(query, name)))),
    ...Object.fromEntries(texts.flatMap((name) => given(name, query.get(name)))),
    ...(phases.length === 0 ? {} : { phases: phases as NonNullable<RunFilter["phases"]> }),
    ...(query.has("held") ? { held: flagOf(query, "held") } : {}),
    ...(query.has("resubmitted") ? { resubmitted: flagOf(query, "resubmitted") } : {}),
    ...(skip === undefined ? {} : { skip }),
    limit
  }
}

const given = <A>(name: string, value: A | null | undefined): ReadonlyArray<readonly [string, A]> =>
  value === null || value === undefined || value === "" as A ? [] : [[name, value]]
