/** What is kept of a schedule in cells: where it stands, and what became of each instant. Pure. */
import type { Cause } from "./Schedule.ts"

/** The space of cells with where schedules stand, by name. */
export const scheduleSpace = "schedule"

/** The space of cells with what became of instants. */
export const fireSpace = "fire"

/** Where a schedule stands. Instants are milliseconds since the epoch. */
export interface ScheduleState {
  readonly workflow: string
  /** The timing that `cursor` belongs to. */
  readonly timing: string
  /** Everything up to here is decided. It never goes back. */
  readonly cursor: number
  /** The last instant that started a run. */
  readonly previous: number | null
  /** Why nothing is started. */
  readonly paused: string | null
  /** Where the cursor stood when it was paused. */
  readonly pausedAfter?: number
  /** Instants up to this one came while it was paused, and nobody has looked at them since. */
  readonly left?: { readonly until: number; readonly why: string }
  /** Runs, by their ids, that were not seen to have ended. */
  readonly open: ReadonlyArray<string>
  /** Instants whose runs wait until those have ended. */
  readonly queued: ReadonlyArray<number>
  /** Runs in a row that have not succeeded. */
  readonly failures: number
  readonly succeeded: number
  readonly failed: number
  /** How many fires are kept. */
  readonly fires: number
  readonly createdAt: number
}

/** What became of an instant, or of a span of them. */
export interface Fire {
  /** The name of the schedule. */
  readonly schedule: string
  /** The instant; of a span, the last one. */
  readonly due: number
  /** Whether it started a run, waits for its turn, was skipped by a rule, or was missed. */
  readonly outcome: "started" | "queued" | "skipped" | "missed"
  /** Why it was decided about. */
  readonly cause: Cause
  /** The id of the run. */
  readonly run?: string
  /** Why none was started. */
  readonly why?: string
  /** When that was decided. */
  readonly at: number
  /** Of a span: its first instant, and how many they are (10,000 stands for "as many or more"). */
  readonly from?: number
  /** How many instants the span has. */
  readonly many?: number
}

/** A schedule that begins now: what was due before does not count. */
export const begun = (workflow: string, timing: string, now: number): ScheduleState => ({
  workflow,
  timing,
  cursor: now,
  previous: null,
  paused: null,
  open: [],
  queued: [],
  failures: 0,
  succeeded: 0,
  failed: 0,
  fires: 0,
  createdAt: now
})

/** Nothing is started any more; of two pauses, the first one says since when. */
export const pausedBy = (state: ScheduleState, paused: string): ScheduleState => ({
  ...state,
  paused,
  ...(state.paused === null ? { pausedAfter: state.cursor } : {})
})

/** It goes on from an instant on; what came before is left to whoever knows the timing, or `filled` by other means. */
export const unpaused = (
  { pausedAfter: _, ...state }: ScheduleState,
  now: number,
  filled: boolean
): ScheduleState => {
  const going = { ...state, paused: null, failures: 0 }
  return filled
    ? { ...going, cursor: Math.max(state.cursor, now) }
    : { ...going, left: { until: now, why: `paused: ${state.paused}` } }
}

/** The key of the cell of a fire: those of one schedule are in the order of their instants. */
export const fireKey = (schedule: string, due: number): string => `${schedule}\n${new Date(due).toISOString()}`

/** The keys of all fires of a schedule from an instant on. */
export const firesOf = (
  schedule: string,
  from = 0,
  until?: number
): { readonly from: string; readonly before: string } => ({
  from: fireKey(schedule, from),
  before: until === undefined ? `${schedule}\v` : fireKey(schedule, until)
})

/** The id of the run of an instant: `nightly-20261129T013000Z`. */
export const runIdOf = (schedule: string, due: number): string => {
  const [date, fraction] = new Date(due).toISOString().replace(/[-:]|Z$/g, "").split(".")
  return `${schedule}-${date}${fraction === "000" ? "" : `.${fraction}`}Z`
}

/** How much later the run of an instant begins: the same in every process. It does not reach the next instant. */
export const jitterOf = (schedule: string, due: number, most: number): number => {
  if (most <= 0) return 0
  let hash = 0x811c9dc5
  for (const letter of `${schedule} ${due}`) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193)
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b)
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35)
  return ((hash ^ hash >>> 16) >>> 0) % most
}
