/** Schedules of code, as they stand: when they are due, what became of their instants, and what can be done to them. */
import type { ScheduleHandle } from "../../embed/ScheduleHandle.ts"
import { scheduleLabel } from "../../schedule/kept.ts"
import type { BackfillRequest } from "../../schedule/backfill.ts"
import type { ScheduleStatus } from "../../schedule/reads.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { bodyOf, type Call, flagOf } from "./asked.ts"
import { BadRequest } from "./failed.ts"

/** How many instants are told ahead, and how many of the past. */
const ahead = 5
const back = 20
/** How many instants of a backfill are counted. */
const most = 10_000

/** A handle on a schedule: by itself where this server knows it, else by its name. */
const handleOf = ({ pinnace, schedules }: Site, name: string): ScheduleHandle =>
  pinnace.schedule(schedules.get(name) as never ?? name)

const shown = async (site: Site, { name }: Pick<ScheduleStatus, "name">) => {
  const handle = handleOf(site, name)
  const [status, fires, backfills, runs] = await Promise.all([
    handle.status(),
    handle.fires({ limit: back }),
    handle.backfills(),
    site.pinnace.list({ labels: { [scheduleLabel]: name }, limit: back })
  ])
  const isKnown = status.isKept || site.schedules.has(name)
  const phases = new Map(runs.map(({ id, phase }) => [id, phase]))
  return {
    ...status,
    kind: "schedule",
    isKnown,
    next: isKnown ? await handle.next(ahead) : [],
    fires: fires.map((fire) => ({ ...fire, ...(fire.run === undefined ? {} : { phase: phases.get(fire.run) }) })),
    backfills: backfills.filter(({ state }) => state === "running")
  }
}

const list = async (site: Site) => {
  const kept = await site.pinnace.schedules()
  const names = new Set([...kept.map(({ name }) => name), ...site.schedules.keys()])
  const own = await Promise.all([...names].sort().map((name) => shown(site, { name })))
  const { cronsOf } = await import("./crons.ts")
  return [...own, ...await cronsOf(site, ahead, back)]
}

/** What a backfill would do. */
const foreseen = async (handle: ScheduleHandle, { from, until = 0 }: BackfillRequest) => {
  const found = (await handle.next(most, Number(from) - 1)).filter((at) => at.getTime() < Number(until))
  const started = await handle.fires({ from, until, outcome: "started", limit: Infinity })
  return { instants: found.length, started: started.length }
}

type Body = Readonly<Record<string, unknown>>

const act = (
  verb: string,
  does: (handle: ScheduleHandle, body: Body, call: Call) => Promise<unknown>
): Route<Site> => ({
  method: "POST",
  pattern: `${API}/schedules/:name/${verb}`,
  acts: true,
  answer: async (call) => {
    const handle = handleOf(call.site, call.params["name"]!)
    return json(await does(handle, await bodyOf(call), call) ?? null)
  }
})

const reasonOf = ({ message }: Body, { who }: Call): string | undefined => {
  if (typeof message === "string" && message !== "") return message
  if (message !== undefined && message !== "") throw new BadRequest('"message" is text')
  return who === "" || who === "token" ? undefined : `by ${who}`
}

/** The routes. */
export const scheduleRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: `${API}/schedules`, answer: async ({ site }) => json(await list(site)) },
  act("pause", (handle, body, call) => handle.pause(reasonOf(body, call))),
  act("resume", (handle, body) => handle.resume(body)),
  act("trigger", async (handle, { at }) => ({ run: await handle.trigger(at as number) })),
  act("backfill", (handle, body, { query, site }) => {
    const request = body as unknown as BackfillRequest
    return flagOf(query, "plan") ? foreseen(handle, { until: site.now(), ...request }) : handle.backfill(request)
  }),
  act(
    "backfill/stop",
    (handle, { id, runs }) => handle.stopBackfill(id as string, runs === undefined ? {} : { runs: runs as boolean })
  )
]
