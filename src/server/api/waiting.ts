/** Waiting for a run or a node: an answer that comes when it is there, or says after a while that it is not yet. */
import type { Awaited } from "../../engine/observe/waitFor.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { type Call, numberOf, runOf } from "./asked.ts"

/** The longest an answer is waited for, in milliseconds; whoever wants to wait longer asks again. */
const longest = 30_000

/** What a promise gives, or 202 when that takes longer than the client wants to wait. */
const within = async (call: Call, wanted: Promise<unknown>): Promise<Response> => {
  const patience = Math.min(numberOf(call.query, "within") ?? longest, longest)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Response>((resolve) => {
    timer = setTimeout(() => resolve(json({ pending: true }, 202)), patience)
  })
  // Who waits no more is not told.
  wanted.catch(() => {})
  try {
    return await Promise.race([wanted.then((it) => json(it ?? null)), late])
  } finally {
    clearTimeout(timer)
  }
}

/** The routes. */
export const waitRoutes: ReadonlyArray<Route<Site>> = [
  {
    method: "GET",
    pattern: `${API}/runs/:id/ending`,
    answer: async (call) => within(call, (await runOf(call)).ending())
  },
  {
    method: "GET",
    pattern: `${API}/runs/:id/wait`,
    answer: async (call) => {
      const until = (call.query.get("until") ?? undefined) as Awaited | undefined
      return within(call, (await runOf(call)).waitFor(call.query.get("node") ?? "", until))
    }
  }
]
