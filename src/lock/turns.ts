/**
 * Places in the queue of what the keys of a family share: they take turns, however much one of them asks for at once
 * (start-time fair queuing). Pure.
 *
 * A request of a key comes a turn after the one before it of its key, or after the latest that was granted to the
 * family, whichever is later; where nobody of the family waits it comes last, as any other request does. So a place is
 * never given anew, what is granted is a function of rows, and whoever asks has at most one turn of each key before it
 * for each of its own. Places of one turn go by arrival.
 */
import { familyOf } from "../workflow/shortLived.ts"
import type { Take } from "./Permit.ts"

/** How far requests come after each other; as many fit between two of them. */
export const turn = 2 ** 20

/** A key of a family, and what all its keys share, where a request takes both. */
export interface SharedKey {
  readonly key: string
  readonly total: string
  readonly weight: number
}

/** The keys among takes whose family is among them, too. */
export const sharedKeys = (takes: ReadonlyArray<Take>): ReadonlyArray<SharedKey> =>
  takes.length < 2 ? none : takes.flatMap(({ name: key, weight }) => {
    const total = familyOf(key)
    return total === undefined || takes.every(({ name }) => name !== total) ? [] : [{ key, total, weight }]
  })

const none: ReadonlyArray<SharedKey> = []

/** What is known of a key when one more request of it comes. */
export interface Standing {
  /** The latest place that was granted to its family; 0 where none was. */
  readonly granted: number
  /** The latest place of its key with this priority; 0 where it has none. */
  readonly last: number
}

/** The first place of the turn in which a request comes; those that are free there follow it. */
export const placeOf = (keys: ReadonlyArray<SharedKey & Standing>): number =>
  Math.max(...keys.map(({ granted, last, weight }) => (Math.floor(Math.max(granted, last) / turn) + weight) * turn))
