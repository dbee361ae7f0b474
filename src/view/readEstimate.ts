/** How long a run will still take: what was read of earlier runs once, for as long as this one is looked at. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { PlanJson } from "../plan/drawing.ts"
import { planFrom } from "../plan/stored.ts"
import { remaining } from "./eta.ts"
import { readRun } from "./readRun.ts"
import type { RunRow } from "../run/State.ts"
import type { RunSource } from "./RunSource.ts"
import type { RunView } from "./RunView.ts"

/** Milliseconds that are left at an instant, `undefined` when nothing tells. */
export type Estimate = (run: RunView, now: number) => number | undefined

/** How many earlier runs are looked at. */
const most = 3

/** The estimate for a run. */
export const readEstimate = (source: RunSource, id: string): Effect.Effect<Estimate, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    if (row === undefined) return (): undefined => undefined
    const earlier = yield* readEarlier(source, row)
    // Of manifests nobody knows beforehand what will come.
    const plan = row.kind === "manifest" ? undefined : yield* source.plan(row.digest)
    const planned = plan === undefined ? undefined : namesIn(planFrom(plan))
    return (run: RunView, now: number) => remaining(run, earlier, now, earlier.length > 0 || hasAll(run, planned))
  })

/** How long an open run will still take from now on; `undefined` when nothing tells. */
export const readLeft = (
  source: RunSource,
  id: string
): Effect.Effect<{ readonly left: number; readonly now: number } | undefined, JournalError> =>
  Effect.gen(function* () {
    const [estimate, run] = [yield* readEstimate(source, id), yield* readRun(source, id, "none")]
    const now = source.now()
    const left = run === undefined ? undefined : estimate(run, now)
    return left === undefined ? undefined : { left, now }
  })

/** The newest runs of the same workflow that succeeded, without values. */
export const readEarlier = (
  source: RunSource,
  { id, workflow }: RunRow
): Effect.Effect<ReadonlyArray<RunView>, JournalError> =>
  Effect.gen(function* () {
    const rows = yield* source.listRuns({ workflow, phases: ["Succeeded"], limit: most })
    const others = rows.filter((it) => it.id !== id)
    const found = yield* Effect.forEach(others, (it) => readRun(source, it.id, "none"))
    return found.filter((it) => it !== undefined)
  })

const namesIn = ({ digest, plans }: PlanJson): ReadonlyArray<string> =>
  (plans[digest]?.nodes ?? []).map((it) => it.name)

const hasAll = ({ nodes }: RunView, planned: ReadonlyArray<string> | undefined): boolean => {
  const begun = new Set(nodes.map(({ path }) => path))
  return planned?.every((name) => begun.has(name)) ?? false
}
