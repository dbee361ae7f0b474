/** What somebody did about runs: told by events, and kept beside them. */
import type { Actor } from "./actor.ts"
import type { Event } from "./Event.ts"

/** What somebody did, for those who ask later. */
export interface Deed {
  /** When, in milliseconds since the epoch. */
  readonly at: number
  /** Who. */
  readonly by: Actor
  /** What: a command, or `"delete"`, `"set limit"`, `"break permit"`, `"gc"`, `"compact"`, `"restore"`. */
  readonly did: string
  /** The id of the run; absent where it was about none. */
  readonly run?: string
  /** The name of its workflow. */
  readonly workflow?: string
  /** The path of the node. */
  readonly node?: string
  /** What was said about it. */
  readonly message?: string
}

/** The cells that deeds are kept in, by time: they outlive the runs that they are about. */
export const deedSpace = "audit"

/** How long a deed is kept, in milliseconds: 400 days. */
export const deedMillis = 400 * 24 * 3_600_000

/** The key of a deed: its time, and numbers that make it one and keep those of a run in their order. */
export const deedKey = (at: number, ...numbers: ReadonlyArray<number>): string =>
  [at, ...numbers].map((it) => String(it).padStart(16, "0")).join(".")

/** What an event tells of somebody's deed; `undefined` where it tells of none. A start is told by its own event. */
export const deedOf = (event: Event): Pick<Deed, "by" | "did" | "message" | "node"> | undefined => {
  if (!("by" in event) || event.by === undefined || event.type === "RunCreated") return undefined
  const { by } = event
  switch (event.type) {
    case "RunStopping":
      return {
        by,
        did: event.mode === "undo" ? "terminate" : event.mode,
        ...(event.message === undefined ? {} : { message: event.message })
      }
    case "NodeSignalled":
      return { by, did: "signal", node: event.path }
    case "RunRetried":
      return { by, did: event.undo === true ? "compensate" : "retry" }
    default:
      return { by, did: verbs[event.type] }
  }
}

const verbs = { RunSuspended: "suspend", RunResumed: "resume", RunMigrated: "migrate" } as const
