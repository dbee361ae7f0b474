/**
 * The journal: what the engine needs of storage. Every write is enqueued synchronously, in order, and all that is
 * pending is committed together once per event-loop turn; a crash keeps a prefix of what was enqueued, never a gap.
 *
 * Owns: order, atomic groups, ownership of runs by processes, permits, commands between processes, notices of change.
 * Does not own: what events mean (`run/`), when they are written (`engine/`).
 *
 * Invariants
 * - J1 `append` is all-or-nothing, and no later append is durable before an earlier one.
 * - J2 `done` is called exactly once per append, after the group
 *   that holds it is durable, or with the error that lost it.
 * - J3 A process that was declared dead (fenced) can never commit again: its appends fail with reason `Fenced`.
 * - J4 After a failed group the journal is closed for writing:
 *   everything queued and all later appends fail with the same error.
 *   An append that is refused because of what it holds (`concernsOneAppend`) closes nothing: J6.
 * - J5 Permits are granted in the transaction that asks for them, frees them or changes their limit, by the rule of
 *   `lock/grant.ts`; only runs that a living process owns are granted any.
 * - J6 An append with values that storage cannot hold, or with an event that is there already, fails with reason
 *   `Invalid` or `Conflict`, and so do all later ones about its run until the run is claimed again; everything else is
 *   committed.
 */
import * as Context from "effect/Context"
import type { ArtifactRows, ArtifactWrite } from "./ArtifactRows.ts"
import type { PermitRequest, PermitRow, SemaphoreRow } from "../lock/Permit.ts"
import type { Recorded, RunKind } from "../run/Event.ts"
import type { RunChoice } from "../run/select/runChoice.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { JournalError } from "./JournalError.ts"

/** One line of a node's log. */
export interface LogLine {
  readonly run: number
  readonly path: string
  readonly attempt: number
  readonly at: number
  readonly level: "debug" | "info" | "warn" | "error"
  readonly text: string
}

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
 * `run` replaces all of a row but `owner`, which becomes `null` when the run has ended. `delete` removes a run with all
 * that belongs to it; plans and definitions stay.
 *
 * `request` asks for permits for one path of an open run (`at`: milliseconds since the epoch). One that repeats what is
 * there keeps its place, and is told again when it is granted already; with other takes it waits again in its old
 * place. A request of a run that has ended, or that takes nothing, is ignored. `release` drops the request of exactly
 * this path, waiting or granted. The end of a run drops all its requests. `semaphore` replaces a limit, its source and
 * its problem.
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
  | { readonly kind: "request"; readonly row: PermitRequest; readonly at: number }
  | { readonly kind: "release"; readonly run: number; readonly path: string }
  | { readonly kind: "semaphore"; readonly row: SemaphoreRow }
  /** An instant has come from which permits of this rate are there again. */
  | { readonly kind: "refill"; readonly name: string; readonly at: number }
  /**
   * `ifEnded`: only a run that has ended and that nobody executes;
   * `ifExpiredAt`: only such a one whose time has come by then.
   */
  | { readonly kind: "delete"; readonly run: number; readonly ifEnded?: true; readonly ifExpiredAt?: number }
  | ArtifactWrite

/**
 * A request to a run, from any process. `args` and `answer`
 * are JSON text; `answer` is `null` until the owner has acted.
 */
export interface Command {
  readonly id: number
  readonly run: number
  readonly verb: string
  readonly args: string
  readonly answer: string | null
}

/** A place in a list of runs: any row is one, and stays one when its run was deleted. */
export type RunCursor = Pick<RunRow, "createdAt" | "key">

/** Which runs to list; newest first. */
export interface RunQuery extends RunChoice {
  /** Only runs that come after this place in the list (for paging). */
  readonly before?: RunCursor
  /** Leaves out the newest N of these; default 0. */
  readonly skip?: number
  /** At most this many; default 100, `Infinity` for all. */
  readonly limit?: number
}

/** Which runs to claim. */
export interface ClaimOptions {
  readonly workflows?: ReadonlyArray<string>
  /** With `workflows`: also those of these kinds for which a definition is kept, whatever their workflow. */
  readonly kinds?: ReadonlyArray<RunKind>
  readonly run?: number
}

/** A request with the living process that executes its run; `null` when none does, and then it is not served. */
export interface OwnedPermit extends PermitRow {
  readonly owner: number | null
}

