/**
 * Waiting for a run or a node: an answer that comes when it is there, or says after a while that it is not yet; and how
 * long that may take.
 */
import * as Effect from "effect/Effect"
import { runReads } from "../../embed/runReads.ts"
import { RunNotFound } from "../../engine/EngineError.ts"
import type { Awaited } from "../../engine/observe/waitFor.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { findRun } from "../reads.ts"
import { readLeft } from "../../view/readEstimate.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { type Call, numberOf, runOf } from "./asked.ts"

/** The longest an answer is waited for, in milliseconds; whoever wants to wait longer asks again. */
const longest = 30_000

/** What comes of an effect, or 202 when that takes longer than the client wants to wait; nothing waits on then. */
const within = async (
  { params, query, request, site: { pinnace: { engine } } }: Call,
  wanted: (reads: ReturnType<typeof runReads>) => Effect.Effect<unknown, unknown>
): Promise<Response> => {
  const row = await findRun(engine, params["id"]!)
  if (row === undefined) throw RunNotFound.of(params["id"]!)
  const left = new AbortController()
  const timer = setTimeout(() => left.abort(), Math.min(numberOf(query, "within") ?? longest, longest))
  request.signal.addEventListener("abort", () => left.abort())
  try {
    return json(await Effect.runPromise(wanted(runReads(engine, row)), { signal: left.signal }) ?? null)
  } catch (error) {
    if (left.signal.aborted) return json({ pending: true }, 202)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** The routes. */
export const waitRoutes: ReadonlyArray<Route<Site>> = [
  {
    method: "GET",
    pattern: `${API}/runs/:id/estimate`,
    heavy: "answer",
    answer: async (call) => {
      const source = sourceOf(call.site.pinnace.engine)
      return json(await Effect.runPromise(readLeft(source, (await runOf(call)).id)) ?? null)
    }
  },
  {
    method: "GET",
    pattern: `${API}/runs/:id/ending`,
    answer: (call) => within(call, ({ ending }) => ending)
  },
  {
    method: "GET",
    pattern: `${API}/runs/:id/wait`,
    answer: (call) => {
      const until = (call.query.get("until") ?? undefined) as Awaited | undefined
      return within(call, ({ waitFor }) => waitFor(call.query.get("node") ?? "", until))
    }
  }
]
