// deno-lint-ignore-file no-explicit-any -- a test bed takes any input and gives any error
/**
 * The public API on virtual time: processes that share one disk and one clock, stepped only while a test waits for
 * something. Time moves when nothing can run, so an hour of back-off costs nothing and no test sleeps. `SEED=7` in the
 * environment gives all tests another interleaving.
 *
 * Owns: the disk, the simulated processes. Does not own: bodies' Promises, which settle between two steps.
 * Invariants
 * - B1 Waiting for what can never happen throws and says what every open node waits for.
 * - B2 Whoever asks is outside: what storage answers at once is there without a step, and takes nothing from the seed.
 * - B3 A run that was waited for by `ended` has been checked against the invariants N1 to N9.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import type { NodeView, OpenOptions, RunHandle, Workflow } from "../../mod.ts"
import { setClock } from "../../src/testing/VirtualClock.ts"
import { Pinnace } from "../../src/embed/Pinnace.ts"
import type { EngineOptions } from "../../src/embed/makeEngine.ts"
import { planOf } from "../../src/engine/life/plans.ts"
import { Disk } from "../../src/journal/Disk.ts"
import { readEvents } from "../../src/journal/diskReads.ts"
import { fence } from "../../src/journal/memory.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { check } from "../../src/run/invariants.ts"
import type { Ending, Event } from "../../src/run/Event.ts"
import type { RunRow } from "../../src/run/State.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { keepSchedules } from "../../src/schedule/keep.ts"
import type { SomeSchedule } from "../../src/schedule/kept.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { Cluster, type Process } from "../sim/Cluster.ts"

/** Any workflow that needs no services. */
type SomeWorkflow = NonNullable<OpenOptions["workflows"]>[number]

/** How a process opens the disk. */
interface BedOptions extends EngineOptions {
  readonly workflows?: ReadonlyArray<SomeWorkflow>
  readonly schedules?: ReadonlyArray<SomeSchedule>
}

/** A run that was played to its end. */
export interface Played<O> {
  readonly bed: TestBed
  readonly pinnace: Pinnace
  readonly run: RunHandle<O>
  readonly ending: Ending
}

/** A disk with processes on it. */
export class TestBed {
  readonly disk = new Disk()
  readonly #cluster: Cluster
  readonly #processes = new Map<Pinnace, Process>()

  constructor(seed = Number(process.env["SEED"] ?? 1)) {
    this.#cluster = new Cluster(this.disk, makeRandom(seed), 0.05)
  }

  /** Opens the disk in one more process. */
  open(options: BedOptions = {}): Pinnace {
    const { schedules = [], workflows = [], ...rest } = options
    const process = this.#cluster.open(workflows as unknown as ReadonlyArray<AnyWorkflow>, rest)
    const dispose = () => Effect.runPromise(process.engine.close)
    const pinnace = new Pinnace<never>(process.engine, dispose, process.world.onlooker)
    this.#processes.set(pinnace, process)
    keepSchedules(process.engine, schedules)
    return pinnace
  }

  /** Ends a process as SIGKILL does. */
  crash(pinnace: Pinnace): void {
    this.#cluster.kill(this.#processes.get(pinnace)!)
  }

  /** Whether a process has ended as SIGKILL ends it, by `crash` or by a fault of the disk. */
  isDead(pinnace: Pinnace): boolean {
    const { dead, journal } = this.#processes.get(pinnace)!
    return dead || !this.disk.members.has(journal.process)
  }

  /** From now on storage answers those that open it later than it is asked. */
  answerSlowly(): void {
    this.#cluster.answers = "slowly"
  }

  /** From now on a process that is declared dead goes on under another number, once storage lets it. */
  renew(again: NonNullable<Cluster["again"]> = (open) => Effect.sync(open)): void {
    this.#cluster.again = again
  }

  /** The number of a process. */
  numberOf(pinnace: Pinnace): number {
    return this.#processes.get(pinnace)!.journal.process
  }

