/** What is to be done about a CronWorkflow at an instant. Pure. */
import { ExprError } from "../language/expr/ExprError.ts"
import { compileExpression, evaluateExpression, resultText } from "../language/expr/expression.ts"
import { time } from "../language/expr/goTime.ts"
import type { Value } from "../language/expr/Value.ts"
import { isTrue } from "../language/when/when.ts"
import { WhenError } from "../language/when/WhenError.ts"
import { type CronRuns, idOf } from "./CronRuns.ts"
import type { CronWorkflow } from "./CronWorkflow.ts"
import { latestOf } from "./Schedule.ts"

/** What is to be done. */
export type Decision =
  | { readonly _tag: "Start"; readonly id: string; readonly instead: ReadonlyArray<string> }
  | { readonly _tag: "Skip"; readonly why: string }
  | { readonly _tag: "Stop"; readonly why: string }

/**
 * The latest instant that came while nobody looked, when it may still
 * be made up for: with the same schedules and within the deadline.
 */
export const missed = (cron: CronWorkflow, { last }: CronRuns, now: number): number | undefined =>
  last === undefined || last.schedule !== cron.scheduleText || cron.deadline === 0
    ? undefined
    : latestOf(cron.schedules, Math.max(last.due, now - cron.deadline - 1), now)

/** Decides about a run that is due. */
export const decide = (cron: CronWorkflow, runs: CronRuns, due: number, now: number): Decision => {
  const stop = stopping(cron, runs, now)
  if (stop !== undefined) return stop
  const why = reasonToSkip(cron, runs, due, now)
  if (why !== undefined) return { _tag: "Skip", why }
  const instead = cron.policy === "Replace" ? runs.open.map(({ id }) => id) : []
  return { _tag: "Start", id: idOf(cron.name, due), instead }
}

const reasonToSkip = (cron: CronWorkflow, runs: CronRuns, due: number, now: number): string | undefined => {
  if (cron.suspended) return "it is suspended"
  if (cron.deadline > 0 && now - due > cron.deadline) {
    return `it is ${Math.round((now - due) / 1_000)} s late, more than startingDeadlineSeconds`
  }
  const refused = whenRefuses(cron, runs, now)
  if (refused !== undefined) return refused
  if (cron.policy !== "Forbid" || runs.open.length === 0) return undefined
  return `${runs.open.map(({ id }) => id).join(", ")} has not ended, and concurrencyPolicy is Forbid`
}

/** Whether it has come to its end; a stopStrategy that cannot be evaluated keeps runs from starting, as in Argo. */
export const stopping = (cron: CronWorkflow, runs: CronRuns, now: number): Decision | undefined => {
  if (cron.stop === "") return undefined
  try {
    if (evaluate(cron.stop, cron, runs, now) !== true) return undefined
    const counts = `${runs.succeeded} succeeded, ${runs.failed} failed`
    return { _tag: "Stop", why: `its stopStrategy holds: ${cron.stop} (${counts})` }
  } catch (error) {
    if (error instanceof ExprError) return { _tag: "Skip", why: `its stopStrategy is wrong: ${error.message}` }
    throw error
  }
}

/** A condition that cannot be evaluated keeps runs from starting, as in Argo. */
const whenRefuses = (cron: CronWorkflow, runs: CronRuns, now: number): string | undefined => {
  try {
    return isTrue(withValues(cron, runs, now)) ? undefined : `its condition is false: ${cron.when}`
  } catch (error) {
    if (error instanceof WhenError || error instanceof ExprError) return `its condition is wrong: ${error.message}`
    throw error
  }
}

const withValues = (cron: CronWorkflow, runs: CronRuns, now: number): string =>
  cron.when.replace(
    /\{\{=(.*?)\}\}|\{\{([^=].*?)\}\}/gs,
    (_, expression: string | undefined, name: string | undefined) =>
      resultText(evaluate(expression ?? name!.trim(), cron, runs, now))
  )

const evaluate = (source: string, cron: CronWorkflow, runs: CronRuns, now: number): Value =>
  evaluateExpression(compileExpression(source), {}, {
    now: () => now,
    values: [["cronworkflow", variables(cron, runs)]]
  })

const variables = ({ metadata, name }: CronWorkflow, { failed, last, succeeded }: CronRuns): Value =>
  new Map<string, Value>([
    ["name", name],
    ["namespace", metadata.namespace ?? "default"],
    ["labels", new Map(Object.entries(metadata.labels ?? {}))],
    ["annotations", new Map(Object.entries(metadata.annotations ?? {}))],
    ["lastScheduledTime", last === undefined ? null : time(last.due)],
    ["failed", BigInt(failed)],
    ["succeeded", BigInt(succeeded)]
  ])
