/** Workflows: list, get, delete, and what happens to them. */
import type { RunFilter } from "../../engine/observe/list.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { answerRun, type Call, filterOf, runNamed, version, wantedOf } from "./asked.ts"
import { fieldsOf, picked } from "./fields.ts"
import { workflowObject } from "./workflowObject.ts"

/** Answers a list of runs, one page of it. */
export const answerList = async (call: Call, only: Pick<RunFilter, "phases"> = {}): Promise<Response> => {
  const { query, site } = call
  const filter = await filterOf(call)
  const limit = filter.limit ?? Infinity
  const found = await site.pinnace.list({ ...filter, ...only, limit: limit + 1 })
  const page = found.slice(0, limit)
  const fields = fieldsOf(query.get("fields"))
  const wanted = wantedOf(fields, "items.")
  const items: Array<unknown> = []
  for (const { id } of page) {
    const object = await workflowObject(site, id, wanted)
    if (object !== undefined) items.push(object)
  }
  const more = found.length > page.length ? { continue: String((filter.skip ?? 0) + page.length) } : {}
  const list = { metadata: { resourceVersion: String(site.now()), ...more }, items: items.length === 0 ? null : items }
  return json(picked(list, fields), 200, version)
}

const remove = async (call: Call): Promise<Response> => {
  const run = await runNamed(call, call.params["name"]!)
  await run.delete({ force: true })
  return json({}, 200, version)
}

/** The routes. */
export const runRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: "/api/v1/workflows/:ns", heavy: "answer", answer: (call) => answerList(call) },
  {
    method: "GET",
    pattern: "/api/v1/workflows/:ns/:name",
    heavy: "answer",
    answer: async (call) => answerRun(call, (await runNamed(call, call.params["name"]!)).id)
  },
  { method: "DELETE", pattern: "/api/v1/workflows/:ns/:name", acts: true, answer: remove }
]
