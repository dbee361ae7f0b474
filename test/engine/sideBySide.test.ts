/** In which order nodes are undone in parallel. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { type Lived, sideBySide } from "../../src/engine/graph/sideBySide.ts"
import { makeRandom } from "../../src/testing/World.ts"

/** Nodes that lived at random times; some were given nothing, so nobody knows when they began. */
const lived = (random: () => number, many: number): ReadonlyArray<Lived> => {
  const instants = Array.from({ length: 2 * many }, (_, at) => at + 1).toSorted(() => random() - 0.5)
  return Array.from({ length: many }, (_, at) => {
    const [inputSeq, resultSeq] = [instants[2 * at]!, instants[2 * at + 1]!].toSorted((a, b) => a - b)
    return { row: { inputSeq: random() < 0.2 ? 0 : inputSeq!, resultSeq: resultSeq! } }
  })
}

const beganAt = ({ row: { inputSeq, resultSeq } }: Lived): number => inputSeq === 0 ? resultSeq : inputSeq

it("each is undone at the instant at which all is that began after its end, and no earlier", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = makeRandom(seed)
    const all = lived(random, 12)
    const [begun, undone] = [new Set<Lived>(), new Set<Lived>()]
    const isDue = (one: Lived) => all.every((it) => beganAt(it) <= one.row.resultSeq || undone.has(it))
    const open: Array<() => void> = []
    const undo = (one: Lived) =>
      Effect.callback<void>((resume) => {
        expect(isDue(one)).toBe(true)
        begun.add(one)
        open.push(() => {
          undone.add(one)
          resume(Effect.void)
        })
      })
    const end = Effect.runPromise(sideBySide(all, undo))
    while (undone.size < all.length) {
      while (all.some((one) => isDue(one) && !begun.has(one))) await new Promise((go) => setImmediate(go))
      open.splice(Math.floor(random() * open.length), 1)[0]!()
    }
    await end
  }
})

it("twenty thousand that followed one another are undone, the last first", async () => {
  const all = Array.from({ length: 20_000 }, (_, at) => ({ row: { inputSeq: 2 * at + 1, resultSeq: 2 * at + 2 } }))
  const order: Array<number> = []
  await Effect.runPromise(sideBySide(all, ({ row }) => Effect.sync(() => void order.push(row.inputSeq))))
  expect(order).toEqual(all.map(({ row }) => row.inputSeq).toReversed())
})
