import { expect, it } from "vitest"
import type { PermitRow, SemaphoreRow } from "../../src/lock/Permit.ts"
import { reasonFor } from "../../src/lock/reasonFor.ts"
import { row } from "./queue.ts"

const semaphore = (name: string, limit: number | null, problem: string | null = null): [string, SemaphoreRow] => [
  name,
  { name, limit, per: null, source: "code", problem }
]

const holder = (arrival: number, name: string, weight = 1): PermitRow => ({
  ...row(arrival, [{ name, weight }]),
  grantedAt: 5
})

const waits = (
  takes: PermitRow["takes"],
  semaphores: ReadonlyArray<[string, SemaphoreRow]>,
  others: ReadonlyArray<PermitRow> = []
): string | undefined => {
  const own = row(9, takes)
  return reasonFor(own, { semaphores: new Map(semaphores), permits: [...others, own] })
}

it("reasonFor() says how much is wanted, who holds it and the place in the queue", () => {
  const others = [
    holder(1, "api", 2),
    holder(2, "api"),
    row(3, [{ name: "api", weight: 1 }]),
    row(10, [{ name: "api", weight: 1 }])
  ]
  expect(waits([{ name: "api", weight: 2 }], [semaphore("api", 4)], others)).toBe(
    "waits for 2 of api (limit 4, 3 held by n1, n2); position 2"
  )
})

it("reasonFor() names three holders and counts the others, by the name that is wanted", () => {
  const holders = [1, 2, 3, 4, 5].map((arrival) => holder(arrival, "api"))
  const scene = {
    semaphores: new Map([semaphore("api", 5)]),
    permits: holders,
    nameOf: ({ path }: PermitRow) => `r/${path}`
  }
  expect(reasonFor(row(9, [{ name: "api", weight: 1 }]), scene)).toBe(
    "waits for 1 of api (limit 5, 5 held by r/n1, r/n2, r/n3 and 2 more); position 1"
  )
  const run = { ...holder(1, "api", 5), path: "", run: 7 }
  expect(waits([{ name: "api", weight: 1 }], [semaphore("api", 5)], [run])).toContain("5 held by run 7")
})

it("reasonFor() tells of limits that are unknown, 0 or too small, with the problem of the source", () => {
  const takes = ["new", "down", "zero", "small"].map((name) => ({ name, weight: 3 }))
  const problem = "The limit cannot be read from file limits.json: EBUSY"
  expect(waits(takes, [semaphore("down", null, problem), semaphore("zero", 0), semaphore("small", 2)])).toBe(
    `waits for 3 of down (${problem}), and for 3 of new (its limit is not known yet), ` +
      "and for 3 of small (more than its limit of 2), and for 3 of zero (its limit is 0)"
  )
})

it("reasonFor() leaves out what would be free, and says nothing of a request that is granted", () => {
  const takes = [{ name: "a", weight: 1 }, { name: "b", weight: 1 }]
  expect(waits(takes, [semaphore("a", 1), semaphore("b", 1)], [holder(1, "b")])).toBe(
    "waits for 1 of b (limit 1, 1 held by n1); position 1"
  )
  expect(waits(takes, [semaphore("a", 1), semaphore("b", 1)])).toBeUndefined()
  expect(reasonFor(holder(1, "a"), { semaphores: new Map(), permits: [] })).toBeUndefined()
})
