/** Schedules of code and CronWorkflows, as the server tells them, and what can be done about them. */
import { get, send, sendArgo } from "../../api/connection.ts"
import { ofSchedule, type Span } from "../../state/commands.ts"

/** What became of an instant. */
export interface Fire {
  readonly due: string
  readonly outcome: "started" | "queued" | "skipped" | "missed"
  readonly cause: "time" | "catchUp" | "backfill" | "trigger"
  readonly run?: string
  readonly phase?: string
  readonly why?: string
  readonly from?: string
  readonly many?: number
}

/** A backfill that goes on. */
export interface Backfill {
  readonly id: string
  readonly from: string
  readonly until: string
  readonly at: string
  readonly open: ReadonlyArray<string>
  readonly succeeded: number
  readonly failed: number
}

/** A schedule, or a CronWorkflow. */
export interface Schedule {
  readonly kind: "schedule" | "cron"
  readonly name: string
  readonly workflow: string
  readonly when: string
  readonly zone?: string
  readonly policy?: string
  readonly problem?: string
  /** Of a CronWorkflow: the file that it is in, and whether the server may change it. */
  readonly file?: string
  readonly canPause?: boolean
  /** Whether the server knows its timing, and whether it keeps it. */
  readonly isKnown: boolean
  readonly isKept: boolean
  readonly next: ReadonlyArray<string>
  readonly previous?: string
  readonly paused?: string
  readonly open: ReadonlyArray<string>
  readonly queued: ReadonlyArray<string>
  readonly failures: number
  readonly fires: ReadonlyArray<Fire>
  readonly backfills: ReadonlyArray<Backfill>
}

/** Reads them all. Throws `Problem`. */
export const readSchedules = (): Promise<ReadonlyArray<Schedule>> => get<ReadonlyArray<Schedule>>("/schedules")

const post = <A>({ name }: Schedule, verb: string, body: object = {}): Promise<A> =>
  send<A>("POST", `/schedules/${encodeURIComponent(name)}/${verb}`, body)

const crons = "/cron-workflows/argo"

/** Starts nothing from now on. A CronWorkflow is a file: no command changes it. */
export const pause = {
  command: ofSchedule.pause,
  do: (it: Schedule, message: string): Promise<unknown> =>
    it.kind === "cron"
      ? sendArgo("PUT", `${crons}/${encodeURIComponent(it.name)}/suspend`)
      : post(it, "pause", { message })
}

/** Lets it go on. */
export const resume = {
  command: ofSchedule.resume,
  do: (it: Schedule, catchUp: boolean): Promise<unknown> =>
    it.kind === "cron"
      ? sendArgo("PUT", `${crons}/${encodeURIComponent(it.name)}/resume`)
      : post(it, "resume", catchUp ? { catchUp } : {})
}

/** Starts a run now; answers its id. */
export const trigger = {
  command: ofSchedule.trigger,
  do: async (it: Schedule): Promise<string> => {
    if (it.kind === "schedule") return (await post<{ readonly run: string }>(it, "trigger")).run
    const made = await sendArgo<{ readonly metadata: { readonly name: string } }>("POST", "/workflows/argo/submit", {
      resourceKind: "CronWorkflow",
      resourceName: it.name
    })
    return made.metadata.name
  }
}

/** Fills instants of the past. */
export const backfill = {
  command: ofSchedule.backfill,
  plan: (it: Schedule, span: Span) =>
    post<{ readonly instants: number; readonly started: number }>(it, "backfill?plan", span),
  do: (it: Schedule, span: Span) => post<Backfill>(it, "backfill", span)
}

/** Starts nothing more of a backfill, and with `runs` also stops its open runs. */
export const stopBackfill = {
  command: ofSchedule.stopBackfill,
  do: (it: Schedule, id: string, runs: boolean) => post<ReadonlyArray<string>>(it, "backfill/stop", { id, runs })
}
