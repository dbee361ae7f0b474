/**
 * Keeps one schedule going on an engine: does what is decided, one step after the other.
 *
 * Owns: one alarm, attention to the runs that others wait for. Does not own: what is to be done (`next` of what it
 * keeps), where the schedule stands (cells, read anew for each step), the runs.
 *
 * Invariants
 * - S1 An instant starts at most one run, in any number of processes, over crashes.
 * - S9 A run, what became of its instant, and where the schedule stands are one commit. It says what stood before:
 *   whoever is slower is refused, and decides anew.
 * - K2 It never waits longer than `longestWait`: a clock that was set or a machine that slept delays a run by no more.
 */
import * as Effect from "effect/Effect"
import { command, type Engine, start } from "../engine/Operator.ts"
import type { Cell, Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunRow } from "../run/State.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { Known, Step } from "./decide.ts"
import type { Cause } from "./Schedule.ts"
import { type Fire, fireKey, firesOf, fireSpace, scheduleSpace, type ScheduleState } from "./State.ts"

/** How a run of a schedule begins. */
export interface Begin {
  readonly id: string
  readonly input: unknown
  readonly labels: Readonly<Record<string, string>>
}

/** What a keeper keeps. */
export interface Kept {
  /** The key of its state. */
  readonly name: string
  readonly workflow: AnyWorkflow
  readonly next: (known: Known) => Step
  /** How the run of an instant begins; throws where its input cannot be made. */
  readonly begin: (due: number, cause: Cause, state: ScheduleState) => Begin
  /** Told of each decision that was written down. */
  readonly tell?: (fire: Fire) => void
}

/** Wall clocks jump and machines sleep, which timers do not see; to look costs nothing. */
const longestWait = 60_000

/** How many fires are kept, and how many more there may be until those beyond it are deleted. */
const keptFires = 1_000
const moreFires = 100

/** What stands in the cells of a schedule. */
interface Seen extends Known {
  readonly cell: Cell | undefined
  readonly rows: ReadonlyArray<RunRow>
}

/** See the head of the file. */
export class Keeper {
  readonly #engine: Engine
  readonly #kept: Kept
  #isNew = true
  #isBusy = false
  #again = false
  #isOver = true
  #cancelAlarm: () => void = () => {}
  #inattention: () => void = () => {}
  #rest: () => void = () => {}
  readonly #stopped = new Set<string>()

  constructor(engine: Engine, kept: Kept) {
    this.#engine = engine
    this.#kept = kept
  }

  /** Decides about what is due from now on, and about what was not decided before. */
  begin(): void {
    this.#isOver = false
    this.#engine.jobs.add(this)
    this.#rest = this.#engine.host.stayAlive()
    this.wake()
  }

  /** Starts nothing any more; what runs goes on. */
  close(): void {
    this.#isOver = true
    this.#engine.jobs.delete(this)
    this.#doze()
    this.#rest()
  }

