/** Schedules of code and CronWorkflows, as the server tells them, and what can be done about them. */
import { get, send, sendArgo } from "../../api/connection.ts"

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

/** Starts nothing from now on. */
export const pause = {
  command: ({ name }: Schedule, message: string) => [
    "schedule",
    "pause",
    name,
    ...message === "" ? [] : ["--message", message]
  ],
  do: (it: Schedule, message: string): Promise<unknown> =>
    it.kind === "cron"
      ? sendArgo("PUT", `${crons}/${encodeURIComponent(it.name)}/suspend`)
      : post(it, "pause", { message })
}

/** Lets it go on. */
export const resume = {
  command: ({ name }: Schedule, catchUp: boolean) => [
    "schedule",
    "resume",
    name,
    ...catchUp ? ["--catch-up", "--file", "FILE"] : []
  ],
  do: (it: Schedule, catchUp: boolean): Promise<unknown> =>
    it.kind === "cron"
      ? sendArgo("PUT", `${crons}/${encodeURIComponent(it.name)}/resume`)
      : post(it, "resume", catchUp ? { catchUp } : {})
}

/** Starts a run now; answers its id. */
export const trigger = {
  command: ({ file = "FILE", kind, name, workflow }: Schedule) =>
    kind === "cron" ? ["run", file, "--workflow", workflow] : ["schedule", "trigger", name, "--file", "FILE"],
  do: async (it: Schedule): Promise<string> => {
    if (it.kind === "schedule") return (await post<{ readonly run: string }>(it, "trigger")).run
    const made = await sendArgo<{ readonly metadata: { readonly name: string } }>("POST", "/workflows/argo/submit", {
      resourceKind: "CronWorkflow",
      resourceName: it.name
    })
    return made.metadata.name
  }
}

/** What a backfill is asked. */
export interface Span {
  readonly from: number
  readonly until: number
  readonly parallelism: number
  readonly rerun: "missing" | "failed" | "all"
}

/** Fills instants of the past. */
export const backfill = {
  command: ({ name }: Schedule, { from, parallelism, rerun, until }: Span) => [
    "backfill",
    name,
    "--file",
    "FILE",
    ...["--from", instant(from), "--to", instant(until)],
    ...parallelism === 1 ? [] : ["--parallel", String(parallelism)],
    ...rerun === "missing" ? [] : ["--rerun", rerun]
  ],
  plan: (it: Schedule, span: Span) =>
    post<{ readonly instants: number; readonly started: number }>(it, "backfill?plan", span),
  do: (it: Schedule, span: Span) => post<Backfill>(it, "backfill", span)
}

/** Starts nothing more of a backfill, and with `runs` also stops its open runs. */
export const stopBackfill = {
  command: (
    { name }: Schedule,
    id: string,
    runs: boolean
  ) => ["backfill", name, id, "--stop", ...runs ? ["--runs"] : []],
  do: (it: Schedule, id: string, runs: boolean) => post<ReadonlyArray<string>>(it, "backfill/stop", { id, runs })
}

const instant = (at: number): string => Number.isNaN(at) ? "…" : new Date(at).toISOString().replace(":00.000Z", "Z")
