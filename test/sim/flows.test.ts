import { expect, test } from "vitest"
import { playFlow } from "./flows.ts"

test("F1 F2 F3 Straight-line programs whose processes die give what they give without deaths", async () => {
  // The first two found that nobody went on with a run that a node had started.
  for (const seed of [1, 10, ...Array.from({ length: 25 }, (_, n) => 100 + n)]) {
    expect([seed, ...(await playFlow(seed)).violations]).toEqual([seed])
  }
})
