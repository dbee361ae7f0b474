/**
 * A run while this process executes it: the tree of open nodes, what a
 * node is told to do, and the programs that call each other through it.
 *
 * Owns: fibers of open nodes, their children, why they are being cancelled, who waits for signals.
 * Does not own: rows (the ledger does), what nodes do (programs), what commands mean (`control.ts`).
 * Invariants
 * - T1 A cancelled node keeps its first reason.
 * - T2 `stop` reaches every open leaf beneath, except beneath exit
 *   handlers and hooks; composites are left to end by themselves.
 * - T3 After `closing` or a lost ledger nothing is recorded and nothing
 *   begins: the run stays as its events say, for whoever takes it over.
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { JournalShape, MemoRow, Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { Code, CodeReader } from "../reuse/Code.ts"
import type { CacheNote, NodeKind, Shown } from "../run/Event.ts"
import { isTerminal, type Reason } from "../run/Phase.ts"
import type {
  AnyCodec,
  AnyRef,
  AnyRunnable,
  AnyTask,
  Bound,
  CompensationDef,
  HandlerDef,
  HookName,
  HooksDef,
  MapDef,
  OnCrash,
  Timeouts
} from "../workflow/Definition.ts"
import type { Take } from "../lock/Permit.ts"
import type { Retry } from "../workflow/Retry.ts"
import type { PermitsDef } from "../workflow/Semaphore.ts"
import type { ArtifactHost } from "./artifacts/ArtifactHost.ts"
import { Temps } from "./artifacts/Temps.ts"
import type { Staged } from "./artifacts/Staged.ts"
import type { Ledger } from "./Ledger.ts"
import type { Heard } from "./Heard.ts"
import { traced } from "./life/tracing.ts"
import type { Limits } from "./Limits.ts"
import { OpenNodes } from "./OpenNodes.ts"
import type { MemoBook } from "./node/MemoBook.ts"
import type { NodeEnd } from "./node/NodeEnd.ts"
import type { Reuse } from "./node/Reusable.ts"
import { type CacheMode, modeOf } from "../run/cacheMode.ts"
import type { PermitDesk } from "./permits/PermitDesk.ts"
import type { Mask } from "./node/Mask.ts"
import type { OfferCell } from "./pools/Placement.ts"
import type { Placements } from "./pools/Placements.ts"
import type { Runs } from "./runs/Runs.ts"
import { RunTables } from "./RunTables.ts"
import type { SlotHolder, Slots } from "./permits/Slots.ts"

/** One attempt: its number and the instant at which it will be cut off. */
export interface Attempt {
  readonly number: number
  /** Milliseconds since the epoch, or `Infinity`. */
  readonly deadline: number
}

/** A node's work with its input bound; `text` is the encoded input, recorded at the start. */
export interface Work {
  readonly text: string
  /** The typed value of it, where something that is defined takes one. */
  readonly input?: unknown
  /** Called before it begins, where the record may have for it how it ends: from then on that is how. */
  readonly heed?: (live: LiveNode) => void
  readonly attempt: (live: LiveNode, attempt: Attempt) => Effect.Effect<NodeEnd>
}

/** A node about to run. */
export interface NodeSpec {
  readonly path: string
  readonly kind: NodeKind
  /** A leaf takes an attempt slot and is interrupted by `stop`; composites pass `stop` on and end by themselves. */
  readonly leaf: boolean
  /** Whether its work is only to run children. */
  readonly composite: boolean
  readonly handler: boolean
  /** Whoever launches it sees to it that nesting ends, so `limits.depth` does not count here. */
  readonly bounded?: true
  readonly retry: Retry | undefined
  readonly timeouts: Timeouts
  readonly onCrash: OnCrash
  readonly permits: PermitsDef | undefined
  /** Set where its result may be reused. */
  readonly reuse?: Reuse | undefined
  /** The pool whose workers run its body; it takes no slot of the engine then. */
  readonly on?: string | undefined
  /** What its worker is told, where the workflow has no task at the path: how an interpreter has it done. */
  readonly order?: (() => string) | undefined
  readonly output: AnyCodec
  readonly error: AnyCodec | undefined
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
  /** How what it did is undone, where that is said. */
  readonly undo?: CompensationDef | undefined
  /** Hooks and exit handlers that are known only as it begins (without an end) or has ended. */
  readonly followers?: (end: NodeEnd | undefined) => ReadonlyArray<Follower>
  /** Told when it has ended, before anything follows. */
  readonly ended?: (live: LiveNode, end: NodeEnd) => void
  /** A bound that it works under besides the engine's; it keeps its place until it has ended. */
  readonly slots?: Slots | undefined
  /** How it is shown: its text is that and no input, and nothing is read of it. */
  readonly shows?: Shown
  /** What it makes as it begins, where that is not its input. */
  readonly makes?: "graph" | undefined
  /** Binds the input: from the recorded text when the node began earlier, else from its mapping. May throw. */
  readonly bind: (recorded: string | undefined) => Work
}

