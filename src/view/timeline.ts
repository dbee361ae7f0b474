/** When each node waited and worked, from the events of a run. Pure. */
import type { Event, Recorded } from "../run/Event.ts"
import { Presence } from "./Presence.ts"

/** What a node was doing; `gone`: nothing, since the process that executed it had ended. */
export type Doing = "running" | "permit" | "retry" | "waiting" | "gone"

/** A stretch of time in which a node did one thing; milliseconds since the epoch. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly doing: Doing
}

/** A stretch that has no end yet. */
interface Open {
  readonly from: number
  readonly doing: Doing
  /** Whether a worker of a pool has it, which may live on. */
  readonly isPlaced?: boolean
  /** Of such a one, since when its owner is gone, and nothing was heard of it. */
  readonly unheard?: number | undefined
}

/**
 * The stretches of each node by path, in order; what is open ends `now`. A hidden node that takes locks counts as the
 * one it hides in. What a process had at work when it died is known to have worked until the last event before; the
 * same goes for what is open when the run is interrupted. What is on a pool works on, unless it is begun again.
 */
export const stretchesOf = (
  events: ReadonlyArray<Recorded>,
  now: number,
  shownAt: (path: string) => string = (path) => path,
  isInterrupted = false
): ReadonlyMap<string, ReadonlyArray<Stretch>> => {
  const done = new Map<string, Array<Stretch>>()
  const open = new Map<string, Open>()
  const close = (path: string, at: number): void => {
    const stretch = open.get(path)
    if (stretch !== undefined && at > stretch.from) {
      const { doing, from } = stretch
      const known = done.get(path)
      if (known === undefined) done.set(path, [{ doing, from, to: at }])
      else known.push({ doing, from, to: at })
    }
    open.delete(path)
  }
  const lose = (path: string, since: number): void => {
    close(path, since)
    open.set(path, { from: since, doing: "gone" })
  }
  const cut = (since: number): void => {
    for (const [path, it] of [...open]) {
      if (it.doing !== "running") continue
      if (it.isPlaced === true) open.set(path, { ...it, unheard: it.unheard ?? since })
      else lose(path, since)
    }
  }
  const presence = new Presence()
  for (const recorded of events) {
    const { at, event } = recorded
    const since = presence.take(recorded)
    if (since !== undefined) cut(since)
    if (!("path" in event)) continue
    const path = shownAt(event.path)
    const doing = doingAfter(event)
    const before = open.get(path)
    if (event.type === "NodeProgress" && before !== undefined) open.set(path, { ...before, unheard: undefined })
    if (doing === undefined) continue
    if (event.type === "AttemptStarted" && before?.unheard !== undefined) lose(path, before.unheard)
    close(path, at)
    if (doing !== "ended") open.set(path, { from: at, doing, isPlaced: "on" in event && event.on !== undefined })
    if (!done.has(path)) done.set(path, [])
  }
  if (isInterrupted) cut(presence.last)
  for (const path of [...open.keys()]) close(path, now)
  return done
}

const doingAfter = (event: Event): Doing | "ended" | undefined => {
  switch (event.type) {
    case "NodeStarted":
    case "AttemptStarted":
      return "running"
    case "NodeSignalled":
      return event.kind === undefined ? "running" : undefined
    case "AttemptFailed":
      return "retry"
    case "NodeWaiting":
      return event.waiting === "Permit" ? "permit" : event.waiting === "Retry" ? "retry" : "waiting"
    case "NodeFinished":
      return "ended"
    default:
      return undefined
  }
}

/** How long the stretches of one kind are together. */
export const total = (stretches: ReadonlyArray<Stretch>, doing: Doing): number =>
  stretches.reduce((sum, it) => it.doing === doing ? sum + it.to - it.from : sum, 0)

/** A node that works, with when it began and ended. */
export interface Bar {
  readonly path: string
  readonly from: number
  readonly to: number
}

/** The kinds of stretches, what is most to be seen first. */
export const kinds: ReadonlyArray<Doing> = ["running", "permit", "retry", "waiting", "gone"]
