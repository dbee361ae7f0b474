/** Runs, to look at. */
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import { API } from "../Api.ts"
import { eventsAfter, eventsOfNode, findRun, lastSeq } from "../reads.ts"
import { runEvents } from "../stream/runEvents.ts"
import { afterOf, tooMany } from "../stream/streamRoutes.ts"
import type { Site } from "../Site.ts"
import { filterOf, flagOf, numberOf, runOf } from "./asked.ts"
import { columnsOf } from "./columns.ts"
import { openingRoutes } from "./opening.ts"
import { viewRoutes } from "./views.ts"

const run = `${API}/runs/:id`

/** The most events of one answer. */
const EVENTS_MAX = 10_000

/** The routes. */
export const runRoutes: ReadonlyArray<Route<Site>> = [
  ...openingRoutes,
  ...viewRoutes,
  {
    method: "GET",
    pattern: `${API}/runs`,
    answer: async ({ query, site }) => {
      const filter = filterOf(query)
      const found = await site.pinnace.list({ ...filter, limit: filter.limit + 1 })
      const runs = found.slice(0, filter.limit)
      const { before: _, limit: __, skip: ___, ...choice } = filter
      return json({
        runs,
        ...(found.length > runs.length ? { next: runs.at(-1)!.cursor } : {}),
        ...(flagOf(query, "counts") ? { counts: await site.pinnace.counts(choice) } : {})
      })
    }
  },
  {
    method: "GET",
    pattern: run,
    heavy: "answer",
    answer: async (call) => {
      const handle = await runOf(call)
      const { engine } = call.site.pinnace
      const row = await findRun(engine, handle.id)
      const seq = row === undefined ? 0 : await lastSeq(engine, row.key)
      return json({ run: await handle.status(), seq, now: call.site.now(), nodes: columnsOf(await handle.nodes()) })
    }
  },
  { method: "GET", pattern: `${run}/status`, answer: async (call) => json(await (await runOf(call)).status()) },
  {
    method: "GET",
    pattern: `${run}/nodes`,
    heavy: "answer",
    answer: async (call) => json(await (await runOf(call)).nodes({ values: flagOf(call.query, "values") }))
  },
  {
    method: "GET",
    pattern: `${run}/events`,
    answer: async (call) => {
      const { engine } = call.site.pinnace
      const key = (await findRun(engine, (await runOf(call)).id))!.key
      const isLive = call.request.headers.get("accept")?.includes("text/event-stream") === true
      if (isLive && !call.site.streams.hasRoom) return tooMany()
      if (isLive) return runEvents(call.site, call.request.signal, key, afterOf(call))
      const path = call.query.get("path")
      if (path !== null) return json({ events: await eventsOfNode(engine, key, path, afterOf(call)) })
      const limit = Math.min(numberOf(call.query, "limit") ?? EVENTS_MAX, EVENTS_MAX)
      return json({ events: await eventsAfter(engine, key, afterOf(call), limit) })
    }
  },
  {
    method: "GET",
    pattern: `${run}/definition`,
    answer: async (call) => json(await (await runOf(call)).definition() ?? null)
  },
  { method: "GET", pattern: `${run}/artifacts`, answer: async (call) => json(await (await runOf(call)).artifacts()) },
  {
    method: "GET",
    pattern: `${run}/why`,
    answer: async (call) => json(await (await runOf(call)).why(call.query.get("path") ?? undefined))
  }
]
