/**
 * Who is granted permits next: a strictly fair queue for each name. Requests are served in the order of priority, then
 * arrival; a request that has to wait keeps those behind it from each of its names (so that a heavy one is never
 * starved by light ones) and from nothing else.
 * A request that no freed permit could serve (a limit is not known, or
 * smaller than what it takes) is passed over and keeps nobody waiting.
 * Keys are apart: a request is in line as long as each of its keys has room for it and for all that hold the key or
 * asked for it before. Else it stands aside: its keys are claimed in its turn, and it has no place in other queues
 * until they have room. Then it has its old one, so it waits no longer than the holders of its keys let it. No grant
 * puts anybody into the line or out of it.
 *
 * `grant` states the rule over a whole queue; `advance` applies the same rule where only the heads of queues are cheap
 * to find. Who is granted does not depend on the order in which heads are looked at: for each name it is always a
 * prefix of its queue.
 */
import { limitIn } from "../workflow/shortLived.ts"
import type { PermitRow, Take } from "./Permit.ts"

/** How many permits of one name there are (`null`: not known yet) and how many of them are held. */
export interface Capacity {
  readonly limit: number | null
  readonly held: number
}

/**
 * The takes of a request by name, each name once: what is asked for twice is needed once, so the largest weight counts.
 */
export const collapse = (takes: ReadonlyArray<Take>): ReadonlyArray<Take> => {
  if (takes.length < 2) return takes
  const weights = new Map<string, number>()
  for (const { name, weight } of takes) weights.set(name, Math.max(weight, weights.get(name) ?? 0))
  return [...weights].map(([name, weight]) => ({ name, weight })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The priority of a request whose holder's process died: it comes back before whoever only waited. */
export const ofFormerHolder = (priority: number): number => isFormerHolder(priority) ? priority : priority + aboveAll

/** Whether a priority is that of a former holder. */
export const isFormerHolder = (priority: number): boolean => priority >= aboveAll / 2

/** Larger than any priority of `turnOf`. */
const aboveAll = 2 ** 51

type Turned = Pick<PermitRow, "priority" | "arrival">

/** Compares two waiting requests: the larger priority first, then the earlier arrival. */
export const byTurn = (a: Turned, b: Turned): number => b.priority - a.priority || a.arrival - b.arrival

const unknown: Capacity = { limit: null, held: 0 }

const fits = ({ limit, held }: Capacity, weight: number): boolean => limit !== null && held + weight <= limit

/**
 * The waiting requests that are granted now. `waiting` is in the order
 * of `byTurn`; a name that `semaphores` lacks has an unknown limit.
 * Reads no further than until every name is blocked.
 */
export const grant = (
  semaphores: ReadonlyMap<string, Capacity>,
  waiting: Iterable<PermitRow>
): ReadonlyArray<PermitRow> => {
  const open = new Map([...semaphores].filter(([, capacity]) => fits(capacity, 1)))
  const granted: Array<PermitRow> = []
  for (const row of waiting) {
    if (open.size === 0) return granted
    const takes = collapse(row.takes)
    if (!isServable(takes, (name) => semaphores.get(name)?.limit ?? null)) continue
    if (!claim(open, takes)) continue
    const shared = takes.filter((take) => !isOfKey(take))
    if (shared.every(({ name, weight }) => fits(open.get(name) ?? unknown, weight))) {
      granted.push(row)
      for (const { name, weight } of shared) open.set(name, held(open.get(name)!, weight))
    } else {
      // A blocked name is as good as one whose limit is unknown.
      for (const { name } of shared) open.delete(name)
    }
  }
  return granted
}

/** Claims the keys of a request in its turn; answers whether all of them have room for it. */
const claim = (open: Map<string, Capacity>, takes: ReadonlyArray<Take>): boolean => {
  let hasRoom = true
  for (const take of takes) {
    if (!isOfKey(take)) continue
    const capacity = open.get(take.name) ?? unknown
    if (fits(capacity, take.weight)) open.set(take.name, held(capacity, take.weight))
    else {
      open.delete(take.name)
      hasRoom = false
    }
  }
  return hasRoom
}

/** The waiting requests that are in line; `waiting` is in the order of `byTurn`. */
export function* inLine<Row extends PermitRow>(
  semaphores: ReadonlyMap<string, Capacity>,
  waiting: Iterable<Row>
): Iterable<Row> {
  const open = new Map(semaphores)
  for (const row of waiting) {
    const takes = collapse(row.takes)
    if (isServable(takes, (name) => semaphores.get(name)?.limit ?? null) && claim(open, takes)) yield row
  }
}

/** Whether a take is of a key. */
export const isOfKey = ({ name }: Take): boolean => limitIn(name) !== null

/** Whether all that these takes need exists at all, however much of it is held now. */
export const isServable = (takes: ReadonlyArray<Take>, limitOf: (name: string) => number | null): boolean =>
  takes.every(({ name, weight }) => weight <= (limitOf(name) ?? -1))

const held = (capacity: Capacity, weight: number): Capacity => ({ ...capacity, held: capacity.held + weight })

/** Queues of which the heads are known. */
export interface Queues<Row extends PermitRow> {
  readonly capacity: (name: string) => Capacity
  /** The first request that waits for a name, is servable and in line. */
  readonly first: (name: string) => Row | undefined
  /** Grants a request: it waits no longer, and what it takes is held. */
  readonly give: (row: Row) => void
}

/**
 * Grants what can be granted after something changed about these names, none of which is a key: whoever
 * is in line and takes nothing but keys is granted at once. The result is that of `grant` over all that waits.
 */
export const advance = <Row extends PermitRow>(queues: Queues<Row>, names: Iterable<string>): void => {
  const changed = [...names]
  for (let name = changed.pop(); name !== undefined; name = changed.pop()) {
    for (let row = queues.first(name); row !== undefined && isNext(queues, row); row = queues.first(name)) {
      queues.give(row)
      for (const take of row.takes) if (take.name !== name && !isOfKey(take)) changed.push(take.name)
    }
  }
}

const isNext = <Row extends PermitRow>(queues: Queues<Row>, row: Row): boolean =>
  collapse(row.takes).every((take) =>
    isOfKey(take) || fits(queues.capacity(take.name), take.weight) && queues.first(take.name)?.arrival === row.arrival
  )
