/**
 * What is to be done about a schedule at an instant: one step, decided of all that is known. Pure.
 *
 * Invariants
 * - S2 Every instant after the cursor gets one decision, in order, with a reason where no run is started.
 * - S3 The cursor never goes back.
 * - S6 Neither a pause nor another timing nor a removal ever starts a run.
 * - S7 While a run of the schedule is open, an instant does what `overlap` says.
 * - S8 How much later a run begins is a function of the schedule's name and the instant.
 */
import { span } from "../run/instant.ts"
import { isTerminal, type Phase } from "../run/Phase.ts"
import { type Cause, lateAfter, type Overlap } from "./Schedule.ts"
import { begun, type Fire, jitterOf, pausedBy, type ScheduleState } from "./State.ts"
import { between, latest, type Timing } from "./timing.ts"

/** What holds of a schedule. */
export interface Rules {
  readonly name: string
  readonly workflow: string
  readonly timing: Timing
  readonly overlap: Overlap
  readonly catchUp: { readonly within: number; readonly limit: number }
  readonly jitter: number
  readonly pauseAfterFailures: number
}

/** A run, as far as it concerns its schedule. */
export interface SeenRun {
  readonly id: string
  readonly phase: Phase
  readonly finishedAt: number
}

/** What is known when a step is decided. */
export interface Known {
  readonly state: ScheduleState | undefined
  /** The runs that `state.open` names and that are still there. */
  readonly runs: ReadonlyArray<SeenRun>
  readonly now: number
  /** Whether whoever asks has just begun to keep the schedule: its timing counts then, and not later. */
  readonly isNew: boolean
}

/** What is to be done next. */
export type Step =
  /** Only to be written down. */
  | { readonly do: "record"; readonly state: ScheduleState; readonly fires: ReadonlyArray<Fire> }
  /** Starts a run; `state` is what stands afterwards, but for the run. */
  | {
    readonly do: "start"
    readonly state: ScheduleState
    readonly due: number
    readonly cause: Cause
    /** Runs that it takes the place of: terminated once it is started. */
    readonly instead?: ReadonlyArray<string>
  }
  /** Nothing, until an instant, and until one of the open runs has ended; some of them are to be stopped. */
  | { readonly do: "wait"; readonly until: number | undefined; readonly runs: boolean; readonly stop: boolean }
  /** It has come to its end. */
  | { readonly do: "end"; readonly why: string }

/** Most runs that wait for their turn. */
const mostQueued = 100

/** Most runs of a schedule, or of a backfill, that are open at once. */
export const mostOpen = 1_000

/** Counts beyond this are not told. */
const mostCounted = 10_000

/** The next step. */
export const nextStep = (rules: Rules, known: Known): Step => {
  const { isNew, now } = known
  if (known.state === undefined) {
    return { do: "record", state: begun(rules.workflow, rules.timing.text, now), fires: [] }
  }
  const state = settled(known.state, known.runs)
  const isOurs = state.timing === rules.timing.text && state.workflow === rules.workflow
  if (!isOurs) return isNew ? changed(rules, state, now) : { do: "wait", until: undefined, runs: false, stop: false }
  if (state.left !== undefined) return ofLeft(rules, state, state.left, now)
  if (state.paused === null && state.failures >= rules.pauseAfterFailures) {
    const paused = `${state.failures} runs in a row have not succeeded`
    return { do: "record", state: { ...pausedBy(state, paused), failures: 0 }, fires: [] }
  }
  return ofQueue(rules, state, now) ?? ofInstant(rules, state, now)
}

/** What has ended of the open runs is counted; what was deleted is not known to have failed. */
export const settled = (state: ScheduleState, runs: ReadonlyArray<SeenRun>): ScheduleState => {
  const ended = runs.filter(({ phase }) => isTerminal(phase)).toSorted((a, b) => a.finishedAt - b.finishedAt)
  const open = runs.filter(({ phase }) => !isTerminal(phase)).map(({ id }) => id)
  if (open.length === state.open.length) return state
  const good = ended.filter(({ phase }) => phase === "Succeeded").length
  const lastGood = ended.findLastIndex(({ phase }) => phase === "Succeeded")
  const inARow = ended.length - 1 - lastGood
  return {
    ...state,
    open,
    succeeded: state.succeeded + good,
    failed: state.failed + ended.length - good,
    failures: lastGood === -1 ? state.failures + inARow : inARow
  }
}

/** What came while it was paused and nobody looked is skipped for that reason. */
const ofLeft = (
  rules: Rules,
  { left: _, ...state }: ScheduleState,
  { until, why }: NonNullable<ScheduleState["left"]>,
  now: number
): Step => {
  const passed = { ...state, cursor: Math.max(state.cursor, until) }
  const due = rules.timing.next(state.cursor)
  if (due === undefined || due > until) return { do: "record", state: passed, fires: [] }
  const last = latest(rules.timing, state.cursor, until, 1)[0] ?? due
  return { do: "record", state: passed, fires: [spanned(rules, skipped(rules, last, now, why), due)] }
}

