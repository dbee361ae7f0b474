/** What happens in one case, drawn from its seed before anything runs. */
import { makeRandom } from "../../src/testing/World.ts"
import type { Runtime } from "./Host.ts"
import type { Variant } from "./rich.ts"

/** How one life of the process that executes the run ends. */
export type Death =
  | { readonly how: "point"; readonly point: string }
  /** So many milliseconds after it was spawned. */
  | { readonly how: "spawned"; readonly millis: number }
  /** So many milliseconds after it began to execute. */
  | { readonly how: "running"; readonly millis: number }
  /** Without a crash: it closes its engine and leaves. */
  | { readonly how: "closing"; readonly millis: number }

/** A command to the run, so many milliseconds after the life began. */
export interface Order {
  readonly verb: "stop" | "terminate" | "suspend" | "resume"
  readonly millis: number
  readonly from: "peer" | "owner"
}

/** One life: how it ends and what is asked of the run meanwhile. */
export interface Life {
  readonly runtime: Runtime
  readonly death: Death
  readonly orders: ReadonlyArray<Order>
  /** Whether the other process is killed too, after so many milliseconds. */
  readonly peerDies: number | undefined
}

/** The second process: it only watches, or it knows the workflow and takes over. */
export type Peer = "none" | "watcher" | "standby"

/** One case. */
export interface Case {
  readonly variant: Variant
  readonly durability: "power" | "process"
  readonly peer: Peer
  readonly peerRuntime: Runtime
  readonly lives: ReadonlyArray<Life>
  /** The share of the log that a copy keeps after each death. */
  readonly cut: number
}

type Random = () => number

const pick = <A>(random: Random, from: ReadonlyArray<A>): A => from[Math.floor(random() * from.length)]!

const whole = (random: Random, most: number): number => 1 + Math.floor(random() * most)

const points: ReadonlyArray<readonly [name: string, most: number]> = [
  ["before", 40],
  ["after", 40],
  ["told", 40],
  ["begin", 25],
  ["end", 25],
  ["claimed", 1],
  ["inbox", 2],
  ["leaving", 1],
  ["appended-NodeStarted", 30],
  ["stored-NodeStarted", 30],
  ["appended-NodeFinished", 30],
  ["stored-NodeFinished", 30],
  ["appended-AttemptFailed", 8],
  ["stored-AttemptFailed", 8],
  ["appended-AttemptStarted", 8],
  ["stored-AttemptStarted", 8],
  ["stored-NodeWaiting", 2],
  ["appended-NodeSignalled", 1],
  ["stored-NodeSignalled", 1],
  ["appended-RunFinished", 1],
  ["stored-RunFinished", 1],
  ["stored-RunCreated", 1],
  ["stored-RunRetried", 1],
  ["appended-RunRetried", 1],
  ["stored-RunStopping", 1],
  ["stored-RunSuspended", 1],
  ["stored-RunResumed", 1]
]

const death = (random: Random): Death => {
  const draw = random()
  if (draw < 0.6) {
    const [name, most] = pick(random, points)
    // Small numbers more often: later lives of a run have less left to do.
    return { how: "point", point: `${name}:${Math.min(whole(random, most), whole(random, most))}` }
  }
  if (draw < 0.7) return { how: "spawned", millis: random() * 300 }
  if (draw < 0.93) return { how: "running", millis: random() * 120 }
  return { how: "closing", millis: random() * 150 }
}

const orders = (random: Random, peer: Peer): ReadonlyArray<Order> => {
  if (random() < 0.5) return []
  return Array.from({ length: whole(random, 5) }, () => {
    const draw = random()
    const verb = draw < 0.12 ? "stop" : draw < 0.2 ? "terminate" : draw < 0.6 ? "suspend" : "resume"
    return { verb, millis: random() * 200, from: peer !== "none" && random() < 0.8 ? "peer" : "owner" }
  })
}

/** The case of a seed, its processes on some of these runtimes. */
export const draw = (seed: number, runtimes: ReadonlyArray<Runtime>): Case => {
  const random = makeRandom(seed)
  const peer = pick<Peer>(random, ["none", "none", "watcher", "standby"])
  const isQuiet = random() < 0.4
  return {
    variant: {
      pace: pick(random, [0, 8, 25]),
      approval: random() < 0.4,
      payment: random() < 0.4,
      broken: random() < 0.3,
      parallelism: pick(random, [2, 1000, 1000])
    },
    durability: pick(random, ["power", "process"]),
    peer,
    cut: random(),
    peerRuntime: pick(random, runtimes),
    lives: Array.from({ length: whole(random, 7) }, () => ({
      runtime: pick(random, runtimes),
      death: death(random),
      orders: isQuiet ? [] : orders(random, peer),
      peerDies: peer !== "none" && random() < 0.2 ? random() * 250 : undefined
    }))
  }
}
