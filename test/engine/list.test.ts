import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const echo = task("echo", { input: Schema.Number, run: (n) => n < 0 ? Effect.die("negative") : Effect.succeed(n) })
const one = workflow("one", { input: Schema.Number }, (w) => w.node("echo", echo, { input: w.input }))
const two = workflow("two", { input: Schema.Number }, (w) => w.node("echo", echo, { input: w.input }))

const many = async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const ids: Array<string> = []
  for (let n = 0; n < 6; n++) {
    const { run } = await bed.play(n % 2 === 0 ? one : two, n === 3 ? -1 : n, pinnace)
    ids.unshift(run.id)
    bed.elapse(1_000)
  }
  return { bed, pinnace, ids }
}

test("Runs are listed newest first", async () => {
  const { ids, pinnace } = await many()
  expect(pinnace.list().map(({ id }) => id)).toEqual(ids)
})

test("Runs are listed by workflow and by phase, also combined", async () => {
  const { ids, pinnace } = await many()
  const list = (filter: Parameters<typeof pinnace.list>[0]) => pinnace.list(filter).map(({ id }) => ids.indexOf(id))
  expect(list({ workflow: "two" })).toEqual([0, 2, 4])
  expect(list({ phases: ["Error"] })).toEqual([2])
  expect(list({ workflow: "two", phases: ["Succeeded", "Error"] })).toEqual([0, 2, 4])
  expect(list({ workflow: "one", phases: ["Error"] })).toEqual([])
  expect(list({ workflow: "none" })).toEqual([])
})

test("Pages follow each other without a gap or a repetition", async () => {
  const { ids, pinnace } = await many()
  const pages: Array<string> = []
  let before: string | undefined
  for (;;) {
    const page = pinnace.list({ limit: 2, ...(before === undefined ? {} : { before }) })
    if (page.length === 0) break
    expect(page.length).toBeLessThanOrEqual(2)
    pages.push(...page.map(({ id }) => id))
    before = page.at(-1)!.id
  }
  expect(pages).toEqual(ids)
})

test("Runs created in the same millisecond are paged without a gap too", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const runs = await bed.settle(Promise.all([1, 2, 3, 4, 5].map((n) => pinnace.start(one, n))))
  const pages: Array<string> = []
  for (let before: string | undefined, left = 10; left > 0; left--) {
    const [row] = pinnace.list({ limit: 1, ...(before === undefined ? {} : { before }) })
    if (row === undefined) break
    pages.push(row.id)
    before = row.id
  }
  expect(pages.sort()).toEqual(runs.map(({ id }) => id).sort())
})

test("A list tells the run's times, labels, priority and how it ended", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const begin = bed.now
  const run = await bed.settle(pinnace.start(one, -1, { id: "mine", labels: { team: "blue" }, priority: 4 }))
  await bed.ended(run)
  expect(pinnace.list()).toMatchObject([{
    id: "mine",
    workflow: "one",
    phase: "Error",
    reason: "ChildErrored",
    message: expect.stringContaining("negative"),
    labels: { team: "blue" },
    priority: 4,
    createdAt: begin,
    startedAt: begin,
    finishedAt: begin,
    epoch: 1,
    owner: null
  }])
})

test("A list shows at most 100 runs unless it is told otherwise", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  await bed.settle(Promise.all(Array.from({ length: 101 }, (_, n) => pinnace.start(one, n))))
  expect(pinnace.list()).toHaveLength(100)
  expect(pinnace.list({ limit: 1_000 })).toHaveLength(101)
})

test("An ended run is never shown as running: list, status and nodes agree at every step (N9)", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(one, 1))
  await bed.until(() => {
    const { phase } = run.status()
    const listed = pinnace.list()[0]!
    expect(listed.phase).toBe(phase)
    if (phase === "Succeeded") expect(Object.values(phases(run))).toEqual(["Succeeded"])
    return phase === "Succeeded"
  })
})
