/** What a keeper is told to keep, and what it tells. */
import type { Cell } from "../journal/Journal.ts"
import type { RunChoice } from "../run/select/runChoice.ts"
import type { RunRow } from "../run/State.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { Known, Step } from "./decide.ts"
import type { Cause } from "./Schedule.ts"
import type { Fire, ScheduleState } from "./State.ts"

/** How a run of a schedule begins. */
export interface Begin {
  readonly id: string
  readonly input: unknown
  readonly labels: Readonly<Record<string, string>>
}

/** What a keeper keeps: a schedule, or a backfill of one. */
export interface Kept {
  readonly schedule: string
  /** The cell of its state. */
  readonly place: Pick<Cell, "key" | "space">
  readonly workflow: AnyWorkflow
  readonly next: (known: Known) => Step
  /** The state before there was one, by the runs of its workflow. */
  readonly former?: (rows: ReadonlyArray<RunRow>) => ScheduleState | undefined
  /** How the run of an instant begins; throws where its input cannot be made. */
  readonly begin: (due: number, cause: Cause, state: ScheduleState, before: Fire | undefined) => Begin
  /** Where an instant has started a run already: whether it starts another one. Default never. */
  readonly again?: (run: RunRow | undefined) => boolean
  /** Which of the runs with these labels are deleted when one was started. */
  readonly surplus?: Surplus
  readonly tell?: (news: News) => void
}

/** Which runs are no longer kept. */
export interface Surplus {
  readonly choice: RunChoice
  /** Of those, given newest first, the ones that go; what was not counted yet stays in any case. */
  readonly of: (rows: ReadonlyArray<RunRow>) => ReadonlyArray<RunRow>
}

/** What happens to what is kept. */
export type News =
  | { readonly type: "decided"; readonly fire: Fire; readonly instead: ReadonlyArray<string> }
  | { readonly type: "waiting"; readonly until: number | undefined }
  | { readonly type: "ended"; readonly why: string }
  | { readonly type: "failed"; readonly why: string }
  /** Whoever keeps it was told to stop. */
  | { readonly type: "closed" }
  /** An instant that was to start a run has started one already. */
  | { readonly type: "known"; readonly fire: Fire }
