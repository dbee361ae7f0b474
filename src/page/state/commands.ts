/** The commands that do what the dialogs do. Pure. */
import type { Json } from "../../run/Event.ts"
import { commandOf, type Option, parametersOf } from "./command.ts"

const told = (message: string): ReadonlyArray<Option> => message === "" ? [] : [["--message", message]]

/** An option without a value, if it is chosen. */
const flag = (name: string, isOn: boolean): ReadonlyArray<Option> => isOn ? [[name]] : []

/** Another input for what is done again: as JSON, or of a manifest its parameters. */
export type Given = { readonly input: Json } | { readonly parameters: Readonly<Record<string, string>> } | undefined

/** The options that give the same in a terminal. */
const given = (it: Given): ReadonlyArray<Option> =>
  it === undefined ? [] : "input" in it ? [["--input", JSON.stringify(it.input)]] : parametersOf(it.parameters)

/** What a retry is asked. */
export interface Retry {
  readonly nodes?: ReadonlyArray<string>
  readonly restartSuccessful?: boolean
}

/** Of a run. */
export const ofRun = {
  stop: (id: string, message: string) => commandOf(["stop"], [id], told(message)),
  terminate: (id: string, message: string, compensate: boolean) =>
    commandOf(["terminate"], [id], [...flag("--compensate", compensate), ...told(message)]),
  suspend: (id: string) => commandOf(["suspend"], [id]),
  resume: (id: string) => commandOf(["resume"], [id]),
  /** Outputs of a suspend node of a manifest are given one by one. */
  signal: (id: string, node: string, value: Json | undefined, hasOutputs: boolean) =>
    value === undefined
      ? commandOf(["approve"], [id, node])
      : hasOutputs
      ? commandOf(["signal"], [id, node], parametersOf(value as Readonly<Record<string, string>>))
      : commandOf(["signal"], [id, node, JSON.stringify(value)]),
  retry: (id: string, { nodes = [], restartSuccessful = false }: Retry, other?: Given) =>
    commandOf(["retry"], [id], [
      ...nodes.map((it): Option => ["--node", it]),
      ...flag("--restart-successful", restartSuccessful),
      ...given(other)
    ]),
  resubmit: (id: string, memoized: boolean, other?: Given) =>
    commandOf(["resubmit"], [id], [...flag("--memoized", memoized), ...given(other)]),
  fork: (id: string, node: string, other?: Given) => commandOf(["fork"], [id, node], given(other)),
  compensate: (id: string) => commandOf(["compensate"], [id]),
  remove: (id: string, force: boolean) => commandOf(["delete"], [id], flag("--force", force))
}

/** What commands tell of a schedule. */
export interface Scheduled {
  readonly kind: "schedule" | "cron"
  readonly name: string
  readonly workflow: string
  readonly file?: string
}

/** What a backfill is asked. */
export interface Span {
  readonly from: number
  readonly until: number
  readonly parallelism: number
  readonly rerun: "missing" | "failed" | "all"
}

/** What only the module of a schedule knows is asked of it. */
const inFile: Option = ["--file", "FILE"]

const instant = (at: number): string => Number.isNaN(at) ? "…" : new Date(at).toISOString().replace(":00.000Z", "Z")

/** Of a schedule; a CronWorkflow stands in a file, which no command pauses. */
export const ofSchedule = {
  pause: ({ kind, name }: Scheduled, message: string) =>
    kind === "cron" ? undefined : commandOf(["schedule", "pause"], [name], told(message)),
  resume: ({ kind, name }: Scheduled, catchUp: boolean) =>
    kind === "cron" ? undefined : commandOf(["schedule", "resume"], [name], catchUp ? [["--catch-up"], inFile] : []),
  trigger: ({ file = "FILE", kind, name, workflow }: Scheduled) =>
    kind === "cron"
      ? commandOf(["run"], [file], [["--workflow", workflow]])
      : commandOf(["schedule", "trigger"], [name], [inFile]),
  backfill: ({ name }: Scheduled, { from, parallelism, rerun, until }: Span) =>
    commandOf(["backfill"], [name], [
      inFile,
      ["--from", instant(from)],
      ["--to", instant(until)],
      ...parallelism === 1 ? [] : [["--parallel", String(parallelism)] as const],
      ...rerun === "missing" ? [] : [["--rerun", rerun] as const]
    ]),
  stopBackfill: ({ name }: Scheduled, id: string, runs: boolean) =>
    commandOf(["backfill"], [name, id], [["--stop"], ...flag("--runs", runs)])
}
