import { expect, test } from "vitest"
import { InvalidInput, open, task, workflow } from "../../mod.ts"
import type { StartOptions } from "../../mod.ts"

const plain = workflow("plain", {}, (w) => void w.node("a", task("a", { run: () => 1 })))

const odd: ReadonlyArray<readonly [string, unknown]> = [
  ...[1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300, "1", null].map((priority) => ["priority", { priority }] as const),
  ...[null, [], "a", { a: 1 }, { a: null }, { "": "x" }, { "a\nb": "x" }, { a: "\ud800" }].map((labels) =>
    ["labels", { labels }] as const
  ),
  ["labels", { labels: { long: "x".repeat(20_000) } }],
  ['"cahe", which is unknown. Did you mean "cache"?', { cahe: "off" }],
  ['has "vlaue", which is unknown', { signal: { to: 1, vlaue: 2 } }]
]

test.each(odd)("An odd %s is refused before the journal: %j", async (place, options) => {
  await using pinnace = await open(":memory:")
  const refused = await pinnace.start(plain, undefined, options as StartOptions).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(InvalidInput)
  expect((refused as InvalidInput).message).toContain(place)
  expect(await pinnace.list()).toEqual([])
  await pinnace.run(plain, undefined, { priority: -5, labels: { team: "a", "odd key": "ü" } })
  expect(await pinnace.list()).toMatchObject([{
    phase: "Succeeded",
    priority: -5,
    labels: { team: "a", "odd key": "ü" }
  }])
})
