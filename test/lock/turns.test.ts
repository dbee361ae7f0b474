/** P3: keys that are waited for get as much of what they share as each other, whatever they ask for at once. */
import { expect, test } from "vitest"
import { Permits } from "../../src/journal/Permits.ts"
import { makeRandom } from "../../src/testing/World.ts"

const keys = ["a", "b", "c", "d"]
const heaviest = 3

/** Random requests and releases of four keys; gives the largest difference between two that both waited all along. */
const play = (seed: number): number => {
  const random = makeRandom(seed)
  const below = (most: number): number => Math.floor(random() * most)
  const permits = new Permits()
  permits.limit({ name: "t", limit: heaviest + below(4), per: null, source: "code", problem: null })
  const waiting = () => new Set([...permits.rows()].filter(({ grant }) => grant === 0).map(({ path }) => path[0]!))
  /** For each pair, what the first got more than the second since both wait. */
  const ahead = new Map<string, number>()
  let worst = 0
  for (let step = 0, paths = 0; step < 300; step++) {
    const [key, burst] = [keys[below(4)]!, random() < 0.1 ? 20 : 1]
    for (let left = random() < 0.5 ? burst : 0; left > 0; left--) {
      const weight = 1 + below(heaviest)
      const takes = [{ name: `~9/t/${key}`, weight }, { name: "t", weight }]
      permits.request({ run: 1, path: `${key}${paths++}`, priority: 0, takes }, step)
    }
    const before = waiting()
    const holders = permits.list("t").filter(({ grantedAt }) => grantedAt > 0)
    if (holders.length > 0) permits.release(1, holders[below(holders.length)]!.path)
    const latest = permits.latestGrant
    permits.settle(() => true, step + 1)
    const got = new Map<string, number>()
    for (const { grant, path } of permits.grants(latest)) {
      const { takes } = [...permits.rows()].find((row) => row.grant === grant)!
      got.set(path[0]!, (got.get(path[0]!) ?? 0) + takes[0]!.weight)
    }
    const after = waiting()
    for (const one of keys) {
      for (const other of keys) {
        const areWaiting = [one, other].every((it) => before.has(it) && after.has(it))
        const sum = (ahead.get(one + other) ?? 0) + (got.get(one) ?? 0) - (got.get(other) ?? 0)
        ahead.set(one + other, areWaiting ? Math.max(0, sum) : 0)
        worst = Math.max(worst, areWaiting ? sum : 0)
      }
    }
  }
  return worst
}

test("P3 Two keys that wait get the same, but for twice the heaviest request", () => {
  for (let seed = 1; seed <= 40; seed++) expect([seed, play(seed) <= 2 * heaviest]).toEqual([seed, true])
})
