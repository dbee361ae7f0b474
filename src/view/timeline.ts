/** When each node waited and worked, from the events of a run. Pure. */
import type { Event, Recorded } from "../run/Event.ts"

/** What a node was doing. */
export type Doing = "running" | "permit" | "retry" | "waiting"

/** A stretch of time in which a node did one thing; milliseconds since the epoch. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly doing: Doing
}

/**
 * The stretches of each node by path, in order; what is open ends
 * `now`. A hidden node that takes locks counts as the one it hides in.
 */
export const stretchesOf = (
  events: ReadonlyArray<Recorded>,
  now: number,
  shownAt: (path: string) => string = (path) => path
): ReadonlyMap<string, ReadonlyArray<Stretch>> => {
  const done = new Map<string, Array<Stretch>>()
  const open = new Map<string, { readonly from: number; readonly doing: Doing }>()
  const close = (path: string, at: number): void => {
    const stretch = open.get(path)
    if (stretch !== undefined && at > stretch.from) done.set(path, [...done.get(path) ?? [], { ...stretch, to: at }])
    open.delete(path)
  }
  for (const { at, event } of events) {
    if (!("path" in event)) continue
    const path = shownAt(event.path)
    const doing = doingAfter(event)
    if (doing === undefined) continue
    close(path, at)
    if (doing !== "ended") open.set(path, { from: at, doing })
    if (!done.has(path)) done.set(path, [])
  }
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
export const kinds: ReadonlyArray<Doing> = ["running", "permit", "retry", "waiting"]
