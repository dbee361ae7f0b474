/**
 * What storage is asked, and how it answers: `Reads` change nothing, `Claims` change who owns what. An answer may be
 * out of date by the time it
 * is used, so whoever acts on one claims first and reads then.
 */
import * as Effect from "effect/Effect"
import type { PermitRow, SemaphoreRow } from "../lock/Permit.ts"
import type { Recorded, RunKind } from "../run/Event.ts"
import type { PhaseCounts } from "../run/Phase.ts"
import type { LineChoice } from "../run/select/lineChoice.ts"
import type { RunChoice } from "../run/select/runChoice.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { ArtifactReadsNow } from "./ArtifactRows.ts"
import { JournalError } from "./JournalError.ts"

/** One line of a node's log. */
export interface LogLine {
  readonly run: number
  readonly path: string
  readonly attempt: number
  readonly at: number
  readonly level: "debug" | "info" | "warn" | "error"
  readonly text: string
  /** The fields of the line, as the text of a JSON object. */
  readonly data?: string
}

/** A line as storage has it. */
export type StoredLine<Line extends LogLine> = Omit<Line, "data"> & { readonly data: string | null }

/** The line without the fields that it has not. */
export const bareLine = <Line extends LogLine>({ data, ...line }: StoredLine<Line>): Line =>
  (data === null ? line : { ...line, data }) as Line

/** A line with its place: `id` grows within a run, and stays the line's own. */
export interface PlacedLine extends LogLine {
  readonly id: number
}

/** Which lines of a log to list, the first ones first. */
export interface LineQuery extends LineChoice {
  /** Leaves out the first N of these; default 0. */
  readonly skip?: number
  /** At most this many; default all. */
  readonly limit?: number
}

/**
 * A request to a run, from any process. `args` and `answer` are JSON text; `answer` is `null` until the owner has
 * acted.
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

/** A result that is remembered under a key of a cache, for nodes of any run. */
export interface MemoRow {
  readonly cache: string
  readonly key: string
  /** JSON text. */
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Where it came from, which may be gone. */
  readonly runId: string
  readonly path: string
  /** What the key was made of, as JSON text that storage does not know. */
  readonly parts: string
  /** How long it took to compute, in milliseconds. */
  readonly millis: number
}

/**
 * A small value under a name that several processes change: whoever replaces it says what it was. Spaces are kept
 * apart; within one, keys of ASCII characters are in their order.
 */
export interface Cell {
  readonly space: string
  readonly key: string
  /** JSON text. */
  readonly data: string
}

/** Which cells of a space to list, in the order of their keys. */
export interface CellQuery {
  /** Only keys that are not before this one. */
  readonly from?: string
  /** Only keys before this one. */
  readonly before?: string
  /** The last ones first; default false. */
  readonly backwards?: boolean
  /** Default all. */
  readonly limit?: number
}

/** A remembered result without its value, and how it was used. */
export interface MemoSummary extends Omit<MemoRow, "value"> {
  /** Bytes of its value. */
  readonly size: number
  readonly usedAt: number
  readonly uses: number
  /** How long it is reused as its author says, in milliseconds; `null` for ever. */
  readonly ttl: number | null
}

/** Which remembered results to list, newest first. */
export interface MemoQuery {
  readonly cache?: string
  /** Default 1,000. */
  readonly limit?: number
  /** In the order of cache and key, those beyond this place; default the newest first. */
  readonly beyond?: readonly [cache: string, key: string]
}

/** Questions whose answers may come later. */
export type Asked<A> = {
  readonly [K in keyof A]: A[K] extends (...args: infer P) => infer R ? (...args: P) => Effect.Effect<R, JournalError>
    : never
}

