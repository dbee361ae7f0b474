/** What is to be done about a CronWorkflow at an instant. Pure. */
import { ExprError } from "../language/expr/ExprError.ts"
import { compileExpression, evaluateExpression, resultText } from "../language/expr/expression.ts"
import { time } from "../language/expr/goTime.ts"
import type { Value } from "../language/expr/Value.ts"
import { isTrue } from "../language/when/when.ts"
import { WhenError } from "../language/when/WhenError.ts"
import { type Known, settled, type Step } from "../../schedule/decide.ts"
import { begun, type ScheduleState } from "../../schedule/State.ts"
import type { CronRuns } from "./CronRuns.ts"
import type { CronWorkflow } from "./CronWorkflow.ts"
import { latestOf, nextOf } from "./Schedule.ts"

/** What decisions go by. */
type Stand = Pick<ScheduleState, "failed" | "open" | "previous" | "succeeded">

/** What its runs tell of one that was kept before it had a place of its own in the state file. */
export const standOf = (cron: CronWorkflow, { failed, last, open, succeeded }: CronRuns): ScheduleState | undefined =>
  last === undefined ? undefined : {
    ...begun(cron.name, last.schedule, last.due),
    previous: last.due,
    open: open.map(({ id }) => id),
    succeeded,
    failed
  }

/** The next step of one whose fires are kept under a key; `since`: instants that passed before do not count. */
export const cronStep = (cron: CronWorkflow, key: string, { now, runs, state: known }: Known, since: number): Step => {
  const state = settled(known ?? begun(cron.name, cron.scheduleText, since), runs)
  const stop = stopping(cron, state, now)
  if (stop?.ends !== undefined) return { do: "end", why: stop.ends }
  // By other schedules, nothing was due before.
  const from = state.timing === cron.scheduleText ? Math.max(state.cursor, since) : since
  const due = cron.suspended ? undefined : latestOf(cron.schedules, from, now)
  if (due === undefined) {
    const until = cron.suspended ? undefined : nextOf(cron.schedules, from)
    return { do: "wait", until, runs: false, stop: false }
  }
  const decided = { ...state, timing: cron.scheduleText, cursor: due }
  const why = stop?.skips ?? reasonToSkip(cron, state, due, now)
  if (why !== undefined) {
    return {
      do: "record",
      state: decided,
      fires: [{ schedule: key, due, outcome: "skipped", cause: "time", why, at: now }]
    }
  }
  const instead = cron.policy === "Replace" ? state.open : []
  return { do: "start", state: { ...decided, previous: due }, due, cause: "time", instead }
}

const reasonToSkip = (cron: CronWorkflow, runs: Stand, due: number, now: number): string | undefined => {
  if (cron.deadline > 0 && now - due > cron.deadline) {
    return `it is ${Math.round((now - due) / 1_000)} s late, more than startingDeadlineSeconds`
  }
  const refused = whenRefuses(cron, runs, now)
  if (refused !== undefined) return refused
  if (cron.policy !== "Forbid" || runs.open.length === 0) return undefined
  return `${runs.open.join(", ")} has not ended, and concurrencyPolicy is Forbid`
}

/** Whether it has come to its end; a stopStrategy that cannot be evaluated keeps runs from starting, as in Argo. */
const stopping = (
  cron: CronWorkflow,
  runs: Stand,
  now: number
): { readonly ends: string } | { readonly ends?: never; readonly skips: string } | undefined => {
  if (cron.stop === "") return undefined
  try {
    if (evaluate(cron.stop, cron, runs, now) !== true) return undefined
    const counts = `${runs.succeeded} succeeded, ${runs.failed} failed`
    return { ends: `its stopStrategy holds: ${cron.stop} (${counts})` }
  } catch (error) {
    if (error instanceof ExprError) return { skips: `its stopStrategy is wrong: ${error.message}` }
    throw error
  }
}

/** A condition that cannot be evaluated keeps runs from starting, as in Argo. */
const whenRefuses = (cron: CronWorkflow, runs: Stand, now: number): string | undefined => {
  try {
    return isTrue(withValues(cron, runs, now)) ? undefined : `its condition is false: ${cron.when}`
  } catch (error) {
    if (error instanceof WhenError || error instanceof ExprError) return `its condition is wrong: ${error.message}`
    throw error
  }
}

const withValues = (cron: CronWorkflow, runs: Stand, now: number): string =>
  cron.when.replace(
    /\{\{=(.*?)\}\}|\{\{([^=].*?)\}\}/gs,
    (_, expression: string | undefined, name: string | undefined) =>
      resultText(evaluate(expression ?? name!.trim(), cron, runs, now))
  )

const evaluate = (source: string, cron: CronWorkflow, runs: Stand, now: number): Value =>
  evaluateExpression(compileExpression(source), {}, {
    now: () => now,
    values: [["cronworkflow", variables(cron, runs)]]
  })

const variables = ({ metadata, name }: CronWorkflow, { failed, previous, succeeded }: Stand): Value =>
  new Map<string, Value>([
    ["name", name],
    ["namespace", metadata.namespace ?? "default"],
    ["labels", new Map(Object.entries(metadata.labels ?? {}))],
    ["annotations", new Map(Object.entries(metadata.annotations ?? {}))],
    ["lastScheduledTime", previous === null ? null : time(previous)],
    ["failed", BigInt(failed)],
    ["succeeded", BigInt(succeeded)]
  ])
