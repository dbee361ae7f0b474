/** Limits on time as authors write them and as the engine reads them. */
import { anything, named, type Rule } from "./admit.ts"
import type { Timeouts } from "./Definition.ts"
import { type DurationInput, millis } from "./millis.ts"

/**
 * A limit on time: one duration limits each attempt; `total`
 * limits all attempts and the waiting between them. `pending` limits how long an attempt on a pool waits until a worker
 * has taken it: then it fails with the reason `NoWorker`. Default none.
 */
export type TimeoutOption = DurationInput | {
  readonly attempt?: DurationInput
  readonly total?: DurationInput
  readonly pending?: DurationInput
}

/** No limit on time. */
export const noTimeouts: Timeouts = Object.freeze({ attempt: Infinity, total: Infinity })

type Parts = Exclude<TimeoutOption, DurationInput>

const parts = { attempt: anything, total: anything, pending: anything }

const isRecord = (option: TimeoutOption): option is Parts =>
  typeof option === "object" && option !== null && Object.keys(parts).some((it) => it in option)

const partsRule = named<Parts>(parts)

/** The rule for the option: its parts exist. Whether they are durations is left to the plan. */
export const timeoutRule: Rule = (value) => isRecord(value as TimeoutOption) ? partsRule(value) : undefined

/** The engine's form of a limit on time. */
export const toTimeouts = (option: TimeoutOption): Timeouts => {
  const { attempt, pending, total }: Parts = isRecord(option) ? option : { attempt: option }
  return Object.freeze({
    attempt: attempt === undefined ? Infinity : millis(attempt),
    total: total === undefined ? Infinity : millis(total),
    ...(pending === undefined ? {} : { pending: millis(pending) })
  })
}
