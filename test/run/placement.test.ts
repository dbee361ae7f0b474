import { expect, test } from "vitest"
import { makeRandom } from "../../src/testing/World.ts"
import {
  offeredPlace,
  offerKey,
  ofPool,
  placeKey,
  poolKey,
  queueReason,
  readOfferKey,
  readPlaceKey,
  readPoolKey,
  spaces,
  standingOf
} from "../../src/run/placement.ts"

const names = ["gpu", "a b", "a!", "a/b", "ü", "%", " "]
const paths = ["a", "a/b[k 1]", "a#2/b.onExit", "x/1.2.3/y", ""]

test("Keys come back as they were, and those of a pool lie between its bounds alone", () => {
  for (const pool of names) {
    for (const path of paths) {
      const place = { run: 2 ** 40 + 1, path, epoch: 2, attempt: 13, rerun: 4 }
      expect(readPlaceKey(placeKey(place))).toEqual(place)
      const key = offerKey(pool, -5, 1_700_000_000_000, place)
      expect([readPoolKey(key)[0], readOfferKey(key).at, offeredPlace(key)]).toEqual([
        pool,
        1_700_000_000_000,
        placeKey(place)
      ])
      const within = names.filter((other) => key >= ofPool(other).from && key < ofPool(other).before)
      expect(within).toEqual([pool])
    }
  }
  expect(readPlaceKey("none")).toBeUndefined()
  expect(poolKey("a b", "1")).toBe("a%20b 1")
})

test("Offers are in the order of priority, then of age", () => {
  const place = { run: 1, path: "a", epoch: 1, attempt: 1, rerun: 0 }
  const most = Number.MAX_SAFE_INTEGER
  const order = [[most, 9], [7, 5], [0, 1], [0, 20], [-1, 0], [-most, 3]] as const
  const keys = order.map(([priority, at]) => offerKey("gpu", priority, at, place))
  expect(keys.toSorted()).toEqual(keys)
})

test("What comes later in the way of an attempt counts, since not all cells are read at once", () => {
  const all = [false, true]
  for (const isOffered of all) {
    for (const isAlive of all) {
      expect(standingOf({ isOffered, isAlive, isTaken: true, isEnded: true })).toBe("ended")
      expect(standingOf({ isOffered, isAlive, isTaken: true, isEnded: false })).toBe(isAlive ? "taken" : "abandoned")
    }
    const standing = standingOf({ isOffered, isAlive: false, isTaken: false, isEnded: false })
    expect(standing).toBe(isOffered ? "offered" : "absent")
  }
})

test("However an attempt moves on between the reads, it stands where it was at the first or later, and is never lost", () => {
  const way = ["offered", "taken", "ended"]
  for (const first of [0, 1, 2]) {
    for (let second = first; second < 3; second++) {
      for (let third = second; third < 3; third++) {
        const seen = { isOffered: first === 0, isTaken: second === 1, isEnded: third === 2 }
        const standing = way.indexOf(standingOf({ ...seen, isAlive: true }))
        expect(standing).toBeGreaterThanOrEqual(first)
        expect(standing).toBeLessThanOrEqual(third)
      }
    }
  }
})

test("Whatever owner and workers do, an attempt is in one place, and one word about its end counts", () => {
  const broken: Array<number> = []
  for (let seed = 1; seed <= 300; seed++) {
    const random = makeRandom(seed)
    const cells = new Map<string, string>()
    const move = (...writes: ReadonlyArray<readonly [space: string, was: string | undefined, data?: string]>) => {
      if (writes.some(([space, was]) => cells.get(space) !== was)) return false
      for (const [space, , data] of writes) data === undefined ? cells.delete(space) : cells.set(space, data)
      return true
    }
    move([spaces.offers, undefined, "offer"])
    let heard = 0
    const alive = [true, true, true]
    for (let step = 0; step < 30; step++) {
      const worker = Math.floor(random() * 3)
      const mine = `worker ${worker}`
      const moves = [
        () => alive[worker] && move([spaces.offers, "offer"], [spaces.taken, undefined, mine]),
        () => move([spaces.taken, mine], [spaces.ended, undefined, `end of ${worker}`]),
        () => move([spaces.taken, mine], [spaces.ended, undefined, "left"]),
        () => alive[worker] = false,
        () => {
          const taken = cells.get(spaces.taken)
          const by = Number(taken?.slice(-1))
          const seen = {
            isOffered: cells.has(spaces.offers),
            isTaken: taken !== undefined,
            isAlive: alive[by] === true
          }
          const standing = standingOf({ ...seen, isEnded: cells.has(spaces.ended) })
          if (standing === "abandoned") move([spaces.taken, taken], [spaces.offers, undefined, "offer"])
          if (standing !== "ended") return
          const end = cells.get(spaces.ended)
          if (end === "left") move([spaces.ended, end], [spaces.offers, undefined, "offer"])
          else if (move([spaces.ended, end])) heard++
        }
      ]
      moves[Math.floor(random() * moves.length)]!()
      if (cells.size !== (heard === 0 ? 1 : 0) || heard > 1) broken.push(seed)
    }
  }
  expect(broken).toEqual([])
})

test("A reason names who has the places, or says that there are none", () => {
  expect(queueReason("gpu", 0, [], 0)).toMatch(/^no worker offers gpu: /)
  expect(queueReason("gpu", 2, ["r a"], 0)).toMatch(/^gpu has a free place/)
  expect(queueReason("gpu", 1, ["r a"], 1)).toBe("1 of 1 places of gpu are taken: r a; 1 is before it")
  expect(queueReason("gpu", 4, ["a", "b", "c", "d"], 2)).toBe(
    "4 of 4 places of gpu are taken: a, b, c and 1 more; 2 are before it"
  )
})
