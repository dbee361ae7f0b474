import { expect, test } from "vitest"
import { type Linked, OpenNodes } from "../../src/engine/OpenNodes.ts"
import { makeRandom } from "../../src/testing/World.ts"

class Node implements Linked<Node> {
  older: Node | undefined
  newer: Node | undefined
}

test("Open nodes stand in the order in which they came, whoever leaves, and who has left refers to nobody", () => {
  const random = makeRandom(1)
  const nodes = new OpenNodes<Node>()
  let expected: ReadonlyArray<Node> = []
  for (let step = 0; step < 2_000; step++) {
    if (random() < 0.55) {
      const node = new Node()
      nodes.add(node)
      expected = [...expected, node]
    } else if (expected.length > 0) {
      const left = expected[Math.floor(random() * expected.length)]!
      nodes.delete(left)
      expected = expected.filter((node) => node !== left)
      expect([left.older, left.newer]).toEqual([undefined, undefined])
    }
    expect(nodes.size).toBe(expected.length)
    expect([...nodes].every((node, at) => node === expected[at])).toBe(true)
  }
})
