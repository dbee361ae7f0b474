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
import { command, type Engine, type InvalidInput, type Refused, type RunExists, start } from "../engine/Operator.ts"
import type { Cell } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunRow } from "../run/State.ts"
import type { Known, Step } from "./decide.ts"
import { fireOf, fireWrites, runsOf, stored } from "./fires.ts"
import type { Begin, Kept } from "./Keeping.ts"
import type { Fire, ScheduleState } from "./State.ts"

/** Wall clocks jump and machines sleep, which timers do not see; to look costs nothing. */
const longestWait = 60_000

/** What stands in the cells of a schedule. */
interface Seen extends Known {
  readonly cell: Cell | undefined
  readonly rows: ReadonlyArray<RunRow>
}

type Start = Extract<Step, { readonly do: "start" }>
type Wait = Extract<Step, { readonly do: "wait" }>
type Recorded = Extract<Step, { readonly do: "record" }>

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
  /** Whose ends wake it. */
  #attended: string | undefined
  #rest: () => void = () => {}
  /** Runs that are being asked to stop; whether they were is in their rows. */
  readonly #stopping = new Set<string>()

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
    const isNews = !this.#isOver
    this.#isOver = true
    this.#engine.jobs.delete(this)
    this.#doze()
    this.#rest()
    if (isNews) this.#kept.tell?.({ type: "closed" })
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

  /** What cannot be read just now is read again a while later; what cannot be written has closed the journal. */
  get #work(): Effect.Effect<void, JournalError> {
    return Effect.catch(this.#steps, (error) => {
      if (this.#isOver || this.#engine.closed) return Effect.void
      return Effect.sync(() => {
        this.#kept.tell?.({ type: "failed", why: error.message })
        if (this.#engine.lost === undefined) this.#sleep(this.#engine.host.now() + longestWait)
      })
    })
  }

  get #steps(): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      this.#doze()
      while (!this.#isOver) {
        const seen = yield* this.#look
        // It may have been closed while it looked.
        if (this.#isOver) return
        const step = yield* this.#decided(seen)
        if (step === undefined) return
        // What ends from now on wakes it; what has ended meanwhile is seen at the next look.
        if (step.do === "wait" && step.runs && this.#attend(seen.rows)) continue
        if (step.do === "wait") return this.#wait(step, seen)
        if (step.do === "end") return this.#end(step.why)
        yield* step.do === "record" ? this.#record(step, seen) : this.#start(step, seen)
      }
    })
  }

  /** A timing of the author's own may throw: it is asked again a while later. */
  #decided(seen: Seen): Effect.Effect<Step | undefined> {
    return Effect.sync(() => {
      try {
        return this.#kept.next(seen)
      } catch (error) {
        this.#kept.tell?.({ type: "failed", why: error instanceof Error ? error.message : String(error) })
        this.#sleep(this.#engine.host.now() + longestWait)
        return undefined
      }
    })
  }

  get #look(): Effect.Effect<Seen, JournalError> {
    const { journal: { reads }, now } = this.#engine.host
    return Effect.gen({ self: this }, function* () {
      const cell = yield* reads.cell(this.#kept.place.space, this.#kept.place.key)
      const state = cell === undefined ? yield* this.#former : JSON.parse(cell.data) as ScheduleState
      const rows = yield* runsOf(reads, state?.open ?? [])
      return { cell, state, rows, runs: rows, now: now(), isNew: this.#isNew }
    })
  }

  get #former(): Effect.Effect<ScheduleState | undefined, JournalError> {
    const { former, workflow } = this.#kept
    if (former === undefined) return Effect.succeed(undefined)
    return Effect.map(
      this.#engine.host.journal.reads.listRuns({ workflow: workflow.name, limit: Infinity }),
      former
    )
  }

  #end(why: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.close()
    this.#kept.tell?.({ type: "ended", why })
  }

  #record({ fires, state }: Recorded, seen: Seen): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const error = yield* stored(this.#engine, yield* this.#writes(seen, state, fires))
      if (error === undefined) this.#done(fires)
      else if (error.reason !== "Stale") return yield* error
    })
  }

  #start({ cause, due, instead = [], state }: Start, seen: Seen): Effect.Effect<void, JournalError> {
    return Effect.gen({ self: this }, function* () {
      const { reads } = this.#engine.host.journal
      const before = yield* fireOf(reads, this.#kept.schedule, due)
      if (before?.outcome === "started") {
        const run = before.run === undefined ? undefined : yield* reads.findRun(before.run)
        if (this.#kept.again?.(run) !== true) {
          this.#kept.tell?.({ type: "known", fire: before })
          return yield* this.#record({ do: "record", state, fires: [] }, seen)
        }
      }
      const why = before?.outcome === "queued" ? before.cause : cause
      const known = { ...state, previous: seen.state?.previous ?? null }
      const begin = beginning(() => this.#kept.begin(due, why, known, before))
      const fire: Fire = { schedule: this.#kept.schedule, due, outcome: "started", cause: why, at: seen.now }
      if (typeof begin === "string") return yield* this.#miss(fire, begin, state, seen)
      yield* Effect.catchTag(
        this.#create(begin, fire, state, seen, instead),
        ["InvalidInput", "Refused", "RunExists"],
        (error: { readonly message: string }) => this.#miss(fire, error.message, state, seen)
      )
    })
  }

  /** A run that cannot be started is missed. */
  #miss(fire: Fire, why: string, state: ScheduleState, seen: Seen): Effect.Effect<void, JournalError> {
    const fires = [{ ...fire, outcome: "missed" as const, why }]
    return this.#record({ do: "record", state: { ...state, previous: seen.state?.previous ?? null }, fires }, seen)
  }

  #create(
    { id, input, labels }: Begin,
    fire: Fire,
    state: ScheduleState,
    seen: Seen,
    instead: ReadonlyArray<string>
  ): Effect.Effect<void, InvalidInput | Refused | RunExists | JournalError> {
    return Effect.gen({ self: this }, function* () {
      const opened = (run: string) => ({ ...state, open: [...state.open.filter((it) => it !== run), run] })
      const { id: run } = yield* start(this.#engine, this.#kept.workflow, input, { id, labels }, {
        by: null,
        // Start policies may have made it a run that was there.
        with: (run) => this.#writes(seen, opened(run), [{ ...fire, run }])
      })
      for (const old of instead) this.#command(old, "terminate", `Replaced by ${run}`)
      this.#done([{ ...fire, run }], instead)
      yield* this.#prune(opened(run))
    }).pipe(
      Effect.catchTag("EngineClosed", ({ message }) => Effect.sync(() => this.#end(message))),
      Effect.catchTag("JournalError", (error) => error.reason === "Stale" ? Effect.void : Effect.fail(error))
    )
  }

  #prune({ open }: ScheduleState): Effect.Effect<void, JournalError> {
    const { surplus } = this.#kept
    if (surplus === undefined) return Effect.void
    const { journal } = this.#engine.host
    return Effect.map(journal.reads.listRuns({ ...surplus.choice, limit: Infinity }), (rows) => {
      const gone = surplus.of(rows).filter(({ id }) => !open.includes(id))
      if (gone.length === 0) return
      journal.append(gone.map(({ key }) => ({ kind: "delete", run: key, ifEnded: true })), (error) => {
        if (error === undefined) this.#engine.collection.wake()
      })
    })
  }

  #writes({ cell }: Seen, state: ScheduleState, fires: ReadonlyArray<Fire>) {
    const { again, place, schedule } = this.#kept
    const { reads } = this.#engine.host.journal
    const was = cell?.data ?? null
    return Effect.map(fireWrites(reads, schedule, state, fires, again !== undefined), ({ fires, writes }) => {
      const data = JSON.stringify({ ...state, fires })
      return [{ kind: "cell", ...place, was, data } as const, ...writes]
    })
  }

  #done(fires: ReadonlyArray<Fire>, instead: ReadonlyArray<string> = []): void {
    this.#isNew = false
    for (const fire of fires) this.#kept.tell?.({ type: "decided", fire, instead })
  }

  #wait({ stop, until }: Wait, { rows }: Seen): void {
    this.#isNew = false
    this.#kept.tell?.({ type: "waiting", until })
    if (this.#isOver) return
    if (stop) { for (const row of rows) this.#stop(row) }
    // A stop that came to nothing is asked for again.
    const latest = stop ? this.#engine.host.now() + longestWait : Infinity
    if (stop || until !== undefined) this.#sleep(Math.min(until ?? Infinity, latest))
  }

  /** Is woken when one of these has ended, in whichever process; answers whether that is new. */
  #attend(rows: ReadonlyArray<RunRow>): boolean {
    const runs = rows.map(({ key }) => key).join(" ")
    if (this.#attended === runs) return false
    this.#inattention()
    const { journal } = this.#engine.host
    const ends = [journal.watch(), ...rows.map(({ key }) => this.#engine.listen(key, () => this.#changed(key)))]
    this.#attended = runs
    this.#inattention = () => ends.forEach((end) => end())
    return true
  }

  #changed(run: number): void {
    if (!this.#engine.live.has(run)) this.wake()
  }

  #stop({ id, stopping }: RunRow): void {
    if (stopping !== null || this.#stopping.has(id)) return
    this.#stopping.add(id)
    this.#command(id, "stop", `The next run of schedule "${this.#kept.schedule}" takes its place`)
  }

  #command(id: string, verb: "stop" | "terminate", message: string): void {
    const sent = Effect.ignore(command(this.#engine, id, verb, { message }))
    const known = Effect.sync(() => this.#stopping.delete(id))
    Effect.runForkWith(this.#engine.host.context)(Effect.ensuring(sent, known))
  }

  #sleep(until: number): void {
    const { host } = this.#engine
    const from = host.now()
    this.#cancelAlarm = host.alarm(Math.min(until, from + longestWait), () => host.guard(() => this.#rang(from, until)))
  }

  #rang(from: number, until: number): void {
    if (this.#isOver) return
    const now = this.#engine.host.now()
    // When the clock was set back, it may show what is due once more.
    if (now >= from && now < until) this.#sleep(until)
    else this.wake()
  }

  #doze(): void {
    this.#cancelAlarm()
    this.#inattention()
    this.#inattention = () => {}
    this.#attended = undefined
  }
}

const beginning = (make: () => Begin): Begin | string => {
  try {
    return make()
  } catch (error) {
    return `its input cannot be made: ${error instanceof Error ? error.message : String(error)}`
  }
}
