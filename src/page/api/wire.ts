/** What the server tells, as far as the page reads it. */
import type { ArtifactView as Artifact, LogView as Line, RunView as RunOfList } from "../../run/view.ts"
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
  readonly process: number
  readonly workflows: ReadonlyArray<string>
  readonly limits: Readonly<Record<string, number>>
}

/** A link of the chain that says why something waits. */
export interface Cause {
  readonly path: string
  readonly because: string
  readonly kind?: "running" | "unknown" | "unowned"
  readonly cause?: string
}

/** What a retry would do. */
export interface RetryPlan {
  readonly reset: ReadonlyArray<{ readonly path: string; readonly why: string }>
  readonly keep: number
}

/** Who holds or wants a permit. */
export interface Permit {
  readonly run: string
  readonly node: string
  readonly weight: number
  readonly since: number
  readonly process?: number
  readonly reason?: string
}

/** A semaphore. */
export interface Semaphore {
  readonly name: string
  readonly limit?: number
  readonly per?: number
  readonly source: string
  readonly problem?: string
  readonly held: number
  readonly holders: ReadonlyArray<Permit>
  readonly queue: ReadonlyArray<Permit>
}

/** A line of the stream. */
export type StreamLine =
  | { readonly t: "hello"; readonly sid: string; readonly now: number }
  | { readonly t: "e" } & { readonly run: string; readonly seq: number; readonly at: number }
  | { readonly t: "end" | "gone"; readonly run: string }
  | { readonly t: "gap"; readonly run: string; readonly from: number; readonly to: number }
  | { readonly t: "run"; readonly run: Run }
  | { readonly t: "list" }
  | { readonly t: "beat"; readonly now: number }
  | { readonly t: "closed" }
