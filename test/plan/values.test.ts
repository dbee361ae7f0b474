/** The rules for values at the door, and that `check` reports every place where an author can give one. */
import { describe, expect, it } from "vitest"
import { check, mutex, rateLimit, semaphore, storedLimit, task, workflow } from "../../mod.ts"

const odd: ReadonlyArray<unknown> = [
  NaN,
  -1,
  -Infinity,
  1e300,
  2 ** 53,
  "",
  "nonsense",
  null,
  {},
  [],
  true,
  () => 1,
  "\ud800"
]
const run = () => 1
const alone = (options: object) => workflow("w", {}, (w) => w.node("a", task("a", { run, ...options } as never)))
const permitting = (take: unknown) => alone({ permits: [take] })

const durations: Readonly<Record<string, (value: never) => unknown>> = {
  timeout: (timeout) => alone({ timeout }),
  "timeout.total": (total) => alone({ timeout: { total } }),
  backoff: (backoff) => alone({ retry: { backoff } }),
  "backoff.cap": (cap) => alone({ retry: { backoff: { duration: 1, cap } } }),
  maxDuration: (maxDuration) => alone({ retry: { maxDuration } }),
  sleep: (duration) => workflow("w", {}, (w) => w.sleep("a", duration)),
  suspend: (duration) => workflow("w", {}, (w) => w.suspend("a", { duration })),
  "workflow timeout": (timeout) => workflow("w", { timeout }, () => undefined),
  ttl: (ttl) => workflow("w", { ttl }, () => undefined),
  "ttl.failure": (failure) => workflow("w", { ttl: { failure } }, () => undefined),
  "rate per": (per) => permitting(rateLimit("r", { limit: 1, per }).take())
}

const counts: Readonly<Record<string, (value: never) => unknown>> = {
  "retry limit": (limit) => alone({ retry: { limit } }),
  parallelism: (parallelism) => workflow("w", { parallelism }, () => undefined),
  keepLast: (keepLast) => workflow("w", { ttl: { keepLast } }, () => undefined),
  weight: (weight) => permitting(semaphore("s", { limit: 1 }).take(weight)),
  limit: (limit) => permitting(semaphore("s", { limit }).take()),
  "stored limit": (initial) => permitting(semaphore("s", { limit: storedLimit(initial) }).take()),
  permitPriority: (permitPriority) => alone({ permits: [mutex("m").take()], permitPriority })
}

// Where `null` is taken for "left out".
const leftOut = ["maxDuration", "retry limit", "parallelism", "keepLast", "permitPriority", "workflow timeout"]

const issues = (definition: unknown) => check(definition as never)

describe("values authors give", () => {
  it.each(Object.entries(durations))("an odd duration is an issue: %s", (name, make) => {
    for (const value of odd) {
      if (name === "ttl" && value !== null && typeof value === "object") continue
      if (value === null && leftOut.includes(name)) continue
      const found = issues(make(value as never))
      expect([value, found.length > 0]).toEqual([value, true])
      for (const { hint, message } of found) expect(`${message} ${hint}`).toMatch(/duration|ms|years|Infinity|endless/)
      expect(found.map(({ message }) => message).join("\n")).not.toContain("  ")
    }
  })

  it.each(Object.entries(counts))("an odd number is an issue: %s", (name, make) => {
    for (const value of [...odd, 1.5, "5"]) {
      if (name === "permitPriority" && value === -1 || value === null && leftOut.includes(name)) continue
      const found = issues(make(value as never))
      expect([value, found.length > 0]).toEqual([value, true])
    }
  })

  it("durations round up to whole milliseconds", () => {
    expect(issues(workflow("w", {}, (w) => w.sleep("a", "1.5 millis")))).toEqual([])
    expect(issues(alone({ timeout: 0.2, retry: { backoff: "0.1 millis" } }))).toEqual([])
  })

  it("what is no source of a limit is refused before it is read", () => {
    for (const limit of [{ read: () => 1 }, { _tag: "LimitSource", describe: "it" }, { _tag: "StoredLimit" }]) {
      expect(issues(permitting(semaphore("s", { limit: limit as never }).take()))[0]?.message).toContain('limit of "s"')
    }
  })

  it("one semaphore with two limits is a contradiction, wherever it is taken", () => {
    const one = task("one", { permits: [semaphore("s", { limit: 2 }).take()], run })
    const two = task("two", { permits: [semaphore("s", { limit: 3 }).take()], run })
    const nested = workflow("nested", {}, (w) => w.node("two", two))
    const both = workflow("both", {}, (w) => {
      w.node("one", one)
      w.node("nested", nested)
    })
    expect(issues(both)).toMatchObject([{ code: "contradiction", path: "both/nested/two" }])
    const handled = workflow(
      "handled",
      {},
      (w) => w.node("one", one, { onExit: () => undefined, permits: [mutex("s").take()] })
    )
    expect(issues(handled).map(({ code }) => code)).toEqual(["contradiction"])
    const same = workflow("same", {}, (w) => {
      w.node("one", one)
      w.node("again", task("again", { permits: [semaphore("s", { limit: 2 }).take()], run }))
    })
    expect(issues(same)).toEqual([])
  })
})
