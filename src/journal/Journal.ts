/**
 * The journal: what the engine needs of storage. Every write is enqueued synchronously, in order, and all that is
 * pending is committed
 * together once per event-loop turn; a crash keeps a prefix of what was enqueued, never a gap.
 *
 * What is asked of storage (`Reads.ts`) is answered at once by memory and by a file, and later by a server: callers get
 * effects.
 *
 * Owns: order, atomic groups, ownership of runs by processes, permits, commands between processes, notices of change.
 * Does not own: what events mean (`run/`), when they are written (`engine/`).
 *
 * Invariants
 * - J1 `append` is all-or-nothing, and no later append is durable before an earlier one.
 * - J2 `done` is called exactly once per append, after the group that holds it is durable, or with the error that lost
 *   it.
 * - J3 A process that was declared dead (fenced) can never commit again: its appends fail with reason `Fenced`.
 * - J4 After a failed group the journal is closed for writing: everything queued and all later appends fail with the
 *   same error.
 *   An append that is refused because of what it holds (`concernsOneAppend`) closes nothing: J6.
 * - J5 Permits are granted in the transaction that asks for them, frees them or changes their limit, by the rule of
 *   `lock/grant.ts`; only runs that a living process owns are granted any.
 * - J6 An append with values that storage cannot hold, or with an event that is there already, fails with reason
 *   `Invalid` or `Conflict`, and so do all later ones about its run until the run is claimed again; everything else is
 *   committed.
 */
import type * as Effect from "effect/Effect"
import type { ArtifactNames, ArtifactWrite } from "./ArtifactRows.ts"
import type { PermitRequest, SemaphoreRow } from "../lock/Permit.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { JournalError } from "./JournalError.ts"
import type { Cell, Claims, LogLine, MemoRow, Reads } from "./Reads.ts"

export type {
  Cell,
  CellQuery,
  ClaimOptions,
  Command,
  HeldSemaphore,
  LineQuery,
  LogLine,
  MemoQuery,
  MemoRow,
  MemoSummary,
  OwnedPermit,
  PlacedLine,
  Reads,
  RunCursor,
  RunQuery
} from "./Reads.ts"

/** An event on its way to storage; `data` is the event as JSON text. */
export interface EventRow {
  readonly run: number
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly path: string | null
  readonly data: string
}

/**
 * One thing to write. `create` inserts a new run; if its id exists the whole append is refused with reason `Exists`.
 * `run` replaces all
 * of a row but `owner`, which becomes `null` when the run has ended. `delete` removes a run with all that belongs to
 * it; plans and definitions stay.
 *
 * `request` asks for permits for one path of an open run (`at`: milliseconds since the epoch). One that repeats what is
 * there keeps its
 * place, and is told again when it is granted already; with other takes it waits again in its old place. A request of a
 * run that has
 * ended, or that takes nothing, is ignored. `release` drops the request of exactly this path, waiting or granted. The
 * end of a run drops
 * all its requests. `semaphore` replaces a limit, its source and its problem; an `initial` one
 * only where no limit is known.
 */
