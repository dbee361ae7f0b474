/**
 * The engine: which runs this process executes, which workflows it knows, and who hears when they change.
 *
 * Owns: live runs, registered definitions, the subscription to the journal's notices.
 * Does not own: how a run proceeds (`runProgram.ts`), what notices lead to (`attach.ts`), storage (the journal).
 * Invariants
 * - E1 A run is live here only while this process owns it in the journal.
 * - E2 After `close` no fiber of this engine is left and the file
 *   is consistent; open runs stay open for the next process.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Notice } from "../journal/Journal.ts"
import { JournalError } from "../journal/JournalError.ts"
import type { Pushing } from "../metrics/MetricSink.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { RunKind } from "../run/Event.ts"
import { isTerminal } from "../run/Phase.ts"
import { CollectionJob } from "./artifacts/CollectionJob.ts"
import type { Ledger } from "./Ledger.ts"
import type { Limits } from "./Limits.ts"
import { RunIds } from "./life/identity.ts"
import { RetentionJob } from "./life/RetentionJob.ts"
import type { PlacedTold } from "./pools/PlacedTold.ts"
import { Placements } from "./pools/Placements.ts"
import { runProgram } from "./life/runProgram.ts"
import { Mailbox } from "./Mailbox.ts"
import { Listeners } from "./observe/Listeners.ts"
import type { WaitingStarts } from "./life/waitingStarts.ts"
import type { Runs } from "./runs/Runs.ts"
import type { Host, LiveRun } from "./Live.ts"

/** A run that an engine could not go on with, and why. */
export interface HeldRun {
  /** The id of the run. */
  readonly run: string
  /** The name of its workflow. */
  readonly workflow: string
  /** Why it cannot go on, in a sentence for people. */
  readonly because: string
}

/** What runs bodies here for runs of any process. */
export interface Worker {
  /** Looks whether there is something to take or to stop. */
  readonly wake: () => void
  /** Takes nothing any more, and waits until its bodies have ended. */
  readonly drain: () => Effect.Effect<void>
  /** Interrupts its bodies, gives their attempts back. */
  readonly leave: () => Effect.Effect<void>
  /** Nothing that its bodies tell counts any more. */
  readonly abandon: () => void
}

/** How long an engine that closes waits for its last spans and metrics to be sent. */
const flushMillis = 3_000

const flushed = ({ host: { context, telemetry }, pushing }: Engine): Effect.Effect<void> => {
  if (telemetry === undefined && pushing === undefined) return Effect.void
  const sent = Effect.promise(() => Promise.allSettled([telemetry?.flush(), pushing?.end()]))
  return Effect.provideContext(Effect.asVoid(Effect.timeoutOption(sent, flushMillis)), context)
}

/** An engine on one journal. */
export class Engine {
  readonly host: Host
  readonly live: Map<number, LiveRun> = new Map()
  /** Runs whose end is being recorded without running anything of them. */
  readonly ending: Set<number> = new Set()
  /** Commands of other processes that are being acted on, so that a second notice does not repeat one. */
  readonly acting: Set<number> = new Set()
  readonly workflows: Map<string, AnyWorkflow> = new Map()
  /** How definitions become workflows that are kept with runs, where no workflow of their name is registered. */
  readonly revivers: Map<RunKind, (text: string) => AnyWorkflow> = new Map()
  /** Registered workflows with the names that nodes had before, by the digest of the plan of before. */
  readonly derived: WeakMap<AnyWorkflow, Map<string, AnyWorkflow>> = new WeakMap()
  /** What became of kept definitions, by their digests. */
  readonly revived: Map<string, AnyWorkflow> = new Map()
  /** What to do about commands that wait and processes that died; set by `attach`. */
  onNotice: (notice: Notice) => void = () => {}
  /** Whom to tell of a run that this engine cannot go on with. */
  onHeld: (held: HeldRun) => void = () => {}
  /** Whom to tell of the bodies of pools that this process runs. */
  onPlaced: (told: PlacedTold) => void = () => {}
  /**
   * What to do about a run that was ended here, unrecorded, because
   * storage refused what was written of it; set by `attach`.
   */
  onRefused: (ledger: Ledger, error: JournalError) => void = () => {}
  /** What to do about the run whose place another one takes; set by `attach`. */
  onReplaced: (old: string, by: string) => void = () => {}
  /** What nodes may do with other runs; set by whoever makes it. */
  runs: Runs<LiveRun> | undefined
  /** Where runs are claimed and commands of other processes are read. */
  readonly mailbox: Mailbox
  readonly collection: CollectionJob
  readonly retention: RetentionJob
  /** The places of pools that this process offers. */
  worker: Worker | undefined
  /** What else goes on while it is open, such as schedules: ended with it. */
  readonly jobs: Set<{ readonly close: () => void; readonly wake?: () => void }> = new Set()
  /** Metrics that are being sent; their last are sent when it closes. */
  pushing: Pushing | undefined
  /** How many starts wait for their turn; made once one does. */
  waitingStarts: WaitingStarts | undefined
  /** Makes the ids of new runs. */
  readonly ids: RunIds
  /** The run whose end is being told here just now: storage need not be asked what it was. */
  ended: LiveRun | undefined
  /** Those who wait for something and look for it just now. */
  readonly looks: Set<Fiber.Fiber<unknown>> = new Set()
  /** Whether it takes over runs that nobody executes. */
  takesOver: boolean = true
  closed: boolean = false
  /** Set while it closes: nothing new is started. */
  closing: boolean = false
  lost: JournalError | undefined
  /** Set while it is to go on under another number: whoever asks waits for that. */
  renewing: Deferred.Deferred<void> | undefined
  /** How often it went on under another number. */
  lives: number = 0
  /** Goes on under another number, where storage can; set by `attach`. */
  onRenew: () => void = () => {}
  readonly #listeners = new Listeners((listener) => this.#guard(listener))
  readonly #shutDown: Deferred.Deferred<void> = Deferred.makeUnsafe()
  readonly #unsubscribe: () => void

