/** Permits around the work of a node or run: taken before it, given back as its `hold` says. */
import * as Effect from "effect/Effect"
import type { Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import type { LimitUnavailable } from "../../lock/LimitUnavailable.ts"
import type { PermitRequest, Take } from "../../lock/Permit.ts"
import type { NodeEvent } from "../../run/Event.ts"
import { permitFaults } from "../../plan/permits.ts"
import { apart, type PermitsDef, type PermitsOf, type PermitTake } from "../../workflow/Semaphore.ts"
import { errored, type NodeEnd } from "../node/NodeEnd.ts"
import { whileSuspended } from "../node/whileSuspended.ts"
import type { LiveNode, NodeSpec, Work } from "../Live.ts"
import { isShortLived } from "../../workflow/shortLived.ts"
import { offerWrites } from "../pools/offer.ts"
import type { Slots } from "./Slots.ts"

/** What waiting for permits can end with besides having them. */
export type PermitFailure = LimitUnavailable | JournalError

/** All that a node asks for before it works. */
export const permitsOf = (live: LiveNode, { permits }: NodeSpec): PermitsDef | undefined =>
  live.flight ?? live.asks ?? permits

/**
 * Finds out what a node asks for where its input decides, once in each of its
 * lives; answers the ending of one for which that cannot be told.
 */
export const ask = (live: LiveNode, { permits }: NodeSpec, { input }: Work): NodeEnd | undefined => {
  if (permits?.of === undefined) return undefined
  const asked = told(permits, input)
  if ("phase" in asked) return asked
  live.asks = asked
  return undefined
}

/** What is asked for with an input, or the ending of what asks, where its author's function does not tell it. */
export const told = (permits: PermitsDef, input: unknown): PermitsDef | NodeEnd => {
  try {
    const takes = apart((permits.of as PermitsOf<unknown>)(input))
    const asked = { takes, hold: permits.hold, priority: permits.priority }
    const fault = permitFaults(asked)[0]
    if (fault !== undefined) throw new TypeError(`${fault.message}. ${fault.hint}`)
    return asked
  } catch (error) {
    return errored("BadInput", error, "What it takes of semaphores cannot be told from its input")
  }
}

/** Whether a node has all that it needs to work. */
export const isAdmitted = (live: LiveNode, { leaf, on, permits, slots }: NodeSpec): boolean =>
  ((live.flight ?? live.asks ?? permits) === undefined || live.holdsPermits) &&
  (!leaf || on !== undefined || live.holdsSlot) &&
  (slots === undefined || live.place !== undefined)

/**
 * Waits for all that a node needs to work: permits first, then a
 * slot, so that whoever waits for permits keeps nobody from working.
 */
export const admitted = (live: LiveNode, spec: NodeSpec, text?: string): Effect.Effect<void, PermitFailure> =>
  Effect.suspend(() => Effect.andThen(takePermits(live, spec, text), slotFor(live, spec)))

/**
 * Records that an admitted node, or an attempt of it, begins; a leaf waits until that is durable. Whether the run is
 * suspended is asked in the same instant: then nothing begins, and nothing that others could use is kept meanwhile.
 * False for a composite that was stopped while it waited for its next attempt: that one is not begun.
 */
export const recordBegin = (
  live: LiveNode,
  spec: NodeSpec,
  event: NodeEvent,
  text?: string
): Effect.Effect<boolean, PermitFailure> =>
  Effect.callback((resume) => {
    const { ledger } = live.run
    if (live.composite && live.stopping !== undefined && awaitsAttempt(live)) return resume(Effect.succeed(false))
    if (isHeldUp(live)) {
      const later = Effect.andThen(heldUp(live, spec), admitted(live, spec, text))
      return resume(Effect.andThen(later, recordBegin(live, spec, event, text)))
    }
    const begins = withTakes(event, live)
    if (spec.leaf) {
      const done = (error?: JournalError): void => resume(error === undefined ? begun : Effect.fail(error))
      return ledger.node(begins, text, done, offerWrites(live, spec, begins))
    }
    ledger.node(begins, text)
    resume(begun)
  })

const begun = Effect.succeed(true)

/** With the permits that it holds, for those who ask later what it waited for; those of keys are of one start only. */
const withTakes = (event: NodeEvent, { holdsPermits, takes }: LiveNode): NodeEvent => {
  if (!holdsPermits || takes.length === 0) return event
  const told = takes.filter(({ name }) => !isShortLived(name))
  if (told.length === 0 || (event.type !== "NodeStarted" && event.type !== "AttemptStarted")) return event
  return { ...event, takes: told.map(({ name, weight }) => [name, weight] as const) }
}

/** Takes the permits of a node unless it has them already; it is shown as waiting only when it has to wait. */
const takePermits = (live: LiveNode, spec: NodeSpec, text: string | undefined): Effect.Effect<void, PermitFailure> => {
  const permits = permitsOf(live, spec)
  if (permits === undefined || live.holdsPermits) return Effect.void
  return take(live, permits, () => {
    // The instant of the next attempt is kept: without one, the
    // attempt of the record is the one that these permits are for.
    const until = live.run.ledger.nodes.get(spec.path)?.until ?? 0
    const instant = until > 0 ? { until } : {}
    const waiting = { type: "NodeWaiting", path: spec.path, kind: spec.kind, waiting: "Permit", ...instant } as const
    const isNew = spec.shows !== undefined && live.run.ledger.nodes.get(spec.path) === undefined
    live.run.ledger.node(isNew ? { ...waiting, shows: spec.shows } : waiting, isNew ? text : undefined)
  })
}

/** The run was suspended while it waited. What runs already, also in an earlier process, goes on. */
const isHeldUp = (live: LiveNode): boolean => {
  if (!live.run.suspended || live.handler || live.stopping !== undefined) return false
  return live.run.ledger.nodes.get(live.path)?.phase !== "Running" || awaitsAttempt(live)
}

/** Whether it has begun earlier, and waits for the time or the permits of an attempt. */
const awaitsAttempt = (live: LiveNode): boolean => {
  const row = live.run.ledger.nodes.get(live.path)
  return row?.phase === "Running" && (row.waiting === "Retry" || row.waiting === "Permit")
}

/** Permits are not held while nothing may begin, unless they are the node's through all of its attempts. */
const heldUp = (live: LiveNode, spec: NodeSpec): Effect.Effect<void> =>
  Effect.suspend(() => {
    const permits = permitsOf(live, spec)
    const { ledger } = live.run
    live.releaseSlot()
    if (live.holdsPermits && (permits?.hold === "running" || ledger.nodes.get(live.path)?.phase !== "Running")) {
      live.holdsPermits = false
      live.run.host.desk.release(ledger.row.key, live.path)
    }
    return live.composite ? Effect.raceFirst(whileSuspended(live), stopped(live)) : whileSuspended(live)
  })

/** Takes permits for a node or, for the root, its run. */
export const take = (live: LiveNode, permits: PermitsDef, waiting: () => void): Effect.Effect<void, PermitFailure> =>
  Effect.suspend(() => {
    const { host } = live.run
    const request = requestOf(live, permits)
    const rates = new Set(permits.takes.filter(({ semaphore }) => semaphore.per !== null).map(nameOf))
    if (request.takes.length === 0) return Effect.void
    live.takes = request.takes.filter(({ name }) => !rates.has(name))
    const semaphores = permits.takes.map(({ semaphore }) => semaphore)
    const taken = host.desk.take(request, semaphores, live, waiting)
    return live.composite ? Effect.raceFirst(taken, stopped(live)) : taken
  })

/** What is asked of storage for a node or, for the root, its run. */
export const requestOf = (live: LiveNode, permits: PermitsDef): PermitRequest => ({
  run: live.run.ledger.row.key,
  path: live.path,
  priority: turnOf(live.run.ledger.row.priority, permits.priority),
  takes: beyond(merged(permits.takes), live)
})

/** A composite is not interrupted by `stop`: while it waits for permits it has to hear of it. */
export const stopped = (live: LiveNode): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (live.stopping !== undefined) return resume(Effect.void)
    live.onStop(() => resume(Effect.void))
    return Effect.sync(() => {
      live.onStop(undefined)
    })
  })

