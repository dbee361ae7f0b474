/** Rules about when a CronWorkflow is due. */
import { policies } from "../cron/CronWorkflow.ts"
import { BadSchedule, parseSchedule } from "../cron/Schedule.ts"
import { didYouMean } from "../document/decode/didYouMean.ts"
import { ExprError } from "../language/expr/ExprError.ts"
import { compileExpression } from "../language/expr/expression.ts"
import type { CronFields } from "../document/Manifest.ts"
import { report, type Subject } from "./Subject.ts"

/** Checks schedules, time zone, policy and limits. */
export const checkCron = (subject: Subject): void => {
  const { cron } = subject.owner.document
  if (cron === undefined) return
  if ((cron.schedules ?? []).length === 0) {
    report(subject, cron, "", {
      code: "schedule",
      message: "The CronWorkflow has no schedule",
      hint: 'Write schedules: ["0 3 * * *"]'
    })
  }
  cron.schedules?.forEach((text, at) => checkSchedule(subject, cron.schedules!, at, text, cron))
  checkPolicy(subject, cron)
  checkStop(subject, cron)
}

const checkSchedule = (
  subject: Subject,
  container: object,
  key: string | number,
  text: string,
  cron: CronFields
): void => {
  try {
    parseSchedule(text, cron.timezone)
  } catch (error) {
    if (!(error instanceof BadSchedule)) throw error
    const inZone = error.message.includes("time zone") && cron.timezone !== undefined
    report(subject, inZone ? cron : container, inZone ? "timezone" : key, {
      code: "schedule",
      message: `The schedule is malformed: ${error.message}`
    })
  }
}

const checkPolicy = (subject: Subject, cron: CronFields): void => {
  const policy = cron.concurrencyPolicy
  if (policy === undefined || policy === "" || policies.some((it) => it === policy)) return
  report(subject, cron, "concurrencyPolicy", {
    code: "policy",
    message: `There is no concurrencyPolicy "${policy}"`,
    hint: didYouMean(policy, policies) || `Choose ${policies.join(", ")}`
  })
}

const checkStop = (subject: Subject, { stopStrategy = {} }: CronFields): void => {
  for (const key of ["expression", "condition"] as const) {
    const source = stopStrategy[key]
    if (source === undefined) continue
    try {
      compileExpression(source)
    } catch (error) {
      if (!(error instanceof ExprError)) throw error
      report(subject, stopStrategy, key, { code: "expression", message: `stopStrategy: ${error.message}` })
    }
  }
}
