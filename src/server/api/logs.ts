/** Lines of logs: some of them, a search over all of them, and the whole as text. */
import { API } from "../Api.ts"
import type { LogLine } from "../../journal/Reads.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import { logView } from "../../run/view.ts"
import type { LineChoice } from "../../run/select/lineChoice.ts"
import { countLines, findRun, linesAfter } from "../reads.ts"
import { patternOf, search } from "../search.ts"
import type { Site } from "../Site.ts"
import { type Call, flagOf, numberOf, runOf } from "./asked.ts"

/** The most lines of one answer. */
const most = 10_000
/** How many lines are read at once where all are given. */
const atOnce = 2_000

const logs = async (call: Call): Promise<Response> => {
  const { query, request: { signal }, site: { pinnace: { engine } } } = call
  const row = (await findRun(engine, (await runOf(call)).id))!
  const limit = Math.min(numberOf(query, "limit") ?? most, most)
  const [{ lines, total }, all] = await Promise.all([
    search(engine, row.key, {
      choice: choiceOf(query),
      pattern: patternOf(query.get("grep")),
      page: { skip: numberOf(query, "after") ?? 0, limit, tail: flagOf(query, "tail") },
      signal
    }),
    countLines(engine, row.key, {})
  ])
  return json({ lines: lines.map(logView), total, all })
}

/** All lines as text, read from storage as fast as the client reads. */
const whole = async (call: Call): Promise<Response> => {
  const { params, query, site } = call
  const { engine } = site.pinnace
  const row = (await findRun(engine, (await runOf(call)).id))!
  const choice = choiceOf(query)
  let after = 0
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const lines = await linesAfter(engine, row.key, after, { ...choice, limit: atOnce })
    if (lines.length === 0) return controller.close()
    after = lines.at(-1)!.id
    controller.enqueue(new TextEncoder().encode(lines.map(asText).join("")))
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

const choiceOf = (query: URLSearchParams): LineChoice => ({
  ...given({ path: query.get("path"), level: query.get("level") }),
  ...given({ attempt: numberOf(query, "attempt") ?? null })
})

const given = <A extends object>(fields: A): { readonly [K in keyof A]?: NonNullable<A[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as never

const asText = ({ at, path, text }: LogLine): string => `${new Date(at).toISOString()} ${path}: ${text}\n`

/** The routes. */
export const logRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: `${API}/runs/:id/logs`, heavy: "answer", answer: logs },
  { method: "GET", pattern: `${API}/runs/:id/logs.txt`, answer: whole }
]
