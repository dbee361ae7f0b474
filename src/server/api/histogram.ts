/** How many runs began when, and how they went: bars over time. */
import { isTerminal } from "../../run/Phase.ts"
import type { RunView } from "../../run/view.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { filterOf } from "./asked.ts"

/** The most runs that are counted, the newest; and the most bars. */
const most = 10_000
const bars = 60

/** Lengths of bars that people can read, in milliseconds. */
const lengths = [1, 5, 15, 60, 300, 900, 3_600, 10_800, 21_600, 86_400, 604_800, 2_592_000].map((it) => it * 1_000)

/** A bar: when it begins, and how many runs of it are open, succeeded and did not. */
export type Bar = readonly [from: number, open: number, succeeded: number, failed: number]

/** Bars of one length, those without runs left out. Pure. */
export const histogram = (
  runs: ReadonlyArray<Pick<RunView, "createdAt" | "phase">>
): { readonly length: number; readonly bars: ReadonlyArray<Bar> } => {
  const times = runs.map(({ createdAt }) => createdAt)
  const [first, last] = times.reduce(([low, high], it) => [Math.min(low, it), Math.max(high, it)], [Infinity, 0])
  const length = lengths.find((it) => Math.floor(last / it) - Math.floor(first / it) < bars) ?? lengths.at(-1)!
  const counted = new Map<number, [number, number, number]>()
  for (const { createdAt, phase } of runs) {
    const from = Math.floor(createdAt / length) * length
    const bar = counted.get(from) ?? [0, 0, 0]
    bar[!isTerminal(phase) ? 0 : phase === "Succeeded" ? 1 : 2]++
    counted.set(from, bar)
  }
  return { length, bars: [...counted].sort(([a], [b]) => a - b).map(([from, bar]) => [from, ...bar] as const) }
}

/** The route. */
export const histogramRoutes: ReadonlyArray<Route<Site>> = [{
  method: "GET",
  pattern: `${API}/histogram`,
  heavy: "answer",
  answer: async ({ query, site }) => json(histogram(await site.pinnace.list({ ...filterOf(query), limit: most })))
}]
