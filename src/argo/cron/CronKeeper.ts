/**
 * Keeps one CronWorkflow going on an engine: starts its runs when they are due, deletes those beyond its limits.
 *
 * Owns: one alarm, the instant up to which it has looked. Does not own: what is to be done (`decide.ts`), what is known
 * (`CronRuns.ts`, read from the state file each time), the runs.
 *
 * Invariants
 * - K1 Of the instants that passed since it last looked, at most the latest
 *   starts a run, and none that has one, whichever process started it.
 * - K2 It never waits longer than `longestWait`: a clock that
 *   was set, or a machine that slept, delays a run by no more.
 */
import { messageFrom } from "../document/messageFrom.ts"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { Engine } from "../../engine/Operator.ts"
import { command } from "../../engine/Operator.ts"
import { registerNow } from "../../engine/Operator.ts"
import { start } from "../../engine/Operator.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { type CronRuns, labelsOf, readRuns, surplus } from "./CronRuns.ts"
import type { CronWorkflow } from "./CronWorkflow.ts"
import { decide, type Decision, missed, stopping } from "./decide.ts"
import { latestOf, nextOf } from "./Schedule.ts"

/** What happens to a CronWorkflow; instants are milliseconds since the epoch. */
export type CronNews =
  | { readonly type: "waiting"; readonly next: number | undefined }
  | { readonly type: "started"; readonly id: string; readonly due: number; readonly instead: ReadonlyArray<string> }
  | { readonly type: "skipped"; readonly due: number; readonly why: string }
  | { readonly type: "stopped"; readonly why: string }
  | { readonly type: "failed"; readonly due: number; readonly why: string }

/** What a keeper is made of. */
export interface CronKeeping {
  readonly engine: Engine
  readonly cron: CronWorkflow
  /** What its runs run. */
  readonly workflow: AnyWorkflow
  /** Labels that its runs have besides their own. */
  readonly labels?: Readonly<Record<string, string>>
  readonly tell: (news: CronNews) => void
}

/** Wall clocks jump and machines sleep, which timers do not see; to look costs nothing. */
const longestWait = 60_000

/** Keeps one CronWorkflow going from `begin` to `end`. */
export class CronKeeper {
  readonly #keeping: CronKeeping
  readonly #workflow: AnyWorkflow
  #looked = 0
  #isOver = true
  #cancelAlarm: () => void = () => {}
  #rest: () => void = () => {}
  #turn: Promise<void> = Promise.resolve()

  constructor(keeping: CronKeeping) {
    this.#keeping = keeping
    // Time to live is applied here, so that the newest run, which tells when it was last due, stays.
    this.#workflow = { ...keeping.workflow, retention: undefined }
  }

  /** Goes on with runs that were interrupted, makes up for what was missed, and waits for what is next. */
  begin(): void {
    const { cron, engine } = this.#keeping
    this.#isOver = false
    this.#rest = engine.host.stayAlive()
    registerNow(engine, [this.#workflow])
    const now = engine.host.now()
    this.#looked = now
    engine.host.react(Effect.map(this.#runs, (runs) => {
      if (this.#isOver) return
      const due = missed(cron, runs, now)
      if (due === undefined) this.#stopIfOver(runs, now)
      else this.#queue(due)
      this.#wait()
    }))
  }

  /** Starts nothing any more; what runs goes on. */
  end(): void {
    this.#isOver = true
    this.#cancelAlarm()
    this.#rest()
  }

  #wait(): void {
    if (this.#isOver) return
    const { cron, tell } = this.#keeping
    // A suspended one, or one that is never due again, only lets its runs go on.
    const next = cron.suspended ? undefined : nextOf(cron.schedules, this.#looked)
    tell({ type: "waiting", next })
    if (next !== undefined) this.#sleep(next)
  }

  #sleep(next: number): void {
    const { engine } = this.#keeping
    const at = Math.min(next, engine.host.now() + longestWait)
    this.#cancelAlarm = engine.host.alarm(at, () => engine.host.guard(() => this.#look(next)))
  }

  #look(next: number): void {
    if (this.#isOver || this.#keeping.engine.closed) return
    const now = this.#keeping.engine.host.now()
    // The clock was set back: what it showed before will come again.
    if (now < this.#looked) this.#looked = now
    else if (now < next) return this.#sleep(next)
    const due = latestOf(this.#keeping.cron.schedules, this.#looked, now)
    this.#looked = now
    if (due !== undefined) this.#queue(due)
    this.#wait()
  }

  /**
   * One after the other: each decision sees the run that the one before
   * has started. A state file that cannot be read costs one run.
   */
  #queue(due: number): void {
    const { engine, tell } = this.#keeping
    this.#turn = this.#turn.then(() => this.#act(due)).catch((error: Error) => {
      if (!this.#isOver && !engine.closed) tell({ type: "failed", due, why: messageFrom(error) })
    })
  }

  async #act(due: number): Promise<void> {
    const { cron, engine, tell } = this.#keeping
    if (this.#isOver || engine.closed) return
    const now = engine.host.now()
    const runs = await Effect.runPromise(this.#runs)
    // Another process was faster.
    if (due <= (runs.last?.due ?? -Infinity)) return
    const decision = decide(cron, runs, due, now)
    if (decision._tag === "Skip") return tell({ type: "skipped", due, why: decision.why })
    if (decision._tag === "Stop") return this.#stop(decision.why)
    const exit = await settled(engine, this.#start(decision, runs, due, now))
    if (exit._tag === "Failure") return tell({ type: "failed", due, why: whyOf(exit) })
    tell({ type: "started", id: decision.id, due, instead: decision.instead })
    this.#prune(now)
  }

  #start({ id, instead }: Decision & { readonly _tag: "Start" }, runs: CronRuns, due: number, now: number) {
    const { cron, engine, labels } = this.#keeping
    const replace = Effect.forEach(
      instead,
      (old) => Effect.ignore(command(engine, old, "terminate", { message: `Replaced by ${id}` })),
      { discard: true }
    )
    const options = { id, labels: { ...labels, ...labelsOf(cron, due, now, runs) } }
    return Effect.andThen(replace, start(engine, this.#workflow, { parameters: {} }, options))
  }

  #stopIfOver(runs: CronRuns, now: number): void {
    const decision = stopping(this.#keeping.cron, runs, now)
    if (decision?._tag === "Stop") this.#stop(decision.why)
  }

  #stop(why: string): void {
    this.end()
    this.#keeping.tell({ type: "stopped", why })
  }

  #prune(now: number): void {
    const { cron, engine, workflow } = this.#keeping
    engine.host.react(Effect.map(this.#runs, (runs) => {
      const rows = surplus(cron, runs, workflow.retention, now)
      if (rows.length === 0) return
      const writes = rows.map(({ key }) => ({ kind: "delete", run: key, ifEnded: true }) as const)
      engine.host.journal.append(writes, (error) => {
        if (error === undefined) engine.collection.wake()
      })
    }))
  }

  get #runs(): Effect.Effect<CronRuns, JournalError> {
    const { engine, workflow } = this.#keeping
    const { reads } = engine.host.journal
    return Effect.map(reads.listRuns({ workflow: workflow.name, limit: Number.MAX_SAFE_INTEGER }), readRuns)
  }
}

const settled = <A, E>(engine: Engine, effect: Effect.Effect<A, E>): Promise<Exit.Exit<A, E>> =>
  new Promise((resolve) => {
    Effect.runForkWith(engine.host.context)(effect).addObserver(resolve)
  })

const whyOf = ({ cause }: Exit.Failure<unknown, unknown>): string => messageFrom(Cause.squash(cause))
