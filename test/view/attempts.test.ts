import { expect, test } from "vitest"
import { failedAttempts } from "../../src/view/attemptsOf.ts"
import type { Event, Recorded } from "../../src/run/Event.ts"

const recorded = (...events: ReadonlyArray<readonly [at: number, event: object]>): ReadonlyArray<Recorded> =>
  events.map(([at, event], index) => ({ run: "r", seq: index + 1, at, event: event as Event }))

const busy = (n: number) => ({ tag: "Busy", message: "", data: { n } })
const failed = (path: string, attempt: number) => ({
  type: "AttemptFailed",
  path,
  attempt,
  error: busy(attempt),
  delay: 5,
  nextAt: 0
})
const ended = (path: string, phase: string, n: number) => ({
  type: "NodeFinished",
  path,
  ending: { phase, error: busy(n) }
})

test("The failed attempts of a node are those since it was last begun, each with its time and error", () => {
  const events = recorded(
    [0, { type: "NodeStarted", path: "a", kind: "task" }],
    [9, ended("a", "Failed", 9)],
    [10, { type: "NodeStarted", path: "a", kind: "task" }],
    [11, { type: "NodeStarted", path: "b", kind: "task" }],
    [14, failed("a", 1)],
    [15, failed("b", 1)],
    [20, { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0 }],
    [27, ended("a", "Failed", 2)]
  )
  expect(failedAttempts(events, "a")).toEqual([
    { attempt: 1, took: 4, error: 'Busy {"n":1}', thrown: { tag: "Busy", message: "", data: { n: 1 } }, delay: 5 },
    { attempt: 2, took: 7, error: 'Busy {"n":2}', thrown: { tag: "Busy", message: "", data: { n: 2 } } }
  ])
  expect(failedAttempts(events, "b")).toMatchObject([{ attempt: 1, took: 4, error: 'Busy {"n":1}' }])
  expect(failedAttempts(recorded([0, { type: "NodeStarted", path: "a" }], [1, ended("a", "Succeeded", 0)]), "a"))
    .toEqual([])
})

test("An attempt that was cut off is one of them, and lasted as long as its process is known to have worked", () => {
  const again = { type: "AttemptStarted", path: "a", attempt: 1, rerun: 1 }
  const events = recorded(
    [0, { type: "RunStarted", owner: 1 }],
    [10, { type: "NodeStarted", path: "a", kind: "task" }],
    [30, { type: "NodeStarted", path: "b", kind: "task" }],
    [500, { type: "RunStarted", owner: 2 }],
    [510, again],
    [520, failed("a", 1)],
    [525, { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0 }]
  )
  const cut = { attempt: 1, isCut: true, error: "cut off with its process" }
  expect(failedAttempts(events, "a")).toMatchObject([{ ...cut, took: 20 }, { attempt: 1, took: 10 }])
  // Of a node alone, what else happened is not known.
  const own = events.filter(({ event }) => "path" in event && event.path === "a")
  expect(failedAttempts(own, "a")).toMatchObject([{ ...cut, took: 0 }, { attempt: 1, took: 10 }])
})