export type Write =
  | { readonly kind: "create"; readonly row: RunRow }
  | { readonly kind: "event"; readonly row: EventRow }
  | { readonly kind: "run"; readonly row: RunRow }
  | { readonly kind: "node"; readonly row: NodeRow }
  | { readonly kind: "log"; readonly row: LogLine }
  | { readonly kind: "plan"; readonly digest: string; readonly workflow: string; readonly json: string }
  /** A definition that is data; the first one under a digest stands. */
  | { readonly kind: "definition"; readonly digest: string; readonly text: string }
  /** The first answer to a command stands. */
  | { readonly kind: "answer"; readonly command: number; readonly answer: string }
  /**
   * Takes the place of what is remembered under this key. `readers` are artifacts that it has handles of: they are kept
   * as long as it, unless they were to be deleted at the end of their run. `code` is a definition that goes with the
   * last result that names it; `ttl` is how long its author reuses it, in milliseconds, which storage does not mind.
   */
  | {
    readonly kind: "memo"
    readonly row: MemoRow
    readonly readers?: ReadonlyArray<string>
    readonly code?: { readonly digest: string; readonly text: string }
    readonly ttl?: number
  }
  /** It was used `uses` times more. */
  | {
    readonly kind: "memoUsed"
    readonly cache: string
    readonly key: string
    readonly at: number
    readonly uses: number
  }
  /** Those of this cache, of this key, remembered before this instant; without any of them all. */
  | { readonly kind: "forget"; readonly cache?: string; readonly key?: string; readonly before?: number }
  /** Keeps within these bounds: the least recently used go first, at most 100 at once. */
  | { readonly kind: "evict"; readonly entries: number; readonly bytes: number }
  /**
   * Replaces a cell; `null` stands for one that is not there. If it does not hold what it `was`, the whole append is
   * refused with reason `Stale`: somebody else was faster.
   */
  | ({ readonly kind: "cell"; readonly was: string | null; readonly data: string | null } & Omit<Cell, "data">)
  | { readonly kind: "request"; readonly row: PermitRequest; readonly at: number }
  | { readonly kind: "release"; readonly run: number; readonly path: string }
  | { readonly kind: "semaphore"; readonly row: SemaphoreRow; readonly initial?: true }
  /** An instant has come from which permits of this rate are there again. */
  | { readonly kind: "refill"; readonly name: string; readonly at: number }
  /**
   * `ifEnded`: only a run that has ended and that nobody executes; `ifExpiredAt`: only such a one whose time has come
   * by then.
   */
  | { readonly kind: "delete"; readonly run: number; readonly ifEnded?: true; readonly ifExpiredAt?: number }
  /** Goes on deleting what is left of deleted runs. Storage that deletes in pieces writes it for itself. */
  | { readonly kind: "sweep" }
  | ArtifactWrite

/**
 * Something changed: a commit touched runs (here or in another process), commands wait, a request of a run of this
 * process was granted
 * (told once, after the answers of the commit that granted it), the request of this process that is next at a rate can
 * be served from an
 * instant on (whoever hears it writes a `refill` then), another process died, or gave an open run back for anybody to
 * take; or this process may not go on: it was declared dead, or storage cannot be reached.
 */
export type Notice =
  | { readonly type: "committed"; readonly runs: ReadonlySet<number> }
  | { readonly type: "foreign" }
  | { readonly type: "commands" }
  | { readonly type: "granted"; readonly run: number; readonly path: string }
  | { readonly type: "refill"; readonly name: string; readonly at: number }
  | { readonly type: "died"; readonly process: number }
  | { readonly type: "freed" }
  | { readonly type: "lost"; readonly error: JournalError }

/** Writing: enqueued at once, in order, and told later. */
export interface Writes {
  readonly append: (writes: ReadonlyArray<Write>, done?: (error: JournalError | undefined) => void) => void
  /** Everything that was enqueued so far is durable, or lost. */
  readonly drained: Effect.Effect<void, JournalError>
}

/** What a process knows of itself without asking, and how it hears of others. */
export interface Live {
  /** This process's number in the file: its name as an owner and its fencing token. */
  readonly process: number
  /** A new run key, unique in the file, growing within one process. */
  readonly nextKey: () => number
  /** Calls back on every notice until the returned function is called. */
  readonly subscribe: (listener: (notice: Notice) => void) => () => void
  /** Asks other processes to send `foreign` notices for their commits while at least one watch is open. */
  readonly watch: () => () => void
  /**
   * Goes on under another number after this one was lost (`Incarnations.ts`); absent where a process that was lost is
   * over.
   */
  readonly renewed?: Effect.Effect<void, JournalError>
  readonly close: () => void
  /** Closes, and waits until storage has let go of this process. */
  readonly closed: Effect.Effect<void>
}

/** A volume, in bytes. */
export interface Room {
  /** What can still be written. */
  readonly free: number
  /** What it holds in all. */
  readonly size: number
}

/** What the engine needs of storage. */
export interface JournalShape extends Writes, Live {
  readonly reads: Reads
  readonly claims: Claims
  /** What artifacts are called. */
  readonly artifacts: ArtifactNames
  /** Writes a whole copy while it is in use; the target must not exist. Absent where storage has tools of its own. */
  readonly copy?: (path: string) => Effect.Effect<void, JournalError>
  /** The volume that it writes to; absent, or `undefined`, where that is not known. */
  readonly room?: () => Room | undefined
}
