/** Limits on time as authors write them and as the engine reads them. */
import type { Timeouts } from "./Definition.ts"
import { type DurationInput, millis } from "./millis.ts"

/**
 * A limit on time: one duration limits each attempt; `total`
 * limits all attempts and the waiting between them. Default none.
 */
export type TimeoutOption = DurationInput | {
  readonly attempt?: DurationInput
  readonly total?: DurationInput
}

/** No limit on time. */
export const noTimeouts: Timeouts = Object.freeze({ attempt: Infinity, total: Infinity })

const isPair = (option: TimeoutOption): option is Exclude<TimeoutOption, DurationInput> =>
  typeof option === "object" && option !== null && ("attempt" in option || "total" in option)

/** The engine's form of a limit on time. */
export const toTimeouts = (option: TimeoutOption): Timeouts => {
  const { attempt, total } = isPair(option) ? option : { attempt: option, total: undefined }
  return Object.freeze({
    attempt: attempt === undefined ? Infinity : millis(attempt),
    total: total === undefined ? Infinity : millis(total)
  })
}
