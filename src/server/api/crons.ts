/** CronWorkflows of the user's files, told as schedules of code are: when they are due, and what became of it. */
import { cronLabel, markOf } from "../../argo/cron/CronRuns.ts"
import { nextOf, parseSchedule, type Schedule } from "../../argo/cron/Schedule.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunView } from "../../run/view.ts"
import { documentsOf, kindNamed, type StoredDocument } from "../argo/documents.ts"
import type { Site } from "../Site.ts"

/** All of them. */
export const cronsOf = (site: Site, ahead: number, back: number): Promise<ReadonlyArray<object>> =>
  Promise.all(documentsOf(site.store, kindNamed("cron")).map((it) => shown(site, it, ahead, back)))

interface Timed {
  readonly schedules: ReadonlyArray<Schedule>
  readonly problem?: string
}

/** The schedules as they are written, and why they cannot be read. */
const timed = (texts: ReadonlyArray<string>, zone: string | undefined): Timed => {
  try {
    return { schedules: texts.map((text) => parseSchedule(text, zone)) }
  } catch (error) {
    return { schedules: [], problem: (error as Error).message }
  }
}

const shown = async (site: Site, { file, manifest, name }: StoredDocument, ahead: number, back: number) => {
  const { concurrencyPolicy = "Allow", schedule, schedules, suspend = false, timezone } = manifest.spec
  const texts = [schedules ?? schedule ?? []].flat().map(String)
  const zone = typeof timezone === "string" ? timezone : undefined
  const all = timed(texts, zone)
  const runs = (await site.pinnace.list({ labels: { [cronLabel]: name }, limit: back })).filter((it) =>
    markOf(it as never) !== undefined
  )
  const fires = runs.map(fireOf)
  return {
    kind: "cron",
    name,
    workflow: name,
    when: texts.join("; "),
    ...(all.problem === undefined ? {} : { problem: all.problem }),
    zone: all.schedules[0]?.zone ?? zone ?? "",
    policy: String(concurrencyPolicy),
    file,
    isKnown: true,
    isKept: false,
    canPause: site.store.isWritable(file),
    next: suspend === true ? [] : instants(all.schedules, site.now(), ahead),
    ...(suspend === true ? { paused: "suspend: true" } : {}),
    ...(fires[0] === undefined ? {} : { previous: fires[0].due }),
    open: runs.filter(({ phase }) => !isTerminal(phase)).map(({ id }) => id),
    queued: [],
    failures: failuresOf(runs),
    fires,
    backfills: []
  }
}

const fireOf = (run: RunView) => ({
  due: new Date(markOf(run as never)!.due),
  outcome: "started",
  cause: "time",
  run: run.id,
  phase: run.phase
})

/** Runs in a row that have not succeeded, the newest first. */
const failuresOf = (runs: ReadonlyArray<RunView>): number => {
  const ended = runs.filter(({ phase }) => isTerminal(phase))
  const good = ended.findIndex(({ phase }) => phase === "Succeeded")
  return good < 0 ? ended.length : good
}

const instants = (schedules: ReadonlyArray<Schedule>, after: number, many: number): ReadonlyArray<Date> => {
  const found: Array<Date> = []
  for (let at = nextOf(schedules, after); at !== undefined && found.length < many; at = nextOf(schedules, at)) {
    found.push(new Date(at))
  }
  return found
}
