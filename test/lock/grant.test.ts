import { describe, expect, it } from "vitest"
import { advance, byTurn, type Capacity, collapse, grant, inLine, isOfKey } from "../../src/lock/grant.ts"
import type { PermitRow, Take } from "../../src/lock/Permit.ts"
import { forSeeds, type Random } from "../run/random.ts"
import { drawTakes, names, row, sum } from "./queue.ts"

const limits = (all: Readonly<Record<string, number | null>>, held = 0): Map<string, Capacity> =>
  new Map(Object.entries(all).map(([name, limit]) => [name, { limit, held }]))

const take = (name: string, weight = 1): Take => ({ name, weight })

const granted = (semaphores: ReadonlyMap<string, Capacity>, waiting: Iterable<PermitRow>): ReadonlyArray<number> =>
  grant(semaphores, waiting).map(({ arrival }) => arrival)

describe("grant()", () => {
  it("grants in order while there is room", () => {
    const waiting = [row(1, [take("a", 2)]), row(2, [take("a")]), row(3, [take("a")])]
    expect(granted(limits({ a: 3 }), waiting)).toEqual([1, 2])
    expect(granted(limits({ a: 3 }, 3), waiting)).toEqual([])
  })

  it("keeps light requests behind a heavy one of the same name, so that it is never starved", () => {
    expect(granted(limits({ a: 3 }, 1), [row(1, [take("a", 3)]), row(2, [take("a")])])).toEqual([])
  })

  it("lets no key keep another one waiting, for the total or for anything else (X2, P2)", () => {
    const [acme, vip] = ["~1/tenant/acme", "~1/tenant/vip"]
    const all = { [acme]: 1, [vip]: 1, tenant: 10, gpu: 2 }
    const keyed = (arrival: number, key: string) => row(arrival, [take(key), take("tenant"), take("gpu")])
    const waiting = [keyed(1, acme), keyed(2, acme), keyed(3, vip), row(4, [take("gpu")])]
    expect(granted(limits(all), waiting)).toEqual([1, 3])
    const later = new Map(limits(all)).set(acme, { limit: 1, held: 1 })
    expect(granted(later, [keyed(2, acme), keyed(3, vip), row(4, [take("gpu")])])).toEqual([3, 4])
  })

  it("gives whoever stood aside its old place once its key is free, before those who passed", () => {
    const waiting = [row(2, [take("~1/tenant/acme"), take("tenant")]), row(3, [take("~1/tenant/vip"), take("tenant")])]
    const all = { "~1/tenant/acme": 1, "~1/tenant/vip": 1, tenant: 1 }
    expect(granted(limits(all), waiting)).toEqual([2])
  })

  it("lets a request wait without blocking those that want something else", () => {
    const waiting = [row(1, [take("a")]), row(2, [take("b")]), row(3, [take("a")])]
    expect(granted(limits({ a: 0, b: 1 }), waiting)).toEqual([2])
  })

  it("grants all that a request takes or nothing, and what waits for one name waits in all its queues", () => {
    const waiting = [row(1, [take("a"), take("b")]), row(2, [take("b")]), row(3, [take("c")])]
    expect(granted(new Map([...limits({ a: 1 }, 1), ...limits({ b: 1, c: 1 })]), waiting)).toEqual([3])
    expect(granted(limits({ a: 1, b: 2, c: 1 }), waiting)).toEqual([1, 2, 3])
  })

  it("passes over what could not be served whatever is freed: it keeps nobody else waiting", () => {
    const waiting = [1, 2, 3].map((n) => row(n, [take(["a", "u", "z"][n - 1]!, 2), take("b")]))
    expect(granted(limits({ a: 1, b: 1, u: null, z: 0 }), [...waiting, row(4, [take("b")])])).toEqual([4])
    expect(granted(limits({ a: 2, b: 1 }), [...waiting, row(4, [take("b")])])).toEqual([1])
  })

  it("lets everything wait whose limit is unknown, 0 or was never told", () => {
    const waiting = [row(1, [take("unknown")]), row(2, [take("zero")]), row(3, [take("missing")])]
    expect(granted(limits({ unknown: null, zero: 0 }), waiting)).toEqual([])
  })

  it("needs a name that is taken twice once, with the larger weight", () => {
    expect(collapse([take("b"), take("a", 2), take("b", 3)])).toEqual([take("a", 2), take("b", 3)])
    expect(granted(limits({ m: 1 }), [row(1, [take("m"), take("m")])])).toEqual([1])
  })

  it("reads no further than until every name is blocked", () => {
    let read = 0
    const waiting = function* () {
      for (let n = 1;; n++) {
        read = n
        yield row(n, [take("a")])
      }
    }
    expect(granted(limits({ a: 2, full: 0 }), waiting())).toEqual([1, 2])
    expect(read).toBeLessThanOrEqual(4)
  })
})

