import { expect, test } from "vitest"
import { Queue } from "../../src/journal/Queue.ts"
import { makeRandom } from "../../src/testing/World.ts"

test("A queue gives what came first, in any history of coming and going", () => {
  const random = makeRandom(1)
  const queue = new Queue<number>()
  let expected: ReadonlyArray<number> = []
  for (let next = 0; next < 5_000; next++) {
    if (random() < 0.6) {
      queue.push(next)
      expected = [...expected, next]
    } else {
      const many = Math.floor(random() * (queue.length + 1))
      expect(queue.first(many)).toEqual(expected.slice(0, many))
      queue.drop(many)
      expected = expected.slice(many)
    }
    expect(queue.length).toBe(expected.length)
    if (expected.length > 0) expect(queue.get(expected.length - 1)).toBe(expected.at(-1))
    if (random() < 0.01) queue.clear()
    if (queue.length === 0) expected = []
  }
})
