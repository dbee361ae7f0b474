/**
 * What must hold of every grant as storage made it: never above the
 * limit, in the order of the queue, given back in the end. Pure.
 */
import type { Change } from "./history.ts"

const waiting = 1
const granted = 2
const gone = -1

/** What the history shows besides violations. */
export interface HistoryVerdict {
  readonly violations: ReadonlyArray<string>
  readonly grants: number
  /** Milliseconds between asking and the first grant. */
  readonly waits: ReadonlyArray<number>
}

/** The queue and the holders of one name. */
class Name {
  limit: number | null = null
  held = 0
  readonly requests = new Map<number, { readonly turn: number; readonly state: number; readonly weight: number }>()

  /** Whoever waits and should have been served before this place in the queue. */
  ahead(turn: number, arrival: number): ReadonlyArray<number> {
    return [...this.requests].flatMap(([other, { state, turn: theirs }]) =>
      state === waiting && (theirs < turn || (theirs === turn && other < arrival)) ? [other] : []
    )
  }

  /** Whether a request could be served if all were given back. */
  canServe(arrival: number): boolean {
    return (this.requests.get(arrival)?.weight ?? 0) <= (this.limit ?? -1) || !this.requests.has(arrival)
  }
}

/** What could not be served whatever is given back keeps nobody waiting. */
const isServable = (names: ReadonlyMap<string, Name>, arrival: number): boolean =>
  [...names.values()].every((name) => name.canServe(arrival))

/** Judges a history from its beginning to its end, when nobody may hold or wait any more. */
export const judgeHistory = (changes: ReadonlyArray<Change>): HistoryVerdict => {
  const names = new Map<string, Name>()
  const asked = new Map<string, number>()
  const violations: Array<string> = []
  const waits: Array<number> = []
  let grants = 0
  for (const [seq, change] of changes.entries()) {
    const name = names.get(change.name) ?? new Name()
    names.set(change.name, name)
    if (change.what === "limit") {
      name.limit = change.amount
      continue
    }
    const { arrival, at, now } = change
    const key = `${change.name} ${arrival}`
    if (change.was === gone) asked.set(key, at)
    violations.push(...move(name, change).map((text) => `history ${seq + 1}: ${text}`))
    if (now !== granted) continue
    const passed = name.ahead(change.turn, arrival).find((other) => isServable(names, other))
    if (passed !== undefined) {
      violations.push(
        `history ${seq + 1}: ${change.name} was granted to request ${arrival} while request ${passed} was ahead`
      )
    }
    grants++
    const since = asked.get(key)
    if (since !== undefined) waits.push(at - since)
    asked.delete(key)
  }
  return { violations: [...violations, ...leftovers(names)], grants, waits }
}

/** Applies a change of one request; answers what is wrong with it. */
const move = (name: Name, { amount, arrival, name: called, now, turn, was }: Change): ReadonlyArray<string> => {
  const weight = amount ?? 0
  const wrong: Array<string> = []
  if (was === granted) name.held -= weight
  name.requests.delete(arrival)
  if (now === gone) return wrong
  if (now === granted) {
    const limit = name.limit
    name.held += weight
    if (limit === null || name.held > limit) {
      wrong.push(`${name.held} of ${called} were granted, the limit was ${limit}`)
    }
  }
  name.requests.set(arrival, { turn, state: now, weight })
  return wrong
}

const leftovers = (names: ReadonlyMap<string, Name>): ReadonlyArray<string> =>
  [...names].flatMap(([called, { held, requests }]) => [
    ...held === 0 ? [] : [`${held} of ${called} are still held at the end`],
    ...requests.size === 0 ? [] : [`${requests.size} requests for ${called} are left at the end`]
  ])