/** Another timing, or another workflow: what was due by the former one does not count. */
const changed = (rules: Rules, { left: _, ...state }: ScheduleState, now: number): Step => ({
  do: "record",
  state: {
    ...state,
    workflow: rules.workflow,
    timing: rules.timing.text,
    cursor: Math.max(state.cursor, now),
    queued: []
  },
  fires: state.queued.map((due) => skipped(rules, due, now, "the schedule was changed before its turn came"))
})

const ofQueue = (rules: Rules, state: ScheduleState, now: number): Step | undefined => {
  const [due, ...queued] = state.queued
  if (due === undefined) return undefined
  if (state.paused !== null) {
    const fires = state.queued.map((it) => skipped(rules, it, now, `paused: ${state.paused}`))
    return { do: "record", state: { ...state, queued: [] }, fires }
  }
  if (state.open.length > 0) return undefined
  return { do: "start", state: { ...state, queued, previous: due }, due, cause: "time" }
}

const ofInstant = (rules: Rules, state: ScheduleState, now: number): Step => {
  const { jitter, name, timing } = rules
  const due = timing.next(state.cursor)
  const begins = due === undefined
    ? undefined
    : due + jitterOf(name, due, Math.min(jitter, (timing.next(due) ?? Infinity) - due))
  if (due === undefined || begins! > now) {
    const isQueued = state.queued.length > 0
    return { do: "wait", until: begins, runs: isQueued, stop: isQueued && rules.overlap === "replace" }
  }
  const late = now - lateAfter - jitter - 1
  if (state.paused !== null) return ofPause(rules, state, due, late, now)
  return due > late ? ofOverlap(rules, state, due, "time", now) : ofLate(rules, state, due, late, now)
}

const ofPause = (rules: Rules, state: ScheduleState, due: number, late: number, now: number): Step => {
  const last = Math.max(due, latest(rules.timing, state.cursor, late, 1)[0] ?? due)
  const fire = spanned(rules, skipped(rules, last, now, `paused: ${state.paused}`), due)
  return { do: "record", state: { ...state, cursor: last }, fires: [fire] }
}

/** Late instants: some of them are made up for, the oldest first, those before them are missed. */
const ofLate = (rules: Rules, state: ScheduleState, due: number, late: number, now: number): Step => {
  const { catchUp: { limit, within }, timing } = rules
  const kept = latest(timing, Math.max(state.cursor, now - within - 1), late, limit)
  if (kept[0] === due) return ofOverlap(rules, state, due, "catchUp", now)
  const last = latest(timing, state.cursor, kept[0] === undefined ? late : kept[0] - 1, 1)[0] ?? due
  const fire: Fire = { ...skipped(rules, last, now, lateness(rules, due, last, now)), outcome: "missed", cause: "time" }
  return { do: "record", state: { ...state, cursor: last }, fires: [spanned(rules, fire, due)] }
}

const lateness = ({ catchUp: { limit, within } }: Rules, first: number, last: number, now: number): string => {
  const late = `late by ${span(now - first)}`
  if (limit === 0) return `${late}, and catchUp is "none"`
  if (last < now - within) return `${late}, more than catchUp.within (${span(within)})`
  return limit === 1 ? `${late}, and only the latest is made up for` : `${late}, and only ${limit} are made up for`
}

const ofOverlap = (rules: Rules, state: ScheduleState, due: number, cause: Cause, now: number): Step => {
  const passed = { ...state, cursor: due }
  const { open, queued } = state
  if (rules.overlap === "allow" && open.length < mostOpen || open.length === 0 && queued.length === 0) {
    return { do: "start", state: { ...passed, previous: due }, due, cause }
  }
  const skip = (why: string): Step => ({
    do: "record",
    state: passed,
    fires: [{ ...skipped(rules, due, now, `${why} (overlap: ${rules.overlap})`), cause }]
  })
  if (rules.overlap === "allow") return skip(`${mostOpen} runs have not ended`)
  if (rules.overlap === "skip") return skip(`run ${open.join(", ")} has not ended`)
  if (rules.overlap === "queueOne" && queued.length > 0) return skip("another one waits for its turn already")
  if (queued.length >= mostQueued) return skip(`${mostQueued} wait for their turn already`)
  const isReplace = rules.overlap === "replace"
  const replaced = isReplace ? queued.map((it) => skipped(rules, it, now, "a later one took its place")) : []
  return {
    do: "record",
    state: { ...passed, queued: isReplace ? [due] : [...queued, due] },
    fires: [...replaced, { schedule: rules.name, due, outcome: "queued", cause, at: now }]
  }
}

const skipped = ({ name }: Rules, due: number, at: number, why: string): Fire => ({
  schedule: name,
  due,
  outcome: "skipped",
  cause: "time",
  why,
  at
})

/** One decision about all instants from one on to its own. */
const spanned = ({ timing }: Rules, fire: Fire, from: number): Fire => {
  if (from === fire.due) return fire
  return { ...fire, from, many: between(timing, from - 1, fire.due, mostCounted).length }
}
