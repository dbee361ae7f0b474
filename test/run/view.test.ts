import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { placeOf } from "../../src/run/view.ts"
import { TestBed } from "../engine/TestBed.ts"

const add = task("add", { input: Schema.Number, output: Schema.Number, run: (n) => n + 1 })
const work = workflow("work", { input: Schema.Number }, (w) => {
  const first = w.node("first", add, { input: w.input })
  const asked = w.suspend("asked", { output: Schema.Number, after: [first] })
  return w.node("last", add, { input: asked })
})

/** Names of columns, and values that stand for "none". */
const internal = ["key", "run", "epoch", "base", "digest", "inputSeq", "signalSeq", "resultSeq"]
const instants = ["createdAt", "startedAt", "finishedAt", "deleteAt", "until"]

const expectPlain = (view: object): void => {
  for (const [name, value] of Object.entries(view)) {
    expect([name, internal.includes(name)]).toEqual([name, false])
    expect([name, value === null || value === undefined]).toEqual([name, false])
    if (instants.includes(name)) expect([name, new Date(value).getTime() > 0]).toEqual([name, true])
  }
}

test("Runs, nodes and lines are told without what storage needs, and what there is not is absent", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(work, 1))
  const waiting = await bed.settle(run.waitFor("asked", "waiting"))
  const all = () => [...pinnace.list(), run.status(), ...run.nodes(), ...run.nodes({ values: true }), ...run.logs()]
  all().forEach(expectPlain)
  expectPlain(waiting)
  expect(Object.keys(run.status()).sort()).toEqual(
    ["createdAt", "cursor", "id", "kind", "labels", "owner", "phase", "priority", "startedAt", "suspended", "workflow"]
  )
  expect(waiting).toEqual({
    path: "asked",
    kind: "suspend",
    phase: "Running",
    attempt: 1,
    reruns: 0,
    waiting: "Signal",
    startedAt: expect.any(Number)
  })
  await bed.settle(run.signal("asked", 2))
  await bed.ended(run)
  all().forEach(expectPlain)
  expect(run.nodes({ values: true }).map(({ input, output }) => [input, output]).at(-1)).toEqual([2, 3])
})

test("A cursor is a place in lists, and no id is one", () => {
  expect(placeOf("@1700000000000.4294967297")).toEqual({ createdAt: 1_700_000_000_000, key: 4_294_967_297 })
  for (const text of ["", "@latest", "@1.", "@.1", "@-1.2", "@1.5e3", "work-1", "@1.2 "]) {
    expect(placeOf(text)).toBeUndefined()
  }
})
