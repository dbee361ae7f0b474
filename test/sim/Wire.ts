/**
 * A journal behind a wire, as one on a server is: what is appended goes out in numbered groups, one at a time, and is
 * sent again when its answer is lost; notices come late, twice, or only when the connection is back; a machine may be
 * cut off for a while.
 *
 * Owns: what is on its way, the numbers, which notices were missed. Does not own: what is stored, who is declared dead.
 * Invariants that are checked here
 * - N13 Nothing of a number that was declared dead is applied.
 * - N15 The groups of a number are 1..n, each applied once; where the server has forgotten one that it had
 *   acknowledged, its process is told so and ends.
 */
import * as Effect from "effect/Effect"
import type { JournalShape, Notice, Write } from "../../src/journal/Journal.ts"
import { JournalError } from "../../src/journal/JournalError.ts"
import { Listeners } from "../../src/journal/Listeners.ts"
import { closedError, fencedError } from "../../src/journal/refusals.ts"
import { rewoundError } from "../../src/postgres/pgError.ts"
import { answered } from "../../src/testing/simulation/answering.ts"
import type { World } from "../../src/testing/World.ts"
import { type Answered, answersOf } from "../journal/answers.ts"

/** What connects one machine with the server: all that it opens goes over it. */
export class Net {
  isDown = false
  /** How often the wire does harm to what goes over it. */
  readonly harm: number
  readonly #waiting: Array<() => void> = []
  readonly #backs = new Set<() => void>()

  constructor(harm: number) {
    this.harm = harm
  }

  /** Does something now, or when the machine is connected again. */
  pass(go: () => void): void {
    if (this.isDown) this.#waiting.push(go)
    else go()
  }

  /** Told when the connection is back. */
  onBack(back: () => void): void {
    this.#backs.add(back)
  }