  constructor(host: Omit<Host, "onLost" | "collect" | "guard" | "placements" | "react" | "runs">) {
    this.host = {
      ...host,
      onLost: (error, run) => this.#lose(error, run),
      collect: () => this.collection.wake(),
      guard: (react) => this.#guard(react),
      placements: new Placements(() => this.host),
      react: (reaction) => this.#react(reaction),
      runs: () => this.runs!
    }
    this.mailbox = new Mailbox(host.context)
    this.ids = new RunIds({
      now: host.now,
      random: host.random,
      findRun: (id) => host.journal.reads.findRun(id),
      newest: () => Effect.map(host.journal.reads.listRuns({ limit: 1 }), ([newest]) => newest)
    })
    this.collection = new CollectionJob(this.host)
    this.retention = new RetentionJob(this.host, () => this.collection.wake())
    this.#unsubscribe = host.journal.subscribe((notice) => this.#heard(notice))
  }

  /** Its bounds. */
  get limits(): Limits {
    return this.host.limits
  }

  /** Why nothing can be asked of it any more. */
  get fault(): JournalError | undefined {
    return this.renewing === undefined ? this.lost : undefined
  }

  /** Executes a run whose journal is loaded. */
  execute(live: LiveRun): void {
    // Storage may have taken so long to tell of the run that nothing can be executed here any more.
    if (this.renewing !== undefined) {
      // What was begun under the new number already waits until the engine stands on it.
      const again = Effect.andThen(Deferred.await(this.renewing), Effect.sync(() => this.execute(live)))
      return void Effect.runForkWith(this.host.context)(again)
    }
    if (this.closed || this.lost !== undefined || live.ledger.isOver) return
    const { key } = live.ledger.row
    this.live.set(key, live)
    const { row, rule } = live.ledger
    if (rule?.replaces !== undefined && row.phase === "Pending") this.onReplaced(rule.replaces, row.id)
    const rest = this.host.stayAlive()
    const fiber = Effect.runForkWith(live.context)(runProgram(live), { uninterruptible: true })
    live.root.fiber = fiber
    if (live.root.cancelled !== undefined) fiber.interruptUnsafe()
    fiber.addObserver((exit) => {
      rest()
      // A body that could not be interrupted ends after its run was taken over again.
      if (this.live.get(key) !== live) return
      this.live.delete(key)
      this.host.artifacts.claims.end(key)
      if (exit._tag === "Success") live.end = exit.value
      this.refused(live.ledger)
      this.ended = live.hasEnded ? live : undefined
      this.#listeners.tell([key])
      this.ended = undefined
      this.collectGarbage(live.ledger)
    })
  }

  /** Gives runs back that were claimed and not executed: what their claim has kept may be deleted now. */
  giveBack(runs: ReadonlyArray<number>): Effect.Effect<void, JournalError> {
    return Effect.map(this.host.journal.claims.release(runs), () => {
      this.collection.wake()
      this.retention.wake()
    })
  }