/**
 * The writes that give the permits of a node back, to be made together with the fact that frees them. After a take-over
 * also those of an earlier life, which it may not have asked for again.
 */
export const releaseWrites = (live: LiveNode): ReadonlyArray<Write> => {
  if (!live.holdsPermits && !live.run.takenOver) return none
  live.holdsPermits = false
  return [{ kind: "release", run: live.run.ledger.row.key, path: live.path }]
}

/**
 * A body that waits for children lets others compute what it computes: they may hold what its children need, and then
 * neither would ever go on. Together with permits of its own that is kept, as they are.
 */
export const releaseFlight = (live: LiveNode): void => {
  if (live.flight?.takes.length !== 1 || !live.holdsPermits) return
  live.holdsPermits = false
  live.run.host.desk.release(live.run.ledger.row.key, live.path)
}

const none: ReadonlyArray<Write> = []

const nameOf = ({ semaphore }: PermitTake): string => semaphore.name

/** Runs first, nodes of runs of the same priority next. Priorities of runs beyond a million count as a million. */
const turnOf = (run: number, node: number): number => Math.max(-1e6, Math.min(1e6, run)) * 2 ** 21 + node

/**
 * What is asked for beyond what is held above: whoever works inside a composite or run that holds a permit works under
 * it, and would otherwise wait for itself. Permits of rates are used up each time.
 */
const beyond = (takes: ReadonlyArray<Take>, live: LiveNode): ReadonlyArray<Take> => {
  const held = heldAbove(live)
  if (held.size === 0) return takes
  return takes.map(({ name, weight }) => ({ name, weight: weight - (held.get(name) ?? 0) }))
    .filter(({ weight }) => weight > 0)
}

/** What is held by those that a node works inside of, by name. */
export const heldAbove = (live: LiveNode): ReadonlyMap<string, number> => {
  const held = new Map<string, number>()
  for (let above = live.parent; above !== undefined; above = above.parent) {
    for (const { name, weight } of above.holdsPermits ? above.takes : []) held.set(name, (held.get(name) ?? 0) + weight)
  }
  return held
}

/** One share per semaphore: several shares of the same one add up. */
const merged = (takes: ReadonlyArray<PermitTake>): ReadonlyArray<Take> => {
  const weights = new Map<string, number>()
  for (const { semaphore, weight } of takes) weights.set(semaphore.name, (weights.get(semaphore.name) ?? 0) + weight)
  return [...weights].map(([name, weight]) => ({ name, weight }))
}

/** Waits until a node has the slot it needs; only what works itself takes one, and who has one keeps it. */
const slotFor = (live: LiveNode, { leaf, on, slots }: NodeSpec): Effect.Effect<void> =>
  Effect.suspend(() => {
    const own = slots === undefined || live.place !== undefined ? Effect.void : placeIn(live, slots)
    return leaf && on === undefined && !live.holdsSlot ? Effect.andThen(own, live.run.host.slots.take(live)) : own
  })

/** Waits for a place under the bound of its own; the node's end gives it back. */
const placeIn = (live: LiveNode, slots: Slots): Effect.Effect<void> => {
  live.place = { holdsSlot: false, priority: live.priority }
  const taken = slots.take(live.place)
  return live.composite ? Effect.raceFirst(taken, stopped(live)) : taken
}
