/**
 * The rows that events fold into. Payloads stay in their events: a
 * row names the event (`inputSeq`, `resultSeq`) that holds them.
 */
import type { NodeKind, RunKind, Stopping } from "./Event.ts"
import type { Phase, Reason, Waiting } from "./Phase.ts"

/** The current state of one run. Times are milliseconds since the epoch; `0` means "not yet". */
export interface RunRow {
  /** Integer identity inside one state file. */
  readonly key: number
  readonly id: string
  readonly workflow: string
  readonly digest: string
  readonly kind: RunKind
  /**
   * The digest of the definition that is kept for it and with
   * which it goes on; `null` where that of this program is taken.
   */
  readonly definition: string | null
  readonly phase: Phase
  readonly reason: Reason | null
  readonly message: string | null
  /** 1 for the first execution, one more for each manual retry. */
  readonly epoch: number
  readonly priority: number
  readonly labels: Readonly<Record<string, string>>
  /** The process that executes the run, or `null`. Column of its own: written by claims, not by events. */
  readonly owner: number | null
  readonly suspended: boolean
  readonly stopping: Stopping | null
  /** Why no process executes this open run (for example a definition that is not registered), or `null`. */
  readonly held: string | null
  readonly origin: string | null
  readonly createdAt: number
  readonly startedAt: number
  readonly finishedAt: number
  readonly inputSeq: number
  readonly resultSeq: number
  /** The instant from which retention deletes the ended run. */
  readonly deleteAt: number
}

/** The current state of one node. */
export interface NodeRow {
  readonly run: number
  readonly path: string
  readonly kind: NodeKind
  readonly phase: Phase
  readonly reason: Reason | null
  readonly message: string | null
  readonly epoch: number
  /** The number of the latest attempt, from 1; 0 before the first. */
  readonly attempt: number
  /** How many attempts the policy allows in this epoch; 0 where that has no bound or was not recorded. */
  readonly attempts: number
  /**
   * Attempts of earlier epochs that lie before the resumed one:
   * attempt n has its children beneath `attempt(path, base + n)`.
   */
  readonly base: number
  /** How often the latest attempt was begun again because its process died. */
  readonly reruns: number
  readonly waiting: Waiting | null
  /** The instant a wait ends, when it has one. */
  readonly until: number
  readonly progress: { readonly done: number; readonly total: number; readonly note?: string } | null
  readonly startedAt: number
  readonly finishedAt: number
  /** The event that says what went into it and how it is shown. */
  readonly inputSeq: number
  readonly signalSeq: number
  readonly resultSeq: number
}
