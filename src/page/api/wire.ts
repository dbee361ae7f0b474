/** What the server tells, as far as the page reads it. */
import type { ArtifactView as Artifact, LogView as Line, RunView as RunOfList } from "../../run/view.ts"
import type { RetryPlan } from "../../engine/life/resets.ts"
import type { PermitView, SemaphoreView } from "../../engine/observe/locks.ts"
import type { Why } from "../../engine/observe/why.ts"
import type { AgainEstimate } from "../../view/again.ts"
import type { Recorded } from "../../run/Event.ts"

/** A run of a list. */
export type Run = RunOfList
/** A line of a log. */
export type LogLine = Line
/** An artifact. */
export type ArtifactRow = Artifact
/** An event with its place. */
export type Told = Recorded

/** Who the server is. */
export interface Session {
  readonly who: string
  readonly now: number
  readonly readOnly: boolean
  /** What whoever runs the server tells all who look; servers of before had none. */
  readonly board?: { readonly title: string; readonly lines: ReadonlyArray<string> } | null
  readonly process: number
  readonly workflows: ReadonlyArray<string>
  readonly limits: Readonly<Record<string, number>>
}

/** A link of the chain that says why something waits. */
export type Cause = Why

/** What a retry, a fork or a resubmission would do, and how long that takes, where something tells. */
export interface AgainPlan extends RetryPlan {
  readonly estimate?: AgainEstimate
}

/** Who holds or wants a permit. */
export type Permit = PermitView

/** A semaphore. */
export type Semaphore = SemaphoreView

/** A line of the stream. */
export type StreamLine =
  | { readonly t: "hello"; readonly sid: string; readonly now: number }
  | { readonly t: "e" } & { readonly run: string; readonly seq: number; readonly at: number }
  | { readonly t: "end" | "gone"; readonly run: string }
  | { readonly t: "gap"; readonly run: string; readonly from: number; readonly to: number }
  | { readonly t: "run"; readonly run: Run }
  | { readonly t: "list" }
  | { readonly t: "session" }
  | { readonly t: "beat"; readonly now: number }
  | { readonly t: "closed" }
