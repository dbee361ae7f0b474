/**
 * Attempts that workers of a pool run, as cells of the journal: where they stand, and who may move them on.
 *
 * An attempt is `offered` by the owner of its run; a worker moves it to `taken`, and from there to `ended`; the owner
 * consumes the end. Each move replaces cells that say what was there, so of two that try only one succeeds: a worker
 * whose attempt was given away is refused. Only the owner of the run moves an attempt backwards.
 */

/** One attempt of one node; no other one of the journal is the same. */
export interface Placed {
  readonly run: number
  readonly path: string
  readonly epoch: number
  readonly attempt: number
  readonly rerun: number
}

/** What an offer says. */
export interface Offer {
  readonly workflow: string
  /** Of the plan by which the run goes on. */
  readonly digest: string
  /** The digest of its definition, where that is kept with the run, so that workers need not know it. */
  readonly kept: string | null
  /** What is to be done, in the words of an interpreter; absent where the workflow has a task at the path. */
  readonly order?: string
  /** Milliseconds that the attempt may take. */
  readonly millis?: number
  /** The instant at which its node may take no longer. */
  readonly until?: number
  /** Whether it must not begin twice. */
  readonly once?: true
}

/** Who has an attempt. */
export interface Taken {
  readonly worker: number
  /** Milliseconds since the epoch, by the worker's clock. */
  readonly at: number
  readonly once?: true
}

/** A process that offers places of a pool. */
export interface Places {
  readonly places: number
  readonly host: string
  readonly pid: number
}

/** The spaces of cells. The first three are ordered by pool. */
export const spaces = {
  offers: "pool/offers",
  taken: "pool/taken",
  workers: "pool/workers",
  ended: "pool/ended",
  stops: "pool/stops",
  notes: "pool/notes"
} as const

/** The keys of one pool in a space that is ordered by pool. */
export const ofPool = (pool: string): { readonly from: string; readonly before: string } => {
  const name = encodeURIComponent(pool)
  return { from: `${name} `, before: `${name}!` }
}

/** The key of something in a space that is ordered by pool. */
export const poolKey = (pool: string, key: string): string => `${encodeURIComponent(pool)} ${key}`

/** The pool and the rest of such a key. */
export const readPoolKey = (key: string): readonly [pool: string, rest: string] => {
  const at = key.indexOf(" ")
  return [decodeURIComponent(key.slice(0, at)), key.slice(at + 1)]
}

/** The key of an attempt in the spaces `ended`, `stops` and `notes`. */
export const placeKey = ({ attempt, epoch, path, rerun, run }: Placed): string =>
  `${run}/${epoch}.${attempt}.${rerun}/${path}`

/** The attempt behind a key, or `undefined` for what is none. */
export const readPlaceKey = (key: string): Placed | undefined => {
  const found = /^(\d+)\/(\d+)\.(\d+)\.(\d+)\/([^]*)$/.exec(key)
  if (found === null) return undefined
  const [run, epoch, attempt, rerun] = found.slice(1, 5).map(Number)
  return { run: run!, epoch: epoch!, attempt: attempt!, rerun: rerun!, path: found[5]! }
}

/** The key of an offer: in the order in which they are served, by priority and then by age. */
export const offerKey = (pool: string, priority: number, at: number, place: Placed): string =>
  poolKey(pool, `${padded(Number.MAX_SAFE_INTEGER - priority, 17)} ${padded(Math.max(0, at), 16)} ${placeKey(place)}`)

/** Since when an attempt is offered, and its key. */
export const readOfferKey = (key: string): { readonly at: number; readonly place: string } => {
  const rest = readPoolKey(key)[1]
  return { at: Number(rest.slice(18, 34)), place: rest.slice(35) }
}

/** The key of the attempt that is offered under a key. */
export const offeredPlace = (key: string): string => readOfferKey(key).place

/** The key of an attempt that is taken. */
export const takenKey = (pool: string, place: Placed): string => poolKey(pool, placeKey(place))

const padded = (value: number, width: number): string => String(value).padStart(width, "0")

/** What cells say of an attempt, read in the order in which attempts move. */
export interface Seen {
  readonly isOffered: boolean
  readonly isTaken: boolean
  /** Whether the worker that has it lives. */
  readonly isAlive: boolean
  readonly isEnded: boolean
}

/** Where an attempt stands. `absent`: no cell speaks of it, so it ran elsewhere or nobody knows what became of it. */
export type Standing = "offered" | "taken" | "abandoned" | "ended" | "absent"

/** Where an attempt stands: what comes later in its way counts, since not all cells are read at once. */
export const standingOf = ({ isAlive, isEnded, isOffered, isTaken }: Seen): Standing => {
  if (isEnded) return "ended"
  if (isTaken) return isAlive ? "taken" : "abandoned"
  return isOffered ? "offered" : "absent"
}

/** Names of holders that a reason tells; a long list helps nobody. */
const namedHolders = 3

/** Why an attempt is not taken yet; `before`: how many are served first. */
export const queueReason = (
  pool: string,
  places: number,
  holders: ReadonlyArray<string>,
  before: number
): string => {
  if (places === 0) return `no worker offers ${pool}: open the state somewhere with pools: { "${pool}": 1 }`
  if (holders.length < places) return `${pool} has a free place, but no worker with this version of the workflow`
  const named = holders.slice(0, namedHolders).join(", ")
  const others = holders.length > namedHolders ? ` and ${holders.length - namedHolders} more` : ""
  const ahead = before === 0 ? "" : `; ${before} ${before === 1 ? "is" : "are"} before it`
  return `${holders.length} of ${places} places of ${pool} are taken: ${named}${others}${ahead}`
}