const none: ReadonlyArray<never> = []

/** What may follow a node: a hook beside it, or its exit handler. */
export interface Follower {
  readonly path: string
  /** Whether it follows; one that began in an earlier life does in any case. */
  readonly when: () => boolean
  readonly spec: () => NodeSpec
}

const noChildren = new OpenNodes<LiveNode>()

/** An open node. */
export class LiveNode {
  #children: OpenNodes<LiveNode> | undefined
  older: LiveNode | undefined
  newer: LiveNode | undefined
  #staged: ReadonlyArray<Staged> | undefined
  readonly run: LiveRun
  readonly parent: LiveNode | undefined
  readonly path: string
  readonly depth: number
  /** Whether it belongs to an exit handler or hook, which `stop` spares. */
  readonly handler: boolean
  fiber: Fiber.Fiber<unknown, unknown> | undefined
  cancelled: Reason | undefined
  /** Set when the node's own work must not begin anything more. */
  stopping: Reason | undefined
  /** Whether it is a flow that was over in an earlier life: what has not begun by then does not begin any more. */
  isOver: boolean = false
  /** What is remembered of its result for other nodes, once it has succeeded. */
  memo: { readonly row: MemoRow; readonly ttl: number } | undefined
  /** Under what its result is remembered, or why it is not; absent where results are not reused. */
  cache: CacheNote | undefined
  /** What it is made by: the files of its code, and the key by what there is now of what it depends on. */
  making: { readonly code?: Code | undefined; keyNow?: () => string } | undefined
  /** What it asks for, where its spec says that by a function of its input. */
  asks: PermitsDef | undefined
  /** Asked for besides what it asks for itself, so that the same result is computed once at a time. */
  flight: PermitsDef | undefined
  holdsSlot: boolean = false
  holdsPermits: boolean = false
  /** What it has offered to workers, until that is followed. */
  offer: OfferCell | undefined
  /** Whether its attempt on a pool is, or was, followed here. */
  followed: boolean = false
  /** What a worker has told of its attempt, to be removed once that is recorded. */
  consumed: ReadonlyArray<Write> = none
  /** Its place under the bound of its spec. */
  place: SlotHolder | undefined
  /** The permits it asked for that are given back; it has them while `holdsPermits`. */
  takes: ReadonlyArray<Take> = none
  /** How it ended, once recorded: a fiber that was interrupted late still exits as interrupted. */
  ended: NodeEnd | undefined
  /** Whether it began in an earlier life of the run. */
  resumed: boolean = false
  /** Whether it runs a workflow that undoes nothing. */
  undoesNothing: boolean = false
  /** Set while it waits for its children to end; only then does `cancel` have to reach them from here. */
  draining: boolean = false
  /** Hooks and exit handlers of this node that are still open, and who waits for them. */
  followers: number = 0
  onFollowers: (() => void) | undefined
  #hooks: Set<string> | undefined
  /** Whether its work is only to run children: it ends by itself once they ended. */
  readonly composite: boolean
  /** For a node that was given a value: how it ends, whatever ends its wait; absent while it has none. */
  decided: (() => NodeEnd | undefined) | undefined
  #onStop: (() => void) | undefined
  /** What it runs, and who is told when it has ended; neither of the root, nor of one that has ended. */
  spec: NodeSpec | undefined
  done: Done | undefined

  constructor(run: LiveRun, parent: LiveNode | undefined, path: string, handler: boolean, composite: boolean) {
    this.run = run
    this.parent = parent
    this.path = path
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.handler = handler
    this.composite = composite
  }

  /** Artifacts whose bytes are stored and that its present attempt has not recorded yet. */
  get staged(): ReadonlyArray<Staged> {
    return this.#staged ?? none
  }

  /** Notes a stored artifact. */
  stage(staged: Staged): void {
    this.#staged = [...this.staged, staged]
  }

  /** Takes note of all of them back. */
  takeStaged(): ReadonlyArray<Staged> {
    const staged = this.staged
    this.#staged = undefined
    return staged
  }

  /** Its open children. */
  get children(): Pick<OpenNodes<LiveNode>, "size" | typeof Symbol.iterator> {
    return this.#children ?? noChildren
  }

