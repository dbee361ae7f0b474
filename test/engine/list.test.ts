import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { type RunView, Schema, task, workflow } from "../../mod.ts"
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
  expect((await pinnace.list()).map(({ id }) => id)).toEqual(ids)
})

test("Runs are listed by workflow and by phase, also combined", async () => {
  const { ids, pinnace } = await many()
  const list = async (filter: Parameters<typeof pinnace.list>[0]) =>
    (await pinnace.list(filter)).map(({ id }) => ids.indexOf(id))
  expect(await list({ workflow: "two" })).toEqual([0, 2, 4])
  expect(await list({ phases: ["Error"] })).toEqual([2])
  expect(await list({ workflow: "two", phases: ["Succeeded", "Error"] })).toEqual([0, 2, 4])
  expect(await list({ workflow: "one", phases: ["Error"] })).toEqual([])
  expect(await list({ workflow: "none" })).toEqual([])
})

test("Pages follow each other without a gap or a repetition", async () => {
  const { ids, pinnace } = await many()
  const pages: Array<string> = []
  let before: RunView | undefined
  for (;;) {
    const page = await pinnace.list({ limit: 2, ...(before === undefined ? {} : { before }) })
    if (page.length === 0) break
    expect(page.length).toBeLessThanOrEqual(2)
    pages.push(...page.map(({ id }) => id))
    before = page.at(-1)!
  }
  expect(pages).toEqual(ids)
})

test("Runs created in the same millisecond are paged without a gap too", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const runs = await bed.settle(Promise.all([1, 2, 3, 4, 5].map((n) => pinnace.start(one, n))))
  const pages: Array<string> = []
  for (let before: RunView | undefined, left = 10; left > 0; left--) {
    const [row] = await pinnace.list({ limit: 1, ...(before === undefined ? {} : { before }) })
    if (row === undefined) break
    pages.push(row.id)
    before = row
  }
  expect(pages.sort()).toEqual(runs.map(({ id }) => id).sort())
})

test("A page goes on where the one before ended, although its last run was deleted, also from what JSON kept of it", async () => {
  const { bed, ids, pinnace } = await many()
  const [, last] = await pinnace.list({ limit: 2 })
  await bed.settle((await pinnace.get(last!.id))!.delete())
  for (const before of [last!, JSON.parse(JSON.stringify(last!)), last!.cursor]) {
    expect((await pinnace.list({ before, limit: 2 })).map(({ id }) => id)).toEqual(ids.slice(2, 4))
  }
  await expect(pinnace.list({ before: last!.id })).rejects.toThrow(
    `Cannot use "before" of the filter of a list of runs: it is "${last!.id}", and no run has this id (any more). ` +
      'Use the last row of the page before, or its "cursor".'
  )
})

const list = "the filter of a list of runs"
const wrongFilters: ReadonlyArray<readonly [unknown, string]> = [
  [{ limit: NaN }, `"limit" of ${list}: it is NaN. Use a whole number from 1, or Infinity`],
  [{ limit: 1.5 }, `"limit" of ${list}: it is 1.5.`],
  [{ limit: -1 }, `"limit" of ${list}: it is -1.`],
  [{ limit: 0 }, `"limit" of ${list}: it is 0.`],
  [{ limit: 2 ** 53 }, `"limit" of ${list}: it is 9007199254740992.`],
  [{ limit: "5" }, `"limit" of ${list}: it is "5".`],
  [{ skip: Infinity }, `"skip" of ${list}: it is Infinity. Use a whole number from 0`],
  [{ phases: ["Done"] }, `"phases" of ${list}: it has an item that is "Done". Use "Pending", "Running"`],
  [{ phases: "Failed" }, `"phases" of ${list}: it is "Failed". Use a list`],
  [{ workflow: Symbol("s") }, `"workflow" of ${list}: it is Symbol(s). Use a string`],
  [{ held: "yes" }, `"held" of ${list}: it is "yes". Use true or false`],
  [{ before: { createdAt: 1.5, key: 1 } }, `"before" of ${list}: it is not a place in a list of runs`],
  [{ before: 5 }, `"before" of ${list}: it is 5. Use the last row`],
  [null, `${list}: it is null. Use an object with workflow, phases`],
  [{
    get limit() {
      throw new Error("mine")
    }
  }, `"limit" of ${list}: it cannot be read`]
]

