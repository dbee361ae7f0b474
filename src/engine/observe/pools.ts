/** Pools as people see them, in the form of semaphores: their places, who has one, who waits and why. */
import * as Effect from "effect/Effect"
import type { Cell, Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import {
  offeredPlace,
  type Places,
  queueReason,
  readOfferKey,
  readPlaceKey,
  readPoolKey,
  spaces,
  type Taken
} from "../../run/placement.ts"
import type { PermitView, SemaphoreView } from "./SemaphoreView.ts"

/** Offers that are shown; those behind them wait for the same. */
const most = 1_000

/** What is known of one pool. */
interface Pool {
  places: number
  readonly holders: Array<PermitView>
  readonly queue: Array<Omit<PermitView, "reason">>
}

/** All pools that somebody offers places of, or waits for. */
export const pools = (reads: Reads): Effect.Effect<ReadonlyArray<SemaphoreView>, JournalError> =>
  Effect.gen(function* () {
    const found = new Map<string, Pool>()
    const poolOf = (key: string): Pool => {
      const [name] = readPoolKey(key)
      const pool = found.get(name) ?? { places: 0, holders: [], queue: [] }
      found.set(name, pool)
      return pool
    }
    const alive = new Set<number>()
    for (const { data, key } of yield* reads.cells(spaces.workers)) {
      const worker = Number(readPoolKey(key)[1])
      if (!(yield* reads.isAlive(worker))) continue
      alive.add(worker)
      poolOf(key).places += (JSON.parse(data) as Places).places
    }
    const offers = yield* reads.cells(spaces.offers, { limit: most })
    const taken = (yield* reads.cells(spaces.taken)).filter(({ data }) => alive.has((JSON.parse(data) as Taken).worker))
    const ids = yield* idsOf(reads, [...offers.map(({ key }) => offeredPlace(key)), ...taken.map(takenPlace)])
    for (const { data, key } of taken) poolOf(key).holders.push(holderOf(ids, readPoolKey(key)[1], data))
    for (const { key } of offers) poolOf(key).queue.push(waiterOf(ids, key))
    return [...found].map(([name, pool]) => viewOf(name, pool))
  })

const takenPlace = ({ key }: Cell): string => readPoolKey(key)[1]

type Ids = ReadonlyMap<number, string>

const idsOf = (reads: Reads, places: ReadonlyArray<string>): Effect.Effect<Ids, JournalError> =>
  Effect.gen(function* () {
    const ids = new Map<number, string>()
    for (const run of new Set(places.flatMap((key) => readPlaceKey(key)?.run ?? []))) {
      ids.set(run, (yield* reads.getRun(run))?.id ?? String(run))
    }
    return ids
  })

const whose = (ids: Ids, place: string): Pick<PermitView, "node" | "run" | "weight"> => {
  const { path, run } = readPlaceKey(place)!
  return { run: ids.get(run)!, node: path, weight: 1 }
}

const holderOf = (ids: Ids, place: string, data: string): PermitView => {
  const { at, worker } = JSON.parse(data) as Taken
  return { ...whose(ids, place), since: at, process: worker }
}

const waiterOf = (ids: Ids, key: string): Omit<PermitView, "reason"> => {
  const { at, place } = readOfferKey(key)
  return { ...whose(ids, place), since: at }
}

const viewOf = (name: string, { holders, places, queue }: Pool): SemaphoreView => ({
  name: `pool ${name}`,
  limit: places,
  source: "workers",
  held: holders.length,
  holders,
  queue: queue.map((it, at) => ({
    ...it,
    ...places === 0 ? { pool: name } : {},
    reason: queueReason(name, places, holders.map(({ node, run }) => `${run} ${node}`), at)
  }))
})
