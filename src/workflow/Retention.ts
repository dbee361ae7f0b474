/** How long ended runs are kept. */
import { anything, named, type Rule } from "./admit.ts"
import { type DurationInput, millis } from "./millis.ts"

/** How long a run is kept after its end: one time, or one for each outcome, where the more specific one counts. */
export type RetentionOption = DurationInput | {
  readonly completion?: DurationInput
  readonly success?: DurationInput
  /** After `Failed` and `Error`. */
  readonly failure?: DurationInput
  /** Also: no more than this many ended runs of a workflow are kept for each phase; the oldest go first. */
  readonly keepLast?: number
}

/** Milliseconds; `Infinity` = kept. */
export interface Retention {
  readonly success: number
  readonly failure: number
  readonly keepLast: number
}

/** The engine's form. */
export const toRetention = (option: RetentionOption | undefined): Retention | undefined => {
  if (option === undefined) return undefined
  const { completion, failure, keepLast, success } = isParts(option) ? option : { completion: option } as Parts
  const all = completion === undefined ? Infinity : millis(completion)
  return Object.freeze({
    success: success === undefined ? all : millis(success),
    failure: failure === undefined ? all : millis(failure),
    keepLast: keepLast ?? Infinity
  })
}

type Parts = Exclude<RetentionOption, DurationInput>

const isParts = (option: RetentionOption): option is Parts =>
  typeof option === "object" && option !== null &&
  Object.keys(parts).some((name) => name in option)

const parts = { completion: anything, success: anything, failure: anything, keepLast: anything }

const partsRule = named<Parts>(parts)

/** The rule for the option: its parts exist. Whether they make sense is left to the plan. */
export const retentionRule: Rule = (value) => isParts(value as RetentionOption) ? partsRule(value) : undefined