test("What a list cannot use is refused with its place and the remedy", async () => {
  const pinnace = new TestBed().open()
  for (const [filter, message] of wrongFilters) {
    await expect(pinnace.list(filter as never), message).rejects.toThrow(`Cannot use ${message}`)
  }
  for (const limit of [NaN, 1.5, -1, 0, "5"]) {
    await expect(pinnace.artifacts({ limit: limit as never })).rejects.toThrow(
      '"limit" of the filter of a list of artifacts'
    )
  }
  await expect(pinnace.artifacts({ states: ["gone" as never] })).rejects.toThrow('"states" of the filter')
  expect(await pinnace.artifacts({ limit: Infinity })).toEqual([])
})

test("Events are read from a whole sequence number on", async () => {
  const { bed, pinnace } = await many()
  const run = (await pinnace.get((await pinnace.list())[0]!.id))!
  for (const after of [NaN, 1.5, -1, Infinity, "1"]) {
    const error = await bed.rejection(run.events(after as never)[Symbol.asyncIterator]().next())
    expect(error.message).toContain("Cannot use the sequence number after which events are read: it is")
  }
})

test("A list tells the run's times, labels, priority and how it ended", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const begin = bed.now
  const run = await bed.settle(pinnace.start(one, -1, { id: "mine", labels: { team: "blue" }, priority: 4 }))
  await bed.ended(run)
  expect(await pinnace.list()).toEqual([{
    id: "mine",
    workflow: "one",
    kind: "typed",
    phase: "Error",
    reason: "ChildErrored",
    message: expect.stringContaining("negative"),
    labels: { team: "blue" },
    priority: 4,
    createdAt: begin,
    startedAt: begin,
    finishedAt: begin,
    suspended: false,
    cursor: expect.any(String)
  }])
})

test("A list shows at most 100 runs unless it is told otherwise", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  await bed.settle(Promise.all(Array.from({ length: 101 }, (_, n) => pinnace.start(one, n))))
  expect(await pinnace.list()).toHaveLength(100)
  expect(await pinnace.list({ limit: 1_000 })).toHaveLength(101)
})

test("An ended run is never shown as running: list, status and nodes agree at every step (N9)", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(one, 1))
  await bed.until(async () => {
    const { phase } = await run.status()
    const listed = (await pinnace.list())[0]!
    expect(listed.phase).toBe(phase)
    if (phase === "Succeeded") expect(Object.values(await phases(run))).toEqual(["Succeeded"])
    return phase === "Succeeded"
  })
})

test("Runs are listed by labels, fields, text and times", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const begun = bed.now
  const ids: Array<string> = []
  for (let n = 0; n < 4; n++) {
    const labels = { team: n % 2 === 0 ? "blue" : "red", ...(n === 3 ? { urgent: "" } : {}) }
    const run = await bed.settle(pinnace.start(one, n === 2 ? -1 : n, { id: `order-${n}`, labels }))
    await bed.settle(run.ending())
    ids.push(run.id)
    bed.elapse(1_000)
  }
  const list = async (filter: Parameters<typeof pinnace.list>[0]) =>
    (await pinnace.list(filter)).map(({ id }) => ids.indexOf(id)).toSorted()
  expect(await list({ labels: "team=blue" })).toEqual([0, 2])
  expect(await list({ labels: { team: "red", urgent: "" } })).toEqual([3])
  await expect(list({ labels: { team: 1 } as never })).rejects.toThrow('has 1 under "team"')
  await expect(list({ labels: 1 as never })).rejects.toThrow("Use a label selector like")
  expect(await list({ labels: "team in (red,green),!urgent" })).toEqual([1])
  expect(await list({ labels: "workflows.argoproj.io/completed=true,workflows.argoproj.io/phase!=Error" })).toEqual([
    0,
    1,
    3
  ])
  expect(await list({ fields: "status.phase=Error" })).toEqual([2])
  expect(await list({ text: "NEGATIVE" })).toEqual([2])
  expect(await list({ prefix: "order-", resubmitted: false })).toEqual([0, 1, 2, 3])
  expect(await list({ createdAfter: begun + 1_000, createdBefore: new Date(begun + 3_000) })).toEqual([1, 2])
  expect(await list({ startedAfter: begun + 3_000 })).toEqual([3])
  expect(await list({ endedBefore: begun + 1_000 })).toEqual([0])
  await expect(list({ labels: "team==blue==" })).rejects.toThrow(
    'Cannot use "labels" of the filter of a list of runs: it cannot be read'
  )
  await expect(list({ fields: "phase=Error" })).rejects.toThrow(
    'Unknown field "phase" in a selector: known are metadata.name'
  )
  await expect(list({ createdAfter: new Date("no") })).rejects.toThrow(
    "Use a Date, or whole milliseconds since the epoch"
  )
})
