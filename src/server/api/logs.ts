/** Lines of logs: some of them, a search over all of them, and the whole as text. */
import { API } from "../Api.ts"
import type { LogLine } from "../../journal/Reads.ts"
import { json, text } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import { findRun, linesOf } from "../reads.ts"
import { matching, patternOf } from "../search.ts"
import type { Site } from "../Site.ts"
import { type Call, flagOf, numberOf, runOf } from "./asked.ts"

/** The most lines of one answer. */
const most = 10_000

const logs = async (call: Call): Promise<Response> => {
  const { query } = call
  const all = await linesFor(call)
  const found = await matching(all, patternOf(query.get("grep")), call.request.signal)
  const after = numberOf(query, "after") ?? 0
  const limit = Math.min(numberOf(query, "limit") ?? most, most)
  const page = flagOf(query, "tail") ? found.slice(-limit) : found.slice(after, after + limit)
  return json({ lines: page.map(shown), total: found.length, all: all.length })
}

const whole = async (call: Call): Promise<Response> => {
  const lines = await linesFor(call)
  const name = `${call.params["id"]!.replace(/[^\w.-]/g, "_")}.log`
  return text(lines.map(asText).join(""), 200, { "content-disposition": `attachment; filename="${name}"` })
}

const linesFor = async (call: Call): Promise<ReadonlyArray<LogLine>> => {
  const { query, site } = call
  const { engine } = site.pinnace
  const row = (await findRun(engine, (await runOf(call)).id))!
  const level = query.get("level")
  const attempt = numberOf(query, "attempt")
  const lines = await linesOf(engine, row.key, query.get("path") ?? undefined)
  return lines.filter((it) =>
    (level === null || it.level === level) && (attempt === undefined || it.attempt === attempt)
  )
}

const shown = ({ at, attempt, level, path, text }: LogLine) => ({ path, attempt, at, level, text })

const asText = ({ at, path, text }: LogLine): string => `${new Date(at).toISOString()} ${path}: ${text}\n`

/** The routes. */
export const logRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: `${API}/runs/:id/logs`, answer: logs },
  { method: "GET", pattern: `${API}/runs/:id/logs.txt`, answer: whole }
]
