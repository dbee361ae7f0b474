/** `pinnace cron list`: CronWorkflows with when they are due. */
import { existsSync } from "node:fs"
import { isPostgres } from "../../postgres/address.ts"
import { open } from "../../embed/open.ts"
import type { RunRow } from "../../run/State.ts"
import type { CronWorkflow, LoadedCron } from "../../argo/mod.ts"
import { numberOf } from "../arguments/optionValues.ts"
import { instant, span } from "../../run/instant.ts"
import { table } from "../paint/table.ts"
import type { Call } from "../Verb.ts"
import { rowsOf as runsOf } from "../arguments/rows.ts"

/** Prints them; answers the exit code. */
export const cronList = async (
  { flags, shell }: Call,
  crons: ReadonlyArray<LoadedCron>,
  asJson: boolean
): Promise<number> => {
  const { nextOf } = await import("../../argo/mod.ts")
  const { readRuns } = await import("../../argo/cron/CronRuns.ts")
  const now = shell.now()
  const rows = await rowsOf(shell.db)
  const found = crons.map(({ cron, workflow }) => {
    const { failed, last, open, succeeded } = readRuns(rows.filter((row) => row.workflow === workflow.name))
    const next = timesAfter(cron, nextOf, now, numberOf(flags, "next", { least: 1, most: 1_000 }) ?? 3)
    return { cron, next, last: last?.due, open: open.map(({ id }) => id), succeeded, failed }
  })
  if (asJson) {
    shell.print(JSON.stringify(
      found.map(({ cron, last, next, ...rest }) => ({
        name: cron.name,
        schedules: cron.schedules.map(({ text }) => text),
        timezone: cron.schedules[0]?.zone,
        suspended: cron.suspended,
        next: next.map(instant),
        last: last === undefined ? null : instant(last),
        ...rest
      })),
      null,
      2
    ))
    return 0
  }
  const lines = found.flatMap(({ cron, failed, last, next, open, succeeded }) => {
    const zone = cron.schedules[0]?.zone ?? ""
    const [first = "never", ...others] = cron.suspended ? ["suspended"] : next.map((at) => localIn(zone, at, now))
    const ran = last === undefined ? "" : `${span(now - last)} ago`
    const counts = `${open.length}/${succeeded}/${failed}`
    return [
      [cron.name, cron.schedules.map(({ text }) => text).join("; "), zone, ran, counts, first],
      ...others.map((it) => ["", "", "", "", "", it])
    ]
  })
  const titles = ["NAME", "SCHEDULE", "TIMEZONE", "LAST", "OPEN/OK/FAILED", "NEXT"]
  for (const line of table([titles, ...lines], shell.columns)) shell.print(line)
  return 0
}

/** The runs of the state file, if there is one. */
const rowsOf = async (db: string): Promise<ReadonlyArray<RunRow>> => {
  if (!isPostgres(db) && !existsSync(db)) return []
  const pinnace = await open(db)
  try {
    return runsOf(pinnace, { limit: Number.MAX_SAFE_INTEGER })
  } finally {
    await pinnace.close()
  }
}

const timesAfter = (
  { schedules }: CronWorkflow,
  nextOf: (schedules: CronWorkflow["schedules"], after: number) => number | undefined,
  now: number,
  count: number
): ReadonlyArray<number> => {
  const times: Array<number> = []
  for (let at = nextOf(schedules, now); at !== undefined && times.length < count; at = nextOf(schedules, at)) {
    times.push(at)
  }
  return times
}

/** An instant as the clocks of a zone show it, and how far away it is: `Mon 2026-11-23 03:00 GMT+1 (in 2d3h)`. */
export const localIn = (zone: string, at: number, now: number): string => {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "short"
    }).formatToParts(at).map(({ type, value }) => [type, value])
  )
  const seconds = parts["second"] === "00" ? "" : `:${parts["second"]}`
  const date = `${parts["weekday"]} ${parts["year"]}-${parts["month"]}-${parts["day"]}`
  return `${date} ${parts["hour"]}:${parts["minute"]}${seconds} ${parts["timeZoneName"]} (in ${span(at - now)})`
}