  /** Declares a process dead that still runs; it hears of it when it writes next, or at once. */
  fence(pinnace: Pinnace, told = false): void {
    fence(this.#processes.get(pinnace)!.journal, told)
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#cluster.time.now
  }

  /** Whether nothing can ever happen by itself any more. */
  get isIdle(): boolean {
    return this.#cluster.living.every(({ world }) => world.idle)
  }

  /** Lets time pass while nobody looks, as when no process runs. */
  elapse(millis: number): void {
    this.#cluster.time.now += millis
  }

  /** Sets the clock, which no timer heeds. */
  setClock(by: number): void {
    setClock(this.#cluster.time, by)
  }

  /** The next timer fires in the middle of this turn. */
  ring(): void {
    this.#cluster.ring()
  }

  /** From now on no process that opens hears when a rate can serve again. */
  loseRefills(): void {
    this.#cluster.loss = 1
  }

  /** How many steps were taken so far: what happened is paid for in these. */
  get taken(): number {
    return this.#cluster.taken
  }

  /** Takes so many steps, or as many as there are at this instant. */
  steps(many: number): void {
    for (let left = many; left > 0 && this.#busy; left--) this.#cluster.step()
  }

  /** Steps until the condition holds. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let idle = 0; idle <= patience + pauses; idle++) {
      // What a step resolved is seen before the next step is taken.
      await (idle < patience ? turn() : pause())
      if (await condition()) return
      if (this.#cluster.step()) idle = -1
    }
    throw new Error(`nothing can happen any more:\n${this.describe()}`)
  }

  /** Steps until the promise settles, and gives what it settled with. */
  async settle<A>(promise: Promise<A>): Promise<A> {
    let settled = false
    const note = () => {
      settled = true
    }
    promise.then(note, note)
    await this.until(() => settled)
    return promise
  }

  /** Steps until the promise rejects, and gives the error. */
  async rejection(promise: Promise<unknown>): Promise<any> {
    return this.settle(promise.then(
      (value) => Promise.reject(new Error(`it did not reject but gave ${JSON.stringify(value)}`)),
      (error) => error
    ))
  }

  /** Steps until nothing can happen at this instant; time stands still. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < patience; idle++) {
      await turn()
      while (this.#busy) {
        idle = 0
        this.#cluster.step()
        await turn()
      }
    }
  }

  /** Steps until the run has ended and checks the invariants over all that it left. */
  async ended(run: RunHandle<unknown>): Promise<Ending> {
    const ending = await this.settle(run.ending())
    const violations = this.violations(run)
    if (violations.length > 0) throw new Error(violations.join("\n"))
    return ending
  }

  /** Runs a workflow to its end in a process of its own, unless one is given. */
  async play<O, E>(one: Workflow<any, O, E>, input?: unknown, pinnace: Pinnace = this.open()): Promise<Played<O>> {
    const run = await this.settle(pinnace.start(one, input))
    const ending = await this.ended(run)
    return { bed: this, pinnace, run, ending }
  }

  /** The row of a run on the disk. */
  rowOf(run: RunHandle<unknown>): RunRow {
    return [...this.disk.runs.values()].findLast(({ id }) => id === run.id)!
  }

  /** What a run's record breaks of the invariants. */
  violations(run: RunHandle<unknown>): ReadonlyArray<string> {
    const row = this.rowOf(run)
    const nodes = new Map(this.disk.nodes.get(row.key))
    const plan = this.#planOf(row)
    return check({ events: readEvents(this.disk, row.key, 0), rows: { run: row, nodes }, plan })
  }

  /** The events of a run so far, of some types when they are given. */
  events<T extends Event["type"]>(
    run: RunHandle<unknown>,
    ...types: ReadonlyArray<T>
  ): Array<Extract<Event, { type: T }>> {
    const all = readEvents(this.disk, this.rowOf(run).key, 0).map(({ event }) => event)
    return all.filter(({ type }) => types.length === 0 || types.includes(type as T)) as Array<
      Extract<Event, { type: T }>
    >
  }

  /** What every open run and node waits for. */
  describe(): string {
    const open = [...this.disk.runs.values()].map((row) => {
      const nodes = [...this.disk.nodes.get(row.key)?.values() ?? []]
      return [`${row.id} ${row.phase}`, ...nodes.map((it) => `  ${it.path} ${it.phase} ${it.waiting ?? ""}`)].join("\n")
    })
    return open.join("\n")
  }

  /** The plan a run followed from its beginning to its end; none when its definition changed on the way. */
  #planOf({ digest, workflow }: RunRow): Plan | undefined {
    const known = this.#cluster.processes.flatMap(({ engine }) => engine.workflows.get(workflow) ?? [])
    const plans = known.map(planOf)
    return plans.every((plan) => plan.digest === digest) ? plans[0] : undefined
  }

  get #busy(): boolean {
    return this.#cluster.living.some(({ world }) => world.busy)
  }
}

/** Runs a workflow to its end on a test bed of its own. */
export const play = async <O, E>(one: Workflow<any, O, E>, input?: unknown): Promise<RunHandle<O>> =>
  (await new TestBed().play(one, input)).run

// A rejected chain of promises needs a few turns until nobody can wake the world any more.
const patience = 20

// What the system does in threads of its own (hashing, files)
// takes as long as the machine is busy: two seconds at most.
const pauses = 400
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

/** Lets promises settle and messages between processes arrive. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The phases of a run's nodes by path. */
export const phases = async (run: RunHandle<unknown>): Promise<Record<string, string>> =>
  Object.fromEntries((await run.nodes()).map(({ path, phase }) => [path, phase]))

type Times = "attempt" | "finishedAt" | "startedAt" | "until"

/** One node of a run; a test that asks for its times knows that it has them. */
export const nodeOf = async (
  run: RunHandle<unknown>,
  path: string
): Promise<NodeView & Required<Pick<NodeView, Times>>> => {
  const found = (await run.nodes({ values: true })).find((node) => node.path === path)
  if (found === undefined) throw new Error(`no node ${path}; there are ${Object.keys(await phases(run)).join(", ")}`)
  return found as NodeView & Required<Pick<NodeView, Times>>
}