/** What can be read, by storage that answers at once; throws `JournalError`. */
export interface ReadsNow {
  /** The ended runs that retention deletes by `now`, the longest due first; none that somebody is about to retry. */
  readonly expired: (now: number, limit: number) => ReadonlyArray<RunRow>
  /** The earliest instant at which retention has something to do. */
  readonly nextExpiry: () => number | undefined
  readonly findRun: (id: string) => RunRow | undefined
  readonly getRun: (key: number) => RunRow | undefined
  readonly listRuns: (filter: RunQuery) => ReadonlyArray<RunRow>
  /** How many runs of each phase are meant; a phase that none is in is absent. */
  readonly countRuns: (choice: RunChoice) => PhaseCounts
  /** Nodes of one run, in the order of their paths. */
  readonly nodes: (run: number) => ReadonlyArray<NodeRow>
  readonly node: (run: number, path: string) => NodeRow | undefined
  /** A node and those beneath it, in the order of their paths. */
  readonly nodesWithin: (run: number, path: string) => ReadonlyArray<NodeRow>
  /** Events of one run with `seq > after`, ascending, at most `limit` (default all). */
  readonly events: (run: number, after: number, limit?: number) => ReadonlyArray<Recorded>
  /** Those of the events of a run that have these numbers, ascending. */
  readonly eventsAt: (run: number, seqs: ReadonlyArray<number>) => ReadonlyArray<Recorded>
  /** Events of one node with `first <= seq <= last`, ascending. */
  readonly eventsOf: (run: number, path: string, first: number, last: number) => ReadonlyArray<Recorded>
  readonly lastSeq: (run: number) => number
  /** Lines of one run in the order they were written, the latest `limit` of those that are meant (default all). */
  readonly logs: (run: number, choice?: LineChoice, limit?: number) => ReadonlyArray<LogLine>
  /** Lines of one run that were written after the one of this `id`, in their order; 0 stands before the first line. */
  readonly logsAfter: (run: number, after: number, query?: LineQuery) => ReadonlyArray<PlacedLine>
  /** How many lines of one run are meant. */
  readonly countLogs: (run: number, choice?: LineChoice) => number
  readonly plan: (digest: string) => string | undefined
  /** The definition that is kept under a digest. */
  readonly definition: (digest: string) => string | undefined
  /** The latest result that was remembered under a key. */
  readonly memo: (cache: string, key: string) => MemoRow | undefined
  readonly memos: (filter: MemoQuery) => ReadonlyArray<MemoSummary>
  readonly cell: (space: string, key: string) => Cell | undefined
  readonly cells: (space: string, query?: CellQuery) => ReadonlyArray<Cell>
  readonly isAlive: (process: number) => boolean
  /** Unanswered commands of runs this process owns, oldest first. */
  readonly inbox: () => ReadonlyArray<Command>
  readonly command: (id: number) => Command | undefined
  /** Requests for one name or all: holders since the longest first, then those that wait in the order of their turn. */
  readonly permits: (name?: string) => ReadonlyArray<OwnedPermit>
  /** All semaphores that were ever written, by name. */
  readonly semaphores: () => ReadonlyArray<HeldSemaphore>
}

/** What changes who owns what, by storage that answers at once; throws `JournalError`. */
export interface ClaimsNow {
  /**
   * Takes over open runs of these workflows that nobody alive executes, or any open run of dead processes when
   * `workflows` is absent;
   * processes found dead are fenced in the same transaction. With `run`, only that run, even when it has ended (to
   * retry it).
   */
  readonly claim: (options: ClaimOptions) => ReadonlyArray<RunRow>
  /**
   * Gives runs back without ending them (the process closes, or cannot execute them). What they hold is free for others
   * at once; their
   * requests keep their places and are served again once somebody claims the runs. The same holds for runs of the dead.
   */
  readonly release: (runs: ReadonlyArray<number>) => void
  /** As `release`, and tells the other processes that they may take the runs over. */
  readonly offer: (runs: ReadonlyArray<number>) => void
  /** Stores a command and wakes the run's owner; returns its id. */
  readonly send: (run: number, verb: string, args: string) => number
  /**
   * Takes its permits from a holder by hand, whatever it still does; answers whether it held any. Recording it is up to
   * the caller.
   */
  readonly break: (run: number, path: string) => boolean
}

/** What can be read. */
export type Reads = Asked<ReadsNow> & { readonly artifacts: Asked<ArtifactReadsNow> }

/** What changes who owns what. */
export type Claims = Asked<ClaimsNow>

/** How often storage is asked again that stays locked, and after how long each time: a busy machine may need that. */
const patience = { tries: 15, pause: 100 }

/** An answer that is there at once; while another process keeps storage locked, it is asked for again. */
export const answered = <A>(look: () => A, tries: number = patience.tries): Effect.Effect<A, JournalError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(look())
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      if (!error.isRetryable || tries === 0) return Effect.fail(error)
      return Effect.andThen(Effect.sleep(patience.pause), answered(look, tries - 1))
    }
  })

type Answers<A> = { readonly [K in keyof A]: (...args: never) => unknown }

/** Questions to storage that answers at once. */
const asked = <A extends Answers<A>>(now: A): Asked<A> =>
  Object.fromEntries(
    Object.entries<(...args: ReadonlyArray<unknown>) => unknown>(now as never).map(([name, look]) => [
      name,
      (...args: ReadonlyArray<unknown>) => answered(() => look(...args))
    ])
  ) as Asked<A>

/** What storage that answers at once is made of. */
export interface AnswersNow {
  readonly reads: ReadsNow
  readonly claims: ClaimsNow
  readonly artifacts: ArtifactReadsNow
}

/** The same as effects. */
export const answering = (
  { artifacts, claims, reads }: AnswersNow
): { readonly reads: Reads; readonly claims: Claims } => ({
  reads: { ...asked(reads), artifacts: asked(artifacts) },
  claims: asked(claims)
})

/** How storage that answers at once is closed. */
export const closing = (close: () => void): { readonly close: () => void; readonly closed: Effect.Effect<void> } => ({
  close,
  closed: Effect.sync(close)
})