  /** A run has ended: something of it, or it as a whole, may be deleted now. */
  collectGarbage({ retention, row }: Ledger): void {
    if (this.closed || this.lost !== undefined || !isTerminal(row.phase)) return
    this.#guard(() => {
      if (this.host.journal.artifacts.isClean?.() !== true) this.collection.wake()
      if (retention === undefined) return
      this.retention.keepLast(row, retention.keepLast)
      this.retention.wake()
    })
  }

  /** Calls back whenever something about a run may have changed, until the returned function is called. */
  listen(run: number, listener: () => void): () => void {
    return this.#listeners.add(run, listener)
  }

  /**
   * Interrupts all live runs without ending them, records that it left them, gives them back and closes the journal.
   */
  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    if (this.closed) return Deferred.await(this.#shutDown)
    this.closed = true
    const open = [...this.live.values()]
    return Effect.andThen(
      Effect.andThen(this.#leaveRuns, Effect.suspend(() => this.#shut(open))),
      Effect.andThen(Effect.promise(() => this.host.artifacts.close().catch(() => {})), flushed(this))
    )
  })

  /** Leaves all runs as their events say without touching the journal, as if the process had died; for tests. */
  readonly abandon: Effect.Effect<void> = Effect.suspend(() => {
    this.closed = true
    this.#unsubscribe()
    this.#endJobs()
    return Effect.andThen(this.#leaveRuns, Effect.sync(() => this.#listeners.tellAll()))
  })

  /**
   * Bodies get the time that `limits.abortGrace` gives them; what
   * cannot be interrupted is left behind, and can record nothing.
   */
  get #leaveRuns(): Effect.Effect<void> {
    const runs = [...this.live.values()]
    for (const run of runs) run.closing = true
    const fibers = runs.flatMap((run) => run.root.fiber === undefined ? [] : [run.root.fiber])
    for (const fiber of fibers) fiber.interruptUnsafe()
    this.host.placements.close()
    const placed = this.worker?.leave() ?? Effect.void
    const patience = this.host.limits.abortGrace
    return fibers.length === 0 && this.worker === undefined ? Effect.void : Effect.provideContext(
      Effect.asVoid(Effect.timeoutOption(Effect.andThen(Fiber.awaitAll(fibers), placed), patience)),
      this.host.context
    )
  }

  #endJobs(): void {
    for (const job of [this.collection, this.retention, ...this.jobs]) job.close()
    this.jobs.clear()
  }

  #shut(open: ReadonlyArray<LiveRun>): Effect.Effect<void> {
    this.#unsubscribe()
    // Whoever takes them over knows then that no death cut their work off.
    for (const { ledger } of open) if (!isTerminal(ledger.row.phase)) ledger.run({ type: "RunLeft" })
    this.host.desk.close()
    this.#endJobs()
    // Listeners look into the journal, so they are told while it is still open.
    this.#listeners.tellAll()
    return Effect.andThen(this.host.journal.closed, Effect.sync(() => Deferred.doneUnsafe(this.#shutDown, Effect.void)))
  }

  #heard(notice: Notice): void {
    if (this.closed || this.lost !== undefined) return
    // By far the most of them; only those who wait for something of these runs are concerned.
    if (notice.type === "committed") return this.#listeners.tell(notice.runs)
    if (notice.type === "lost") return this.#lose(notice.error)
    this.#guard(() => this.onNotice(notice))
    this.#guard(() => this.host.desk.heard(notice))
    this.host.placements.heard(notice)
    this.#listeners.tellAll()
  }

  /**
   * Nobody stands behind a notice to catch what storage throws; it must not reach the host as an uncaught exception.
   */
  #guard(react: () => void): void {
    try {
      react()
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      this.#lose(error)
    }
  }

  /** The same for what has to ask storage; finding something out after the end is not a fault. */
  #react(reaction: Effect.Effect<void, JournalError>): void {
    Effect.runForkWith(this.host.context)(this.reacting(reaction)).addObserver((exit) => {
      if (exit._tag === "Failure") Effect.runSync(exit)
    })
  }

  /** A reaction nobody stands behind: when storage fails it, the engine is lost. */
  reacting(reaction: Effect.Effect<void, JournalError>): Effect.Effect<void> {
    return Effect.catch(reaction, (error) => Effect.sync(() => this.closed ? undefined : this.#lose(error)))
  }

  /** What was written last of a run that has ended here may have been refused: then it is held. */
  refused(ledger: Ledger): void {
    const { lost } = ledger
    if (this.closed || this.lost !== undefined || lost?.concernsOneAppend !== true) return
    this.#guard(() => this.onRefused(ledger, lost))
  }

  /**
   * Storage failed or this process was declared dead: nothing more can be recorded, so nothing more may run. Where only
   * what was written of one run was refused, only that run may not.
   */
  #lose(error: JournalError, of?: number): void {
    if (this.lost !== undefined || error.concernsOneRun) return
    if (error.concernsOneAppend) {
      return void (of === undefined ? undefined : this.live.get(of)?.root.cancel("Terminated"))
    }
    this.lost = error
    // Before anybody is told: whoever waits then waits on.
    if (this.#mayRenew(error)) {
      this.lives++
      this.renewing = Deferred.makeUnsafe()
    }
    this.host.placements.close()
    this.worker?.abandon()
    for (const run of [...this.live.values()]) {
      run.ledger.lose(error)
      run.root.cancel("Terminated")
    }
    if (this.renewing !== undefined) this.onRenew()
    this.#listeners.tellAll()
  }

  #mayRenew(error: JournalError): boolean {
    return !this.closed && this.host.journal.renewed !== undefined && error.endsNumberOnly
  }

  /** Waits until nothing works here any more; what cannot be interrupted is left behind, and can record nothing. */
  get stilled(): Effect.Effect<void> {
    return Effect.andThen(this.#leaveRuns, Effect.sync(() => this.live.clear()))
  }

  /** It goes on, or not because of this error: whoever waits looks again. */
  renewed(error: JournalError | undefined): void {
    const { renewing } = this
    this.lost = error
    this.renewing = undefined
    if (error === undefined) {
      this.host.placements.open()
      // What it told of limits may have been lost with the number.
      this.host.desk.close()
    }
    if (renewing !== undefined) Deferred.doneUnsafe(renewing, Effect.void)
    this.#listeners.tellAll()
  }
}
