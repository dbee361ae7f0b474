/**
 * How long a run would have taken if some of it had been otherwise: nodes quicker, permits more or fewer. Pure.
 *
 * Nodes are begun again in a simulation, by what they came after. What lies between the end of that and the beginning
 * of a node stays as it was; permits are given in the order in which they are asked for.
 */
import type { Recorded } from "../run/Event.ts"
import { latest, Siblings, spanOfAll, type Step } from "./critical.ts"
import { Agenda } from "./Agenda.ts"

/** What a node held of semaphores as it began. */
export type Takes = ReadonlyArray<readonly [semaphore: string, permits: number]>

/** What is otherwise. */
export interface World {
  /** How long a node works, its waits for the permits that it takes left out. */
  readonly lengthOf: (step: Step) => number
  /** What a node takes; default nothing. */
  readonly takesOf?: (step: Step) => Takes
  /** How many permits there are of a semaphore; default as many as are asked for. */
  readonly limits?: ReadonlyMap<string, number>
}

/** When all would have ended. */
export const endIf = (steps: ReadonlyArray<Step>, world: World): number => {
  if (steps.length === 0) return 0
  const simulation = new Simulation(world)
  let end = 0
  const { from } = spanOfAll(steps)
  simulation.begin(steps, from, from, (at) => void (end = at))
  simulation.run()
  return end
}

/** What nodes took by their paths, as far as the events tell. */
export const takesIn = (
  events: ReadonlyArray<Recorded>,
  shownAt: (path: string) => string = (path) => path
): ReadonlyMap<string, Takes> => {
  const found = new Map<string, Takes>()
  for (const { event } of events) {
    if (event.type !== "NodeStarted" && event.type !== "AttemptStarted") continue
    if (event.takes !== undefined) found.set(shownAt(event.path), event.takes)
  }
  return found
}

/** The most permits of each semaphore that were held at once. */
export const mostHeld = (
  held: ReadonlyArray<{ readonly from: number; readonly to: number; readonly takes: Takes }>
): ReadonlyMap<string, number> => {
  const changes = held.flatMap(({ from, takes, to }) =>
    takes.flatMap(([name, permits]) => [{ at: from, name, permits }, { at: to, name, permits: -permits }])
  ).toSorted((a, b) => a.at - b.at || a.permits - b.permits)
  const now = new Map<string, number>()
  const most = new Map<string, number>()
  for (const { name, permits } of changes) {
    now.set(name, (now.get(name) ?? 0) + permits)
    most.set(name, Math.max(most.get(name) ?? 0, now.get(name)!))
  }
  return most
}

type Done = (at: number) => void

/** A node that waits for its permits. */
interface Asking {
  readonly takes: Takes
  readonly begin: Done
}

/** Those that have asked for permits of a semaphore, in order; the ones before `first` have begun. */
interface Queue {
  readonly all: Array<Asking>
  first: number
}

/**
 * A run that is done again.
 *
 * Owns: what is due when, which permits are held, who waits for some. Does not own: what is otherwise.
 */
class Simulation {
  readonly #world: World
  readonly #agenda = new Agenda()
  readonly #held = new Map<string, number>()
  readonly #queues = new Map<string, Queue>()

  constructor(world: World) {
    this.#world = world
  }

  run(): void {
    this.#agenda.run()
  }

  /** Begins nodes beside each other, in what began at `was` and begins at `at` now. */
  begin(steps: ReadonlyArray<Step>, was: number, at: number, done: Done): void {
    const siblings = new Siblings(steps)
    const before = new Map(steps.map((step) => [step, siblings.before(step)]))
    const open = new Map(steps.map((step) => [step, before.get(step)!.length]))
    const after = Map.groupBy(steps.flatMap((step) => before.get(step)!.map((it) => ({ it, step }))), ({ it }) => it)
    let [left, last] = [steps.length, at]
    const ends = new Map<Step, number>()
    const start = (step: Step): void => {
      const first = before.get(step)!
      const since = latest(first)?.to ?? was
      const from = first.reduce((most, it) => Math.max(most, ends.get(it)!), first.length === 0 ? at : -Infinity)
      this.#agenda.at(from + step.from - since, (now) => this.#begin(step, now, (end) => ended(step, end)))
    }
    const ended = (step: Step, end: number): void => {
      ends.set(step, end)
      last = Math.max(last, end)
      for (const { step: next } of after.get(step) ?? []) {
        open.set(next, open.get(next)! - 1)
        if (open.get(next) === 0) start(next)
      }
      if (--left === 0) done(last)
    }
    for (const step of steps) if (open.get(step) === 0) start(step)
  }

  #begin(step: Step, at: number, done: Done): void {
    const { lengthOf, takesOf } = this.#world
    if (step.steps.length > 0) {
      const tail = step.to - spanOfAll(step.steps).to
      return this.begin(step.steps, step.from, at, (end) => done(Math.max(at, end + tail)))
    }
    const takes = takesOf?.(step) ?? []
    if (takes.length === 0) return this.#agenda.at(at + lengthOf(step), done)
    this.#ask(takes, at, (from) => {
      this.#hold(takes, 1)
      this.#agenda.at(from + lengthOf(step), (end) => {
        this.#hold(takes, -1)
        this.#grant(takes, end)
        done(end)
      })
    })
  }

  #hold(takes: Takes, times: 1 | -1): void {
    for (const [name, permits] of takes) this.#held.set(name, (this.#held.get(name) ?? 0) + times * permits)
  }

  #ask(takes: Takes, at: number, begin: Done): void {
    for (const [name] of takes) {
      const queue = this.#queues.get(name) ?? { all: [], first: 0 }
      queue.all.push({ takes, begin })
      this.#queues.set(name, queue)
    }
    this.#grant(takes, at)
  }

  /** Lets those begin for whom there is room; nobody overtakes another one that wants some of the same. */
  #grant(takes: Takes, at: number): void {
    const names = takes.map(([name]) => name)
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const asking = this.#firstFor(name)
      if (asking === undefined || !asking.takes.every((it) => this.#isFree(asking, it))) continue
      for (const [taken] of asking.takes) {
        this.#queues.get(taken)!.first++
        names.push(taken)
      }
      asking.begin(at)
    }
  }

  #firstFor(name: string): Asking | undefined {
    const queue = this.#queues.get(name)
    return queue?.all[queue.first]
  }

  /** What asks for more than there are has them alone. */
  #isFree(asking: Asking, [name, permits]: Takes[number]): boolean {
    const held = this.#held.get(name) ?? 0
    const fits = held === 0 || held + permits <= (this.#world.limits?.get(name) ?? Infinity)
    return fits && this.#firstFor(name)?.begin === asking.begin
  }
}
