/** Lines of logs: some of them, a search over all of them, and the whole as text. */
import { API } from "../Api.ts"
import type { LogLine } from "../../journal/Reads.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import { findRun, linesAfter, linesOf } from "../reads.ts"
import { matching, patternOf } from "../search.ts"
import type { Site } from "../Site.ts"
import { type Call, flagOf, numberOf, runOf } from "./asked.ts"

/** The most lines of one answer. */
const most = 10_000
/** How many lines are read at once where all are given. */
const atOnce = 1_000

const logs = async (call: Call): Promise<Response> => {
  const { query } = call
  const all = await linesFor(call)
  const found = await matching(all, patternOf(query.get("grep")), call.request.signal)
  const after = numberOf(query, "after") ?? 0
  const limit = Math.min(numberOf(query, "limit") ?? most, most)
  const page = flagOf(query, "tail") ? found.slice(-limit) : found.slice(after, after + limit)
  return json({ lines: page.map(shown), total: found.length, all: all.length })
}

/** All lines as text, read from storage as fast as the client reads. */
const whole = async (call: Call): Promise<Response> => {
  const { params, query, site } = call
  const { engine } = site.pinnace
  const row = (await findRun(engine, (await runOf(call)).id))!
  const [isWanted, path] = [wantedBy(query), query.get("path") ?? undefined]
  let after = 0
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (let text = ""; text === "";) {
      const lines = await linesAfter(engine, row.key, after, path, atOnce)
      if (lines.length === 0) return controller.close()
      after = lines.at(-1)!.id
      text = lines.filter(isWanted).map(asText).join("")
      if (text !== "") controller.enqueue(new TextEncoder().encode(text))
    }
  }
  const name = `${params["id"]!.replace(/[^\w.-]/g, "_")}.log`
  return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "content-disposition": `attachment; filename="${name}"`
    }
  })
}

const linesFor = async (call: Call): Promise<ReadonlyArray<LogLine>> => {
  const { query, site } = call
  const { engine } = site.pinnace
  const row = (await findRun(engine, (await runOf(call)).id))!
  return (await linesOf(engine, row.key, query.get("path") ?? undefined)).filter(wantedBy(query))
}

const wantedBy = (query: URLSearchParams): (line: LogLine) => boolean => {
  const level = query.get("level")
  const attempt = numberOf(query, "attempt")
  return (it) => (level === null || it.level === level) && (attempt === undefined || it.attempt === attempt)
}

const shown = ({ at, attempt, level, path, text }: LogLine) => ({ path, attempt, at, level, text })

const asText = ({ at, path, text }: LogLine): string => `${new Date(at).toISOString()} ${path}: ${text}\n`

/** The routes. */
export const logRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: `${API}/runs/:id/logs`, heavy: "answer", answer: logs },
  { method: "GET", pattern: `${API}/runs/:id/logs.txt`, answer: whole }
]