/** A semaphore and how many of its permits are held, or, of a rate, used up (to a thousandth) and not there again. */
export interface HeldSemaphore extends SemaphoreRow {
  readonly held: number
}

/**
 * Something changed: a commit touched runs (here or in another process), commands wait, a request of a run of this
 * process was granted (told once, after the answers of the commit that granted it), the request of this process that is
 * next at a rate can be served from an instant on (whoever hears it writes a `refill` then), another process died, or
 * gave an open run back for anybody to take.
 */
export type Notice =
  | { readonly type: "committed"; readonly runs: ReadonlySet<number> }
  | { readonly type: "foreign" }
  | { readonly type: "commands" }
  | { readonly type: "granted"; readonly run: number; readonly path: string }
  | { readonly type: "refill"; readonly name: string; readonly at: number }
  | { readonly type: "died"; readonly process: number }
  | { readonly type: "freed" }

/** What the engine needs of storage. Methods that return directly are synchronous and throw `JournalError`. */
export interface JournalShape {
  /** Rows of artifacts. */
  readonly artifacts: ArtifactRows
  /** The ended runs that retention deletes by `now`, the longest due first; none that somebody is about to retry. */
  readonly expired: (now: number, limit: number) => ReadonlyArray<RunRow>
  /** The earliest instant at which retention has something to do. */
  readonly nextExpiry: () => number | undefined
  /** This process's number in the file: its name as an owner and its fencing token. */
  readonly process: number
  /** A new run key, unique in the file, growing within one process. */
  readonly nextKey: () => number
  readonly append: (writes: ReadonlyArray<Write>, done?: (error: JournalError | undefined) => void) => void
  /** Commits at once what is queued, for orderly closing. */
  readonly flush: () => void
  readonly findRun: (id: string) => RunRow | undefined
  readonly getRun: (key: number) => RunRow | undefined
  readonly listRuns: (filter: RunQuery) => ReadonlyArray<RunRow>
  /** Nodes of one run, in the order of their paths. */
  readonly nodes: (run: number) => ReadonlyArray<NodeRow>
  /** Events of one run with `seq > after`, ascending, at most `limit` (default all). */
  readonly events: (run: number, after: number, limit?: number) => ReadonlyArray<Recorded>
  readonly lastSeq: (run: number) => number
  /** Lines of one run or node in the order they were written, the latest `limit` of them (default all). */
  readonly logs: (run: number, path?: string, limit?: number) => ReadonlyArray<LogLine>
  readonly plan: (digest: string) => string | undefined
  /** The definition that is kept under a digest. */
  readonly definition: (digest: string) => string | undefined
  /**
   * Takes over open runs of these workflows that nobody alive executes, or any open run of dead processes when
   * `workflows` is absent; processes found dead are fenced in the same transaction. With `run`, only that run, even
   * when it has ended (to retry it).
   */
  readonly claim: (options: ClaimOptions) => ReadonlyArray<RunRow>
  /**
   * Gives runs back without ending them (the process closes, or cannot execute them). What they hold is free for others
   * at once; their requests keep their places and are served again once somebody claims the runs. The same holds for
   * runs of the dead.
   */
  readonly release: (runs: ReadonlyArray<number>) => void
  /** As `release`, and tells the other processes that they may take the runs over. */
  readonly offer: (runs: ReadonlyArray<number>) => void
  readonly isAlive: (process: number) => boolean
  /** Stores a command and wakes the run's owner; returns its id. */
  readonly send: (run: number, verb: string, args: string) => number
  /** Unanswered commands of runs this process owns, oldest first. */
  readonly inbox: () => ReadonlyArray<Command>
  readonly command: (id: number) => Command | undefined
  /** Requests for one name or all: holders since the longest first, then those that wait in the order of their turn. */
  readonly permits: (name?: string) => ReadonlyArray<OwnedPermit>
  /** All semaphores that were ever written, by name. */
  readonly semaphores: () => ReadonlyArray<HeldSemaphore>
  /**
   * Takes its permits from a holder by hand, whatever it still does;
   * answers whether it held any. Recording it is up to the caller.
   */
  readonly break: (run: number, path: string) => boolean
  /** Calls back on every notice until the returned function is called. */
  readonly subscribe: (listener: (notice: Notice) => void) => () => void
  /** Asks other processes to send `foreign` notices for their commits while at least one watch is open. */
  readonly watch: () => () => void
  readonly close: () => void
}

/** The journal service. */
export class Journal extends Context.Service<Journal, JournalShape>()("pinnace/journal/Journal") {}
