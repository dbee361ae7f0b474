/**
 * The closed union of facts: the only truth that is ever stored.
 * Values inside are already encoded as JSON; rows are folds of these.
 */
import type { Actor } from "./actor.ts"
import type { CacheMode } from "./cacheMode.ts"
import type { SavedArtifact } from "./ArtifactRow.ts"
import type { Reason, TerminalPhase, Waiting } from "./Phase.ts"

/** Any JSON value. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** What a run is: how its definition was written. */
export type RunKind = "typed" | "manifest"

/** How a run is ended by hand: `"undo"` is `"terminate"` once what it did is undone. */
export type Stopping = "stop" | "undo" | "terminate"

/** What a node is: the program that runs beneath its path. */
export type NodeKind = "task" | "workflow" | "map" | "suspend" | "run" | "exit" | "hook" | "compensate"

/** An error as it crosses the journal; `data` is present when a declared error schema encoded it. */
export interface EncodedError {
  /** The name of its kind: the `_tag` of a typed error, or the name of its class. */
  readonly tag: string
  /** What went wrong, for people. */
  readonly message: string
  /** The typed error as its declared schema encoded it. */
  readonly data?: Json
  /** The stack trace; absent where the error had none. */
  readonly stack?: string
  /** `file:line:column` of the first frame of the author's own code. */
  readonly at?: string
  /** The error that led to it, where it names one. */
  readonly cause?: EncodedError
  /** The members of an `AggregateError`. */
  readonly errors?: ReadonlyArray<EncodedError>
}

/** How a node or run ended. `cause` is the path of the node whose failure this one passes on. */
export interface Ending {
  /** How it ended. */
  readonly phase: TerminalPhase
  /** The short code of why, for programs. */
  readonly reason?: Reason
  /** Why, for people. */
  readonly message?: string
  /** The value it ended with; absent where it has none. */
  readonly output?: Json
  /** The error it ended with; absent where there was none. */
  readonly error?: EncodedError
  /** The path of the node whose failure this one passes on. */
  readonly cause?: string
}

/**
 * How a node is shown, where that is more than its path and its plan
 * say: as much as anybody needs who does not have its definition.
 */
export interface Shown {
  /** The name as Argo writes it in the status of a node. */
  readonly name: string
  /** The name that people see, without the names around it. */
  readonly displayName: string
  /** The type of node as Argo names it. */
  readonly type: string
}

/** Where a run came from when it was not started afresh. */
export interface Origin {
  /** The id of the run it was made from. */
  readonly run: string
  /** Whether it was resubmitted, forked, or continued by a flow that began anew. */
  readonly how: "resubmit" | "fork" | "continue"
  /** The span of that run; absent where nobody traced it. */
  readonly span?: { readonly traceId: string; readonly spanId: string }
}

/** A part of what tells one result from another: its name, a digest, and digests of the fields of an input. */
export type CachePart =
  | readonly [name: string, digest: string]
  | readonly [name: string, digest: string, fields: Readonly<Record<string, string>>]

/** Under what a node's result is remembered, or why it is not. */
export type CacheNote =
  | { readonly name: string; readonly key: string; readonly parts: ReadonlyArray<CachePart> }
  | { readonly name: string; readonly off: string }

/** Where a reused result comes from. */
export interface Reused {
  /** The path of the node that computed it. */
  readonly path: string
  /** The key under which it was remembered. */
  readonly key: string
  /** When it was remembered. */
  readonly at: number
  /** How long it took to compute, in milliseconds. */
  readonly millis: number
}

/** The trace that a run belongs to. */
export interface Trace {
  /** The id of the trace: 32 hexadecimal digits. */
  readonly traceId: string
  /** The span in which it was started; absent where there was none. */
  readonly spanId?: string
  /** Whether whoever began the trace asked that its spans are sent. */
  readonly sampled: boolean
}

/** A metric that a definition asks for, as it was emitted. */
export interface EmittedMetric {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** What the value does to a gauge; absent where it becomes it. */
  readonly operation?: "add" | "sub"
  /** Upper bounds of a histogram, ascending. */
  readonly buckets?: ReadonlyArray<number>
  /** Whether it is told until its run has ended, and no longer. */
  readonly passing?: true
}

/** What was decided about a run by the start policies of its workflow, in the commit that created it. */
export interface StartRule {
  /** The instant before which it does not begin, in milliseconds since the epoch: its turn of a throttle. */
  readonly after?: number
  /** The cell with its latest input and the instant at which it begins (debounce). */
  readonly debounce?: string
  /** The cell that says which run of its key is open (singleton). */
  readonly singleton?: string
  /** The key of which one run works at a time; it waits for the others. */
  readonly line?: string
  /** The run whose place it takes. */
  readonly replaces?: string
}