  /** Takes a child in while it is open. */
  adopt(child: LiveNode): void {
    ;(this.#children ??= new OpenNodes()).add(child)
  }

  /** Lets a child go that has ended. */
  dismiss(child: LiveNode): void {
    this.#children?.delete(child)
  }

  /** Notes that a hook fires; answers false when it did already. */
  fires(hook: string): boolean {
    if (this.#hooks?.has(hook) === true) return false
    this.#hooks = (this.#hooks ?? new Set()).add(hook)
    return true
  }

  /**
   * How work in progress hears of `stop`; without it a leaf is interrupted, a composite looks at `stopping` when it
   * begins. A method: V8 puts a function that is assigned to a property right into its old generation, where it keeps
   * the whole node until the next full collection.
   */
  onStop(hear: (() => void) | undefined): void {
    this.#onStop = hear
  }

  /** Has ended: what something dead may still name keeps nothing else. */
  close(): void {
    this.spec = undefined
    this.making = undefined
    this.done = undefined
    this.fiber = undefined
    this.#onStop = undefined
  }

  /** Asks the work beneath this node to end, so that exit handlers can still run. */
  stop(reason: Reason): void {
    if (this.stopping !== undefined) return
    this.stopping = reason
    if (this.#onStop !== undefined) this.#onStop()
    else if (!this.composite) this.cancel(reason)
    this.stopChildren(reason)
  }

  /** Stops every child except exit handlers and hooks of children. */
  stopChildren(reason: Reason): void {
    for (const child of [...this.children]) if (this.handler || !child.handler) child.stop(reason)
  }

  /** Interrupts this node and all beneath it, exit handlers included. */
  cancel(reason: Reason): void {
    this.cancelled ??= reason
    this.fiber?.interruptUnsafe()
    if (this.draining) { for (const child of [...this.children]) child.cancel(reason) }
  }

  /** Whether this node or one above it was cancelled, or the whole run is left to somebody else. */
  get isCancelled(): boolean {
    return this.cancelled !== undefined || (this.parent === undefined ? this.run.abandoned : this.parent.isCancelled)
  }

  /** The nearest reason for which this node is being cancelled. */
  get reason(): Reason {
    return this.cancelled ?? this.parent?.reason ?? "Terminated"
  }

  /** Whose turn it is for a slot: that of its run. */
  get priority(): number {
    return this.run.ledger.row.priority
  }

  /** Gives the attempt slot back, if it holds one. */
  releaseSlot(): void {
    if (!this.holdsSlot) return
    this.holdsSlot = false
    this.run.host.slots.release()
  }
}

/** A live run. */
export class LiveRun extends RunTables {
  readonly host: Host
  readonly ledger: Ledger
  readonly plan: Plan
  /** The decoded workflow input. */
  input: unknown
  readonly root: LiveNode
  /** What its fibers are started with. */
  readonly context: Context.Context<never>
  closing: boolean = false
  /** Whether another life of this run came before, in this process or another. */
  takenOver: boolean = false
  /** The paths of the nodes that an earlier life has undone in this epoch, or was undoing. */
  undoneBefore: ReadonlyArray<string> = none
  /** Whether that life left the run in an orderly way, so that an attempt it began was not cut off by a death. */
  wasLeft: boolean = false
  /** Whether what was sent to its owner before may still wait: nothing that came later may overtake it. */
  isBehind: boolean = false
  /** Whether it is executed elsewhere, and only a body of it runs here, for a pool. */
  placed: boolean = false
  /** Whether a retry here has said that its nodes may reuse results too. */
  readsAgain: boolean = false
  /** The secrets that its bodies have read. */
  get mask(): Mask {
    return this.ledger.mask
  }
  readonly temps: Temps = new Temps()
  /** When its start policies let it begin; 0 before. */
  dueAt: number = 0
  /** The instant until which it waits before it begins, without end for permits; absent where it does not. */
  waitsUntil: number | undefined
  /** How its main part ended, once it has: only hooks and its exit handler are left. */
  mainEnd: NodeEnd | undefined
  /** Set once, when the run's own program has ended. */
  end: NodeEnd | undefined

  constructor(host: Host, ledger: Ledger, plan: Plan, input: unknown) {
    super()
    this.host = host
    this.ledger = ledger
    this.plan = plan
    this.input = input
    this.context = traced(host.context, ledger.tracing)
    this.root = new LiveNode(this, undefined, "", false, true)
  }

  /** Whether endings must not be recorded, because the run goes on elsewhere or later. */
  get abandoned(): boolean {
    return this.closing || this.ledger.lost !== undefined
  }

  /** Whether results are reused in this run. */
  get cacheMode(): CacheMode {
    return modeOf(this.ledger.row.labels) ?? this.host.cacheMode
  }

  /** Whether its end is recorded, by this life of it. */
  get hasEnded(): boolean {
    return this.end !== undefined && this.ledger.lost === undefined && isTerminal(this.ledger.row.phase)
  }

  /** Whether new nodes must wait. */
  get suspended(): boolean {
    return this.ledger.row.suspended
  }
}

/** How many places of each pool a process offers. */
export type Pools = Readonly<Record<string, number>>

/** Finds secret values by name at run time; they are never recorded. */
export type SecretProvider = (name: string) => string | undefined | Promise<string | undefined>

/** How a run is rehearsed. */
export interface Rehearsing {
  /** Whether its tasks are programs of an interpreter, which run: they leave the work of their nodes alone. */
  readonly interprets: boolean
  /** Hears of each node that a program will begin, if it comes to that; `at` is its path, or one above. */
  readonly foresees: (at: string, name: string) => void
}

/** The surroundings of every run of one engine: services and bounds, captured once when it opens. */
export interface Host extends Heard {
  readonly journal: JournalShape
  /** The services of the embedding app and the references (scheduler, clock) fibers are started with. */
  readonly context: Context.Context<never>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A number in [0, 1). */
  readonly random: () => number
  readonly limits: Limits
  readonly slots: Slots
  readonly desk: PermitDesk
  /** The attempts that workers of pools run. */
  readonly placements: Placements
  readonly artifacts: ArtifactHost
  readonly secrets: SecretProvider
  /** Whether `console` calls inside bodies are captured into node logs. */
  readonly captureConsole: boolean
  /** Whether results are reused by runs that do not say. */
  readonly cacheMode: CacheMode
  readonly memos: MemoBook
  /** Reads what definitions are made of; loaded when it is first needed. */
  readonly code: () => Promise<CodeReader>
  /** Present where what a run would do is found out: bodies do no work, and so never end. */
  readonly rehearsal: Rehearsing | undefined
  /** What runs for a task; tests replace it. */
  readonly bodyOf: (task: AnyTask) => AnyTask["run"]
  /** Calls back at an instant or somewhat before; by itself it keeps no process alive. Answers how to call it off. */
  readonly alarm: (at: number, ring: () => void) => () => void
  /**
   * Keeps the process alive until the returned function is called;
   * a process that executes or awaits a run must not just exit.
   */
  readonly stayAlive: () => () => void
  /** Something may have become garbage. */
  readonly collect: () => void
  /** Does what nobody stands behind to catch what storage throws: the engine is lost then, the host process is not. */
  readonly guard: (react: () => void) => void
  /** The same for what has to ask storage first. */
  readonly react: (reaction: Effect.Effect<void, JournalError>) => void
  /**
   * Storage failed, so the engine cannot go on with any run; or it
   * refused what was written of one run, which then cannot go on here.
   */
  readonly onLost: (error: JournalError, run?: number) => void
  /** Other runs; known once the engine is there. */
  readonly runs: () => Runs<LiveRun>
  readonly kernel: Kernel
}

/** Told when a node and everything that belongs to it has ended. */
export type Done = (end: NodeEnd) => void

/** How a node is launched: with an attempt slot already taken for it, or only to be stopped at once. */
export interface LaunchOptions {
  readonly slot?: boolean
  readonly stopping?: Reason | undefined
}

/** What a node of a graph can read. */
export interface Readable {
  readonly values: () => Bound
  readonly input: unknown
  readonly resolve: (ref: AnyRef) => unknown
}

/** A task or workflow that is not a node of a plan: a map's item, a child called by a body, an exit handler. */
export interface Called {
  readonly runnable: AnyRunnable
  readonly plan: Plan | undefined
  readonly path: string
  readonly handler: boolean
  readonly kind?: "exit" | "hook" | "compensate"
  readonly input: () => unknown
  readonly over?: Partial<MapDef["item"]> | undefined
}

/** The programs that are needed below where they are written, because nodes run graphs and graphs run nodes. */
export interface Kernel {
  readonly launch: (parent: LiveNode, spec: NodeSpec, done: Done, options?: LaunchOptions) => LiveNode
  readonly fireHook: (live: LiveNode, spec: NodeSpec, name: HookName, attempt: number, end?: NodeEnd) => void
  readonly planNodeSpec: (node: PlanNode, path: string, handler: boolean, readable: Readable) => NodeSpec
  readonly calledSpec: (called: Called) => NodeSpec
}
