import { expect, test } from "vitest"
import { Room } from "../../src/engine/graph/Room.ts"

const pool = () => {
  let pumps = 0
  return { pump: () => void pumps++, hold: () => {}, pumps: () => pumps }
}

test("a pool that ends gives up the places kept for it, and the others look whether they may go on", () => {
  const room = new Room(1)
  const ending = pool()
  const waiting = pool()
  room.adopt(ending)
  room.adopt(waiting)
  room.keep(1)
  expect(room.hasPlace(false)).toBe(false)

  room.dismiss(ending, 1)

  expect(room.hasPlace(false)).toBe(true)
  expect(waiting.pumps()).toBe(1)
  expect(ending.pumps()).toBe(0)
})