const drawLimits = (random: Random): Map<string, Capacity> =>
  new Map(names.map((name) => [name, { limit: random.chance(0.1) ? null : random.below(6), held: 0 }]))

const drawQueue = (random: Random): Array<PermitRow> =>
  Array.from({ length: random.below(30) }, (_, n) => row(n + 1, drawTakes(random), random.below(3))).sort(byTurn)

const wants = (request: PermitRow, name: string): boolean => request.takes.some((other) => other.name === name)

describe("The rule of permits", () => {
  it("exceeds no limit and lets nobody overtake in any of its queues (N7)", () =>
    forSeeds(1000, (random) => {
      const semaphores = drawLimits(random)
      const waiting = drawQueue(random)
      const served = new Set(grant(semaphores, waiting))
      for (const [name, held] of sum(served)) expect(held).toBeLessThanOrEqual(semaphores.get(name)!.limit ?? 0)
      const inPlace = inLineAfter(semaphores, waiting, served)
      // At a key whoever waits has a claim, so those behind take nothing from it.
      for (const name of names.filter((name) => !isOfKey(take(name)))) {
        const queue = waiting.filter((request) => wants(request, name) && inPlace(request)).map((request) =>
          served.has(request)
        )
        expect(queue.includes(false) ? queue.indexOf(false) : queue.length).toBeGreaterThan(queue.lastIndexOf(true))
      }
    }))

  it("leaves nothing to grant, and gives the same whichever heads are looked at", () =>
    forSeeds(1000, (random) => {
      const semaphores = drawLimits(random)
      const waiting = drawQueue(random)
      const served = new Set(grant(semaphores, waiting))
      expect(grantByHeads(semaphores, waiting, random.shuffle(names))).toEqual(served)
      const rest = waiting.filter((request) => !served.has(request))
      expect(grant(held(semaphores, served), rest)).toEqual([])
    }))

  it("serves everybody in the end when holders give back, in whatever order", () =>
    forSeeds(1000, (random) => {
      const semaphores = new Map(names.map((name) => [name, { limit: 3 + random.below(3), held: 0 }]))
      const holders = new Set<PermitRow>()
      let waiting = drawQueue(random)
      for (let rounds = waiting.length; rounds >= 0; rounds--) {
        const served = new Set(grant(held(semaphores, holders), waiting))
        waiting = waiting.filter((request) => !served.has(request))
        for (const request of served) holders.add(request)
        if (waiting.length > 0) holders.delete(random.pick([...holders]))
      }
      expect(waiting).toEqual([])
    }))
})

const held = (semaphores: ReadonlyMap<string, Capacity>, holders: Iterable<PermitRow>): Map<string, Capacity> => {
  const sums = sum(holders)
  return new Map([...semaphores].map(([name, { limit }]) => [name, { limit, held: sums.get(name) ?? 0 }]))
}

/** Whether a request was granted, or waits and does not stand aside. */
const inLineAfter = (
  semaphores: ReadonlyMap<string, Capacity>,
  waiting: ReadonlyArray<PermitRow>,
  served: ReadonlySet<PermitRow>
): (request: PermitRow) => boolean => {
  const rest = waiting.filter((request) => !served.has(request))
  const line = new Set(inLine(held(semaphores, served), rest))
  return (request) => served.has(request) || line.has(request)
}

/** What `advance` grants when it only ever sees the heads of queues. */
const grantByHeads = (
  semaphores: ReadonlyMap<string, Capacity>,
  waiting: ReadonlyArray<PermitRow>,
  changed: ReadonlyArray<string>
): Set<PermitRow> => {
  const isOfKeys = ({ takes }: PermitRow) => takes.every(isOfKey)
  const served = new Set([...inLine(semaphores, waiting)].filter(isOfKeys))
  advance({
    capacity: (name) => ({ limit: semaphores.get(name)?.limit ?? null, held: sum(served).get(name) ?? 0 }),
    first: (name) => {
      const rest = waiting.filter((request) => !served.has(request))
      return [...inLine(held(semaphores, served), rest)].find((request) => wants(request, name))
    },
    give: (request) => served.add(request)
  }, changed.filter((name) => !isOfKey(take(name))))
  return served
}
