/** What the invariant checkers look at, and the shape of a checker. */
import type { Plan } from "../plan/Plan.ts"
import type { Recorded } from "./Event.ts"
import type { Rows } from "./evolve.ts"

/**
 * All events of one run in order; the rows storage holds for it; the
 * plan it runs. Without rows or plan, what needs them is not checked.
 */
export interface Evidence {
  /** All events, in their order. */
  readonly events: ReadonlyArray<Recorded>
  /** The rows that storage holds; without them none are checked. */
  readonly rows?: Rows | undefined
  /** The plan that the run follows; without it what needs one is not checked. */
  readonly plan?: Plan | undefined
}

/** The number of the event from which the plan holds: a migration may have lost what was recorded by another one. */
export const plannedFrom = ({ events }: Evidence): number =>
  events.findLast(({ event }) => event.type === "RunMigrated" && event.lost !== undefined)?.seq ?? 0

/** Sees every event together with the rows as they were before it, then the rows at the end. */
export interface Checker {
  readonly see?: (fact: Recorded, before: Rows) => void
  readonly end?: (rows: Rows) => void
}

/** One invariant: makes a fresh checker for one run; violations are told to `report` as sentences. */
export type Invariant = (evidence: Evidence, report: (violation: string) => void) => Checker
