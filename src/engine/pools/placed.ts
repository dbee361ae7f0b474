/**
 * The body of a node that runs on a pool, for its owner: another way to run a body. What is recorded, and when, is as
 * for one that runs here.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Taken } from "../../run/placement.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import { ended, type NodeEnd } from "../node/NodeEnd.ts"
import { put } from "./cells.ts"
import { offerOf } from "./offer.ts"

export { unplaceable } from "./offer.ts"

import type { Over, Placement, PlacementOptions } from "./Placement.ts"

/** Whoever had the attempt died with it; the rule for crashed attempts says what follows. */
export const died: NodeEnd = ended("Error", "Crashed", "The worker that ran it died")

/** Nobody has the attempt, and nobody knows what became of it. */
export const absent: NodeEnd = ended("Error", "Crashed", "Its attempt is not known to any worker")

/** Runs one attempt on the pool of the node, within its time; never fails. */
export const placed = (live: LiveNode, spec: NodeSpec): Effect.Effect<NodeEnd> =>
  Effect.suspend(() => {
    const begun = new Begun(live, spec)
    const body = Effect.map(follow(live, spec, begun), (over) => endOf(live, over))
    const { attempt, pending = Infinity, total } = spec.timeouts
    const taken = pending === Infinity ? body : Effect.raceFirst(body, begun.untaken)
    const timed = attempt === Infinity
      ? taken
      : Effect.raceFirst(taken, Effect.map(begun.late, () => late(spec, begun)))
    if (total === Infinity) return timed
    const { host, ledger } = live.run
    const left = (ledger.nodes.get(spec.path)?.startedAt ?? host.now()) + total - host.now()
    const alarm = Effect.sleep(Duration.millis(Math.max(0, left)))
    return Effect.raceFirst(timed, Effect.map(alarm, () => late(spec, begun)))
  })

/** Since when a worker has it. */
class Begun {
  isTaken = false
  readonly #live: LiveNode
  readonly #spec: NodeSpec
  readonly #isNew: boolean
  #left = Infinity
  readonly #tell = new Set<() => void>()

  constructor(live: LiveNode, spec: NodeSpec) {
    this.#live = live
    this.#spec = spec
    this.#isNew = live.offer !== undefined
  }

  /** Clocks differ between machines: a worker's instant counts only where the attempt was taken before this life. */
  at(by: Taken): void {
    const { attempt } = this.#spec.timeouts
    const passed = this.#isNew || this.isTaken ? 0 : this.#live.run.host.now() - by.at
    this.#left = attempt - Math.min(attempt, Math.max(0, passed))
    this.isTaken = true
    for (const tell of this.#tell) tell()
    this.#tell.clear()
  }

  /** Ends when the attempt has taken as long as it may. */
  get late(): Effect.Effect<void> {
    return Effect.andThen(this.#taken, Effect.suspend(() => Effect.sleep(Duration.millis(this.#left))))
  }

  /** Ends when no worker has taken it in the time that it may wait; never once one has. */
  get untaken(): Effect.Effect<NodeEnd> {
    const { on, timeouts: { pending = Infinity } } = this.#spec
    const alarm = Effect.sleep(Duration.millis(Math.max(0, this.#since + pending - this.#live.run.host.now())))
    const message = `No worker of pool "${on}" took it in time (timeout: { pending: ${pending} ms })`
    const end = ended("Error", "NoWorker", message)
    const first = Effect.raceFirst(Effect.as(alarm, end), Effect.as(this.#taken, undefined))
    return Effect.flatMap(first, (late) => late === undefined ? Effect.never : Effect.succeed(late))
  }

  /** Since when it waits: of a first attempt the record says so; of others this life counts from where it follows. */
  get #since(): number {
    const { ledger, host } = this.#live.run
    const row = ledger.nodes.get(this.#spec.path)
    return row !== undefined && row.attempt === 1 && row.reruns === 0 ? row.startedAt : host.now()
  }

  get #taken(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.isTaken) return resume(Effect.void)
      this.#tell.add(() => resume(Effect.void))
    })
  }
}

const late = ({ on, path, timeouts: { attempt, total } }: NodeSpec, { isTaken }: Begun): NodeEnd => {
  if (!isTaken) return ended("Failed", "Timeout", `No worker of pool "${on}" took it in time (timeout ${total} ms)`)
  const which = attempt <= total ? `attempt timeout ${attempt} ms` : `timeout ${total} ms`
  return ended("Failed", "Timeout", `Node "${path}" did not finish in time (${which})`)
}

/**
 * A node may end before it comes to follow its attempt: stopped as it began, or before it went on after a crash. What
 * is out is taken back before its end is recorded.
 */
export const recalled = (live: LiveNode, spec: NodeSpec): Effect.Effect<void> =>
  Effect.suspend(() => {
    const row = live.run.ledger.nodes.get(spec.path)
    const isLeft = live.resumed && !live.followed && row?.phase === "Running" &&
      (row.waiting === null || row.waiting === "Permit")
    if (live.run.abandoned || live.offer === undefined && !isLeft) return Effect.void
    const placement = begin(live, spec, { taken: () => {}, noted: () => {}, over: () => {} })
    return Effect.map(placement.withdrawn, (over) => void endOf(live, over))
  })

const follow = (live: LiveNode, spec: NodeSpec, begun: Begun): Effect.Effect<Over> =>
  Effect.callback((resume) => {
    const placement = begin(live, spec, {
      taken: (by) => begun.at(by),
      noted: (note) => report(live, note),
      over: (over) => resume(Effect.succeed(over))
    })
    live.onStop(undefined)
    return withdraw(live, placement)
  })

const begin = (
  live: LiveNode,
  spec: NodeSpec,
  hears: Pick<PlacementOptions, "noted" | "over" | "taken">
): Placement => {
  const { host, ledger } = live.run
  const { attempt, epoch, path, reruns: rerun } = ledger.nodes.get(spec.path)!
  const place = { run: ledger.row.key, path, epoch, attempt, rerun }
  const isNew = live.offer !== undefined
  const offer = live.offer ?? offerOf(live, spec, place)
  live.offer = undefined
  live.followed = true
  return host.placements.follow({ place, pool: spec.on!, offer, isNew, ...hears })
}

/** A body is left alone where its run goes on elsewhere: the next owner finds it. */
const withdraw = (live: LiveNode, placement: Placement): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (live.run.abandoned) return Effect.sync(() => placement.leave())
    return Effect.map(placement.withdrawn, (over) => void endOf(live, over))
  })

const report = (live: LiveNode, note: string): void => {
  if (live.run.abandoned) return
  live.run.ledger.node({ type: "NodeProgress", path: live.path, ...JSON.parse(note) })
}

/** What its worker has stored is recorded with its end, and only then is the worker's word consumed. */
const endOf = (live: LiveNode, over: Over): NodeEnd => {
  live.consumed = over.writes ?? []
  if (over.how === "died") return died
  if (over.how !== "ended") return absent
  for (const staged of over.outcome.staged) live.stage(staged)
  return over.outcome.end
}

/** The end of an attempt is recorded: what its worker told is not needed any more. */
export const consume = (live: LiveNode): void => {
  for (const write of live.consumed) put(live.run.host, write)
  live.consumed = none
}

const none: LiveNode["consumed"] = []
