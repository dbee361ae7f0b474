import { expect, test } from "vitest"
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

test("A reason names who has the places, or says that there are none", () => {
  expect(queueReason("gpu", 0, [], 0)).toMatch(/^no worker offers gpu: /)
  expect(queueReason("gpu", 2, ["r a"], 0)).toMatch(/^gpu has a free place/)
  expect(queueReason("gpu", 1, ["r a"], 1)).toBe("1 of 1 places of gpu are taken: r a; 1 is before it")
  expect(queueReason("gpu", 4, ["a", "b", "c", "d"], 2)).toBe(
    "4 of 4 places of gpu are taken: a, b, c and 1 more; 2 are before it"
  )
})