/** Facts about the run as a whole. */
export type RunEvent =
  | {
    readonly type: "RunCreated"
    readonly workflow: string
    readonly digest: string
    readonly input: Json
    readonly priority: number
    readonly labels: Readonly<Record<string, string>>
    readonly origin?: Origin
    /** Absent for typed runs. */
    readonly kind?: RunKind
    /** The digest of the definition that is kept for it; absent where none is. */
    readonly definition?: string
    /** Whether nothing of it works before it is resumed; default false. */
    readonly suspended?: boolean
    /** Absent where nobody traced it. */
    readonly trace?: Trace
    /** Absent where its workflow has no start policies. */
    readonly rule?: StartRule
    /** Who started it; absent where nobody is known to have. */
    readonly by?: Actor
  }
  /** It begins with another input than it was created with: a later start that became the same run. */
  | { readonly type: "RunInputReplaced"; readonly input: Json }
  | { readonly type: "RunStarted"; readonly owner: number }
  /** Its process left it in an orderly way: nothing of it was cut off by a death. */
  | { readonly type: "RunLeft" }
  | { readonly type: "RunHeld"; readonly message: string }
  /** It goes on with another version of its workflow. */
  | {
    readonly type: "RunMigrated"
    readonly workflow: string
    readonly digest: string
    /** What of its record does not count any more; all else belongs to the same new epoch. */
    readonly lost?: { readonly epoch: number; readonly reset: ReadonlyArray<string> }
    readonly by?: Actor
  }
  /** The metrics that a node, which has just ended, was to emit; `of` is its path. */
  | { readonly type: "MetricsEmitted"; readonly of: string; readonly metrics: ReadonlyArray<EmittedMetric> }
  | { readonly type: "RunSuspended"; readonly by?: Actor }
  | { readonly type: "RunResumed"; readonly by?: Actor }
  /** Its main part has failed, and what it did is being undone. */
  | { readonly type: "RunCompensating" }
  | {
    readonly type: "RunStopping"
    /** `"undo"`: as `"terminate"`, but what the run did is undone before it ends. */
    readonly mode: Stopping
    readonly message?: string
    readonly by?: Actor
  }
  | {
    readonly type: "RunRetried"
    readonly epoch: number
    readonly reset: ReadonlyArray<string>
    readonly input?: Json
    /** How results are reused from now on. */
    readonly cache?: CacheMode
    /** Nothing runs again: what it did is undone, and it ends. */
    readonly undo?: true
    readonly by?: Actor
  }
  /** `deleteAt`: the instant from which retention deletes it, in milliseconds since the epoch. */
  | { readonly type: "RunFinished"; readonly ending: Ending; readonly deleteAt?: number }

/** Facts about one node, named by its path. */
export type NodeEvent =
  | {
    readonly type: "NodeStarted"
    readonly path: string
    readonly kind: NodeKind
    readonly input?: Json
    readonly shows?: Shown
    /**
     * How many attempts its policy allows; absent where that has no bound, without a policy, and in files of before.
     */
    readonly attempts?: number
    /** Present where its result may be reused. */
    readonly cache?: CacheNote
    /** The pool on which it runs. */
    readonly on?: string
    /** Whether its task says how to undo what it did. */
    readonly undo?: true
    /** The permits that it holds as it begins; absent for none, and in files of before. */
    readonly takes?: ReadonlyArray<readonly [semaphore: string, permits: number]>
  }
  /**
   * The second and later attempts, and any attempt that is begun
   * again after a crash; the first one begins with `NodeStarted`.
   */
  | {
    readonly type: "AttemptStarted"
    readonly path: string
    readonly attempt: number
    readonly rerun: number
    /** As in `NodeStarted`, by the policy that holds now. */
    readonly attempts?: number
    /** As in `NodeStarted`. */
    readonly on?: string
    /** As in `NodeStarted`. */
    readonly takes?: ReadonlyArray<readonly [semaphore: string, permits: number]>
  }
  | {
    readonly type: "AttemptFailed"
    readonly path: string
    readonly attempt: number
    readonly phase: "Failed" | "Error"
    readonly reason: Reason
    /** As the outcome of the attempt was told; absent in files of before. */
    readonly message?: string
    readonly error: EncodedError
    /** Milliseconds until the next attempt. */
    readonly delay: number
    /** Instant of the next attempt, in milliseconds since the epoch. */
    readonly nextAt: number
  }
  | {
    readonly type: "NodeWaiting"
    readonly path: string
    /** Present when the node waits before it begins. */
    readonly kind?: NodeKind
    /** As in `NodeStarted`, so that it is shown while it waits to begin. */
    readonly shows?: Shown
    readonly waiting: Waiting
    readonly until?: number
    /** Why the value it was given before it began is none that it waits for; it waits for another. */
    readonly refused?: string
  }
  | {
    readonly type: "NodeSignalled"
    readonly path: string
    /** Present when the value came before its node began. */
    readonly kind?: NodeKind
    readonly value: Json
    readonly by?: Actor
  }
  | {
    readonly type: "NodeProgress"
    readonly path: string
    readonly done: number
    readonly total: number
    readonly note?: string
  }
  /** In the same append as the end of its attempt: the bytes are stored, and from here on they are known. */
  | {
    readonly type: "ArtifactSaved"
    readonly path: string
    readonly attempt: number
    readonly artifact: SavedArtifact
  }
  | {
    readonly type: "NodeFinished"
    readonly path: string
    /** Present when the node ends without ever having started. */
    readonly kind?: NodeKind
    readonly ending: Ending
    /** The run whose record was reused (memoized resubmit or fork, or a remembered result). */
    readonly from?: string
    /** With `from`: the remembered result that it ended with. */
    readonly reused?: Reused
    /** With `from`: what the node was given there; absent in files of before. */
    readonly shows?: Shown
    readonly input?: Json
  }

/** A fact. */
export type Event = RunEvent | NodeEvent

/** A fact with its place: `seq` counts from 1 within its run; `at` is milliseconds since the epoch (UTC). */
export interface Recorded {
  /** The id of the run. */
  readonly run: string
  /** Its place in the run, from 1, without gaps. */
  readonly seq: number
  /** When it was recorded, in milliseconds since the epoch. */
  readonly at: number
  /** What happened. */
  readonly event: Event
}
