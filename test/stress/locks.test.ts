/**
 * Permits under stress, small; `npm run stress -- --locks` is the
 * large one. And that the judges see what they are there to see.
 */
import process from "node:process"
import { describe, expect, it } from "vitest"
import type { BodyLine, Line } from "./evidence.ts"
import type { Change } from "./history.ts"
import { judgeEvidence } from "./judgeEvidence.ts"
import { judgeHistory } from "./judgeHistory.ts"
import { stressLocks } from "./locks.ts"

describe("Permits under stress", () => {
  it(
    "hold their limits in several processes that are killed, stopped and declared dead (N7)",
    async () => {
      const seed = Number(process.env["SEED"] ?? 11)
      const size = { processes: 3, acquisitions: 60, seed, runtimes: ["node"], pause: 60 } as const
      const verdict = await stressLocks(size, () => {})
      expect(verdict.violations).toEqual([])
      expect(verdict.executions).toBeGreaterThan(60)
      expect(verdict.grants).toBeGreaterThan(verdict.executions / 2)
    }
  )
})

const body = (what: BodyLine["what"], token: string, takes: BodyLine["takes"], host = 1): BodyLine => ({
  what,
  at: 1,
  host,
  run: `run ${token}`,
  node: "n",
  attempt: 1,
  token,
  takes
})

const end = (what: "kill" | "fence", host: number): Line => ({ what, at: 1, host })

const violations = (...lines: ReadonlyArray<Line>) => judgeEvidence(lines, { m: 1, s: 3 }).violations

describe("judgeEvidence", () => {
  it("accepts bodies that follow each other, and weights up to the limit", () => {
    expect(
      violations(
        body("enter", "a", { m: 1 }),
        body("leave", "a", { m: 1 }),
        body("enter", "b", { m: 1 }),
        body("leave", "b", { m: 1 })
      )
    )
      .toEqual([])
    expect(
      violations(
        body("enter", "a", { s: 2 }),
        body("enter", "b", { s: 1 }),
        body("leave", "a", { s: 2 }),
        body("leave", "b", { s: 1 })
      )
    )
      .toEqual([])
  })

  it("sees too many at once, whoever they are", () => {
    expect(
      violations(
        body("enter", "a", { s: 2 }),
        body("enter", "b", { s: 2 }, 2),
        body("leave", "a", {}),
        body("leave", "b", {}, 2)
      )
    )
      .toEqual(["line 2: 4 of s are in use, the limit is 3: run a n in 1, run b n in 2"])
  })

  it("counts what a process held until it is announced as dead, and nothing of it after that", () => {
    const [first, second] = [body("enter", "a", { m: 1 }), body("enter", "b", { m: 1 }, 2)]
    const left = body("leave", "b", { m: 1 }, 2)
    expect(violations(first, end("kill", 1), second, left, body("leave", "a", { m: 1 }))).toEqual([])
    expect(violations(first, second, end("kill", 1), left)).toHaveLength(1)
  })

  it("sees a body that never ended, and a node that runs twice at once", () => {
    expect(violations(body("enter", "a", { m: 1 }))).toEqual(["run a n began and never ended"])
    const twin = { ...body("enter", "b", {}, 2), run: "run a" }
    expect(violations(body("enter", "a", {}), twin, body("leave", "a", {}), body("leave", "b", {}, 2)))
      .toEqual(["line 2: run a n runs in processes 1 and 2 at once"])
  })

  it("counts what ended after the announcement of a kill as done, and after a declaration of death as not", () => {
    const finished = (what: "kill" | "fence") =>
      judgeEvidence([body("enter", "a", {}), end(what, 1), body("leave", "a", {})], {}).finished.has("a")
    expect([finished("kill"), finished("fence")]).toEqual([true, false])
  })
})

const limit = (amount: number | null): Change => ({ ...change(0, 0, 0), what: "limit", amount })

const change = (arrival: number, was: number, now: number, amount = 1, turn = 0): Change => ({
  what: "request",
  at: arrival,
  name: "s",
  amount,
  turn,
  arrival,
  was,
  now,
  run: "r",
  path: "n"
})

const wrong = (...changes: ReadonlyArray<Change>) => judgeHistory(changes).violations

describe("judgeHistory", () => {
  it("accepts grants in the order of the queue, up to the limit, that are given back", () => {
    const served = [
      change(1, -1, 1),
      change(2, -1, 1),
      change(1, 1, 2),
      change(1, 2, -1),
      change(2, 1, 2),
      change(2, 2, -1)
    ]
    expect(judgeHistory([limit(1), ...served])).toMatchObject({ violations: [], grants: 2 })
  })

  it("sees a grant above the limit, and one while the limit is unknown", () => {
    const both = [change(1, -1, 1, 2), change(1, 1, 2, 2), change(2, -1, 1), change(2, 1, 2)]
    const freed = [change(1, 2, -1, 2), change(2, 2, -1)]
    expect(wrong(limit(2), ...both, ...freed)).toEqual(["history 5: 3 of s were granted, the limit was 2"])
    expect(wrong(limit(null), change(1, -1, 1), change(1, 1, 2), change(1, 2, -1))).toHaveLength(1)
  })

  it("sees who was passed over, by arrival and by priority", () => {
    const asked = [limit(3), change(1, -1, 1), change(2, -1, 1)]
    const ends = [change(1, 1, -1), change(2, 2, -1)]
    expect(wrong(...asked, change(2, 1, 2), ...ends)).toEqual([
      "history 4: s was granted to request 2 while request 1 was ahead"
    ])
    const urgent = [
      change(3, -1, 1, 1, -5),
      change(1, 1, 2),
      change(1, 2, -1),
      change(2, 1, -1),
      change(3, 1, -1, 1, -5)
    ]
    expect(wrong(...asked, ...urgent)).toEqual(["history 5: s was granted to request 1 while request 3 was ahead"])
  })

  it("accepts that who asks for more than there is keeps nobody waiting", () => {
    const asked = [limit(1), change(1, -1, 1, 2), change(2, -1, 1), change(2, 1, 2), change(2, 2, -1)]
    expect(wrong(...asked, change(1, 1, -1, 2))).toEqual([])
  })

  it("sees permits that are never given back and requests that are never served", () => {
    expect(wrong(limit(1), change(1, -1, 1), change(2, -1, 1), change(1, 1, 2))).toEqual([
      "1 of s are still held at the end",
      "2 requests for s are left at the end"
    ])
  })
})