  /** Looks whether there is something to do. */
  readonly wake = (): void => {
    if (this.#isOver) return
    this.#again = this.#isBusy
    if (this.#isBusy) return
    this.#isBusy = true
    this.#engine.host.react(Effect.ensuring(this.#work, Effect.sync(() => this.#rested())))
  }

  #rested(): void {
    this.#isBusy = false
    if (this.#again) this.wake()
  }

  get #work(): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      this.#doze()
      while (!this.#isOver) {
        const seen = yield* this.#look
        const step = this.#kept.next(seen)
        if (step.do === "wait") return this.#wait(step, seen)
        yield* this.#take(step, seen)
      }
    })
  }

  get #look(): Effect.Effect<Seen, JournalError> {
    const { journal: { reads }, now } = this.#engine.host
    return Effect.gen({ self: this }, function* () {
      const cell = yield* reads.cell(scheduleSpace, this.#kept.name)
      const state = cell === undefined ? undefined : JSON.parse(cell.data) as ScheduleState
      const rows: Array<RunRow> = []
      for (const id of state?.open ?? []) {
        const row = yield* reads.findRun(id)
        if (row !== undefined) rows.push(row)
      }
      return { cell, state, rows, runs: rows, now: now(), isNew: this.#isNew }
    })
  }

  #take(step: Exclude<Step, { readonly do: "wait" }>, seen: Seen): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      if (step.do === "start") return yield* this.#start(step, seen)
      const writes = yield* this.#writes(seen, step.state, step.fires)
      const error = yield* stored(this.#engine, writes)
      if (error === undefined) this.#done(step.fires)
      else if (error.reason !== "Stale") return yield* error
    })
  }

  /** A run that cannot be started is missed. */
  #start(
    { cause, due, state }: Extract<Step, { readonly do: "start" }>,
    seen: Seen
  ): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const { name, workflow } = this.#kept
      const at = seen.now
      const known = yield* this.#fireOf(due)
      const why = known?.cause ?? cause
      const begin = beginning(() => this.#kept.begin(due, why, seen.state!))
      if (known?.outcome === "started") return yield* this.#take({ do: "record", state, fires: [] }, seen)
      const missed = (because: string) => {
        const fire: Fire = { schedule: name, due, outcome: "missed", cause: why, why: because, at }
        const unmoved = { ...state, previous: seen.state!.previous }
        return this.#take({ do: "record", state: unmoved, fires: [fire] }, seen)
      }
      if (typeof begin === "string") return yield* missed(begin)
      const { id, input, labels } = begin
      const fire: Fire = { schedule: name, due, outcome: "started", cause: why, run: id, at }
      const writes = yield* this.#writes(seen, { ...state, open: [...state.open, id] }, [fire])
      yield* start(this.#engine, workflow, input, { id, labels }, { with: writes }).pipe(
        Effect.andThen(Effect.sync(() => this.#done([fire]))),
        Effect.catchTag("EngineClosed", () => Effect.sync(() => this.close())),
        Effect.catchTag("JournalError", (error) => error.reason === "Stale" ? Effect.void : Effect.fail(error)),
        Effect.catchTag(["InvalidInput", "RunExists"], (error: { readonly message: string }) => missed(error.message))
      )
    })
  }

  #fireOf(due: number): Effect.Effect<Fire | undefined, JournalError> {
    const { reads } = this.#engine.host.journal
    return Effect.map(
      reads.cell(fireSpace, fireKey(this.#kept.name, due)),
      (cell) => cell === undefined ? undefined : JSON.parse(cell.data) as Fire
    )
  }

  /** The state and the fires as they are to be; an instant that has started a run keeps that. */
  #writes(
    { cell }: Seen,
    state: ScheduleState,
    fires: ReadonlyArray<Fire>
  ): Effect.Effect<ReadonlyArray<Write>, JournalError> {
    const { name } = this.#kept
    const { reads } = this.#engine.host.journal
    return Effect.gen(function* () {
      const writes: Array<Write> = []
      for (const fire of fires) {
        const key = fireKey(name, fire.due)
        const was = (yield* reads.cell(fireSpace, key))?.data ?? null
        if (was !== null && JSON.parse(was).outcome === "started") continue
        writes.push({ kind: "cell", space: fireSpace, key, was, data: JSON.stringify(fire) })
      }
      const kept = state.fires + writes.filter((it) => it.kind === "cell" && it.was === null).length
      const surplus = kept > keptFires + moreFires ? kept - keptFires : 0
      const old = surplus === 0 ? [] : yield* reads.cells(fireSpace, { ...firesOf(name), limit: surplus })
      const rest = { ...state, fires: kept - old.length }
      const data = JSON.stringify(rest)
      return [
        { kind: "cell", space: scheduleSpace, key: name, was: cell?.data ?? null, data },
        ...writes,
        ...old.map(({ data: was, key }): Write => ({ kind: "cell", space: fireSpace, key, was, data: null }))
      ]
    })
  }

  #done(fires: ReadonlyArray<Fire>): void {
    this.#isNew = false
    for (const fire of fires) this.#kept.tell?.(fire)
  }

  #wait({ runs, stop, until }: Extract<Step, { readonly do: "wait" }>, { rows }: Seen): void {
    this.#isNew = false
    if (runs) this.#attend(rows)
    if (stop) { for (const row of rows) this.#stop(row) }
    if (until !== undefined) this.#sleep(until)
  }

  /** Woken when one of these has ended, in whichever process. */
  #attend(rows: ReadonlyArray<RunRow>): void {
    const { journal } = this.#engine.host
    const ends = [journal.watch(), ...rows.map(({ key }) => this.#engine.listen(key, () => this.#changed(key)))]
    this.#inattention = () => ends.forEach((end) => end())
  }

  #changed(run: number): void {
    if (!this.#engine.live.has(run)) this.wake()
  }

  #stop({ id, stopping }: RunRow): void {
    if (stopping !== null || this.#stopped.has(id)) return
    this.#stopped.add(id)
    const message = `The next run of schedule "${this.#kept.name}" takes its place`
    Effect.runForkWith(this.#engine.host.context)(Effect.ignore(command(this.#engine, id, "stop", { message })))
  }

  #sleep(until: number): void {
    const { alarm, guard, now } = this.#engine.host
    this.#cancelAlarm = alarm(Math.min(until, now() + longestWait), () =>
      guard(() => {
        if (this.#isOver) return
        if (now() < until) this.#sleep(until)
        else this.wake()
      }))
  }

  #doze(): void {
    this.#cancelAlarm()
    this.#inattention()
    this.#inattention = () => {}
  }
}

const beginning = (make: () => Begin): Begin | string => {
  try {
    return make()
  } catch (error) {
    return `its input cannot be made: ${error instanceof Error ? error.message : String(error)}`
  }
}

const stored = (engine: Engine, writes: ReadonlyArray<Write>): Effect.Effect<JournalError | undefined> =>
  Effect.callback((resume) => {
    engine.host.journal.append(writes, (error) => resume(Effect.succeed(error)))
  })
