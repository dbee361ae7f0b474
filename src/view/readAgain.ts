/** How long what is done again takes: what is read of the run, and of earlier ones. */
import * as Effect from "effect/Effect"
import type { RetryPlan } from "../engine/life/resets.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { type AgainEstimate, againEstimate } from "./again.ts"
import { readEarlier } from "./readEstimate.ts"
import { readRun } from "./readRun.ts"
import type { RunSource } from "./RunSource.ts"

/** The estimate for a plan; `undefined` when nothing tells. */
export const readAgain = (
  source: RunSource,
  id: string,
  plan: RetryPlan,
  now: number
): Effect.Effect<AgainEstimate | undefined, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    const run = yield* readRun(source, id, "none")
    if (row === undefined || run === undefined || plan.reset.length === 0) return undefined
    return againEstimate(run, plan, yield* readEarlier(source, row), now)
  })