  /** Every connection was cut, and is made again. */
  reconnect(): void {
    this.isDown = false
    for (const go of this.#waiting.splice(0)) go()
    for (const back of [...this.#backs]) back()
  }
}

interface Job {
  /** What the server does when it gets it for the first time; answers later. */
  readonly serve: (answer: (result: unknown) => void) => void
  readonly told: (result: unknown) => void
  readonly lost: (error: JournalError) => void
}

interface Served {
  result: { readonly value: unknown } | undefined
  readonly waiting: Array<(result: unknown) => void>
}

interface Queued {
  readonly writes: ReadonlyArray<Write>
  readonly done: (error: JournalError | undefined) => void
}

/** The machine is cut off. */
export const unreachable = (): JournalError =>
  new JournalError({ reason: "Io", message: "Cannot reach the simulated server. Wait until the wire is whole." })

/** One number's journal behind a wire. */
export class Wire {
  /** What was broken of the invariants. */
  readonly violations: Array<string>
  readonly #inner: Answered
  readonly #world: World
  readonly #random: () => number
  readonly #net: Net
  readonly #isAlive: () => boolean
  readonly #delayed: (millis: number) => void
  readonly #listeners = new Listeners()
  #queue: Array<Queued> = []
  #jobs: Array<Job> = []
  readonly #served = new Map<number, Served>()
  #number = 0
  #isBusy = false
  #failure: JournalError | undefined = undefined
  /** How often another server, which was behind, has taken over: what was on its way then is lost. */
  #servers = 0
  #idle: Array<() => void> = []
  /** Own commits that are not answered yet are not told either. */
  #held: Array<Notice> = []
  #missed: Array<Notice> = []

  /** `isAlive` says whether the server still knows the number. */
  constructor(
    inner: Answered,
    { delayed, isAlive, net, random, violations, world }: {
      readonly world: World
      readonly random: () => number
      readonly net: Net
      readonly isAlive: () => boolean
      readonly violations: Array<string>
      /** Told how long something may come later than it would. */
      readonly delayed: (millis: number) => void
    }
  ) {
    this.#inner = inner
    this.#world = world
    this.#random = random
    this.#net = net
    this.#isAlive = isAlive
    this.violations = violations
    this.#delayed = delayed
    inner.subscribe((notice) => this.#heard(notice))
    net.onBack(() => this.#back())
  }

  /** The journal as the engine sees it. */
  shape(): JournalShape {
    const { artifacts, claims, reads } = this.#inner
    const look = <A, E>(answer: Effect.Effect<A, E>) => this.#look(answer)
    return {
      ...this.#inner,
      append: (writes, done = () => {}) => this.#append(writes, done),
      drained: this.#drained,
      reads: { ...answered(reads, look), artifacts: answered(reads.artifacts, look) },
      claims: answered(claims, (answer) => Effect.andThen(this.#drained, this.#claim(answer)) as never),
      artifacts: { file: artifacts.file, nextId: artifacts.nextId },
      subscribe: (listener) => this.#listeners.add(listener),
      close: () => void this.#close(),
      closed: Effect.sync(() => this.#close())
    }
  }

  /** Its process says by itself that it may not go on: it was cut off for too long. */
  giveUp(): void {
    this.#fail(unreachable())
  }

  /** Whether the server has in hand nothing that it has not answered. */
  get isQuiet(): boolean {
    return [...this.#served.values()].every(({ result }) => result !== undefined)
  }

  /** What the server knows now; the answer makes it all that it knows, and says whether more was acknowledged. */
  mark(): () => boolean {
    const known = this.#served.size
    return () => this.#forget(known)
  }

  #forget(known: number): boolean {
    for (const number of [...this.#served.keys()]) if (number > known) this.#served.delete(number)
    this.#servers++
    if (this.#job !== undefined && this.#failure === undefined) this.#send(this.#current, this.#job)
    return this.#acknowledged > known
  }

  #close(): void {
    this.#lose(closedError())
    // A machine that is cut off cannot say that it goes: it is found out at the latest when it is back.
    this.#net.pass(() => Effect.runSync(this.#inner.closed))
  }

  #append(writes: ReadonlyArray<Write>, done: Queued["done"]): void {
    const failure = this.#failure
    if (failure !== undefined) return this.#world.add(() => done(failure))
    this.#queue.push({ writes, done })
    this.#world.add(() => this.#pump())
  }

  #pump(): void {
    if (this.#isBusy || this.#failure !== undefined) return
    const job = this.#queue.length > 0 ? this.#group() : this.#jobs.shift()
    if (job === undefined) return this.#rest()
    this.#isBusy = true
    this.#send(++this.#number, job)
  }

  #rest(): void {
    for (const resume of this.#idle.splice(0)) resume()
  }

  #group(): Job {
    const group = this.#queue.splice(0, 1 + Math.floor(this.#random() * 20))
    const errors: Array<JournalError | undefined> = []
    const serve = (answer: (result: unknown) => void): void => {
      let left = group.length
      for (const [at, { writes }] of group.entries()) {
        this.#inner.append(writes, (error) => {
          errors[at] = error
          if (--left === 0) answer(errors)
        })
      }
    }
    const told = (): void => {
      const failure = errors.find((error) => error !== undefined && !error.concernsOneAppend)
      for (const [at, { done }] of group.entries()) done(errors[at])
      if (failure !== undefined) this.#fail(failure)
    }
    return { serve, told, lost: (error) => group.forEach(({ done }) => done(error)) }
  }

  #claim<A, E>(claim: Effect.Effect<A, E>): Effect.Effect<A, E | JournalError> {
    return Effect.callback((resume) => {
      if (this.#failure !== undefined) return resume(Effect.fail(this.#failure))
      this.#jobs.push({
        serve: (answer) => answer(Effect.runSyncExit(claim)),
        told: (result) => resume(result as Effect.Effect<A, E>),
        lost: (error) => resume(Effect.fail(error))
      })
      this.#pump()
    })
  }

  /** Over the wire, as often as it takes. */
  #send(number: number, job: Job): void {
    const server = this.#servers
    const isDone = (): boolean => this.#current !== number || this.#failure !== undefined || this.#servers !== server
    const later = (go: () => void): void => this.#world.add(() => this.#net.pass(go))
    const again = (): void => later(() => isDone() ? undefined : this.#send(number, job))
    const arrive = (answer: (result: unknown) => void): void =>
      this.#servers === server ? this.#serve(number, job, answer) : undefined
    this.#current = number
    this.#job = job
    const fate = this.#random() < this.#net.harm ? Math.floor(this.#random() * 3) : undefined
    if (fate === 0) return again()
    if (fate === 1) return later(() => (arrive(() => {}), again()))
    if (fate === 2) return (later(() => this.#world.add(() => arrive(() => {}))), again())
    later(() => arrive((result) => later(() => isDone() ? undefined : this.#answered(job, result))))
  }

  #current = 0
  #job: Job | undefined = undefined

  #serve(number: number, job: Job, answer: (result: unknown) => void): void {
    const known = this.#served.get(number)
    if (known?.result !== undefined) return answer(known.result.value)
    if (known !== undefined) return void known.waiting.push(answer)
    if (!this.#isAlive()) return this.#world.add(() => this.#fail(fencedError(this.#inner.process)))
    if (number > this.#served.size + 1 && this.#servers > 0) return this.#world.add(() => this.#fail(rewoundError()))
    if (number !== this.#served.size + 1) this.violations.push(`N15 group ${number} comes after ${this.#served.size}`)
    const served: Served = { result: undefined, waiting: [answer] }
    this.#served.set(number, served)
    const before = this.#isAlive()
    job.serve((value) => {
      if (!before) this.violations.push(`N13 group ${number} of a dead process was applied`)
      served.result = { value }
      for (const waiting of served.waiting.splice(0)) waiting(value)
    })
  }

  #answered(job: Job, result: unknown): void {
    this.#job = undefined
    this.#current = 0
    this.#isBusy = false
    job.told(result)
    for (const notice of this.#held.splice(0)) this.#tell(notice)
    this.#pump()
  }

  /** The number of the latest group that it knows to be stored. */
  get #acknowledged(): number {
    return this.#isBusy ? this.#number - 1 : this.#number
  }

  #fail(error: JournalError): void {
    if (this.#failure !== undefined) return
    this.#lose(error)
    this.#listeners.tell({ type: "lost", error })
  }

  #lose(error: JournalError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    const queued = this.#queue.splice(0)
    this.#job?.lost(error)
    for (const { done } of queued) done(error)
    for (const { lost } of this.#jobs.splice(0)) lost(error)
    this.#rest()
  }

  get #drained(): Effect.Effect<void, JournalError> {
    return Effect.callback((resume) => {
      const look = (): void => {
        const isOver = !this.#isBusy && this.#queue.length === 0
        if (this.#failure !== undefined) resume(Effect.fail(this.#failure))
        else if (isOver) resume(Effect.void)
        else this.#idle.push(look)
      }
      look()
    })
  }

  #look<A, E>(answer: Effect.Effect<A, E>): Effect.Effect<A, E> {
    const turn = Effect.callback<void>((resume) => this.#world.add(() => this.#net.pass(() => resume(Effect.void))))
    return Effect.andThen(turn, Effect.flatMap(Effect.exit(answer), (exit) => Effect.andThen(turn, exit)))
  }

  #heard(notice: Notice): void {
    if (notice.type === "committed" || notice.type === "granted" || notice.type === "refill") {
      if (this.#isBusy) return void this.#held.push(notice)
      if (notice.type === "committed") return this.#tell(notice)
    }
    if (this.#net.isDown) return void this.#missed.push(notice)
    const draw = this.#random() / Math.max(this.#net.harm, 1e-9)
    if (draw < 0.3) return this.#miss(notice)
    if (draw < 0.6) return this.#world.add(() => this.#tell(notice))
    this.#tell(notice)
    if (draw < 0.9 && notice.type !== "granted") this.#world.add(() => this.#tell(notice))
  }

  /** Its session had just ended, and is there again soon. */
  #miss(notice: Notice): void {
    this.#missed.push(notice)
    this.#delayed(1_000)
    const soon = Effect.sleep(Math.floor(this.#random() * 1_000))
    const back = Effect.sync(() => this.#net.isDown ? undefined : this.#back())
    if (this.#missed.length === 1) this.#world.fork(Effect.andThen(soon, back))
  }

  #tell(notice: Notice): void {
    if (this.#failure !== undefined) return
    if (notice.type === "lost") return this.#fail(notice.error)
    // What was granted is asked anew after it was missed.
    if (notice.type === "granted" && !this.#isGranted(notice)) return
    this.#listeners.tell(notice)
  }

  #isGranted({ path, run }: { readonly run: number; readonly path: string }): boolean {
    if (!this.#isAlive()) return false
    return answersOf(this.#inner).permits().some((permit) =>
      permit.run === run && permit.path === path && permit.grantedAt > 0
    )
  }

  #back(): void {
    if (this.#failure !== undefined) return
    if (!this.#isAlive()) return this.#fail(fencedError(this.#inner.process))
    if (this.#acknowledged > this.#served.size) return this.#fail(rewoundError())
    const missed = this.#missed.splice(0)
    for (const type of ["commands", "freed", "foreign"] as const) this.#tell({ type })
    for (const notice of missed) this.#tell(notice)
  }
}
