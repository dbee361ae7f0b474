import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import type { EngineOptions } from "../../src/embed/makeEngine.ts"
import { TestBed } from "./TestBed.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", { n: Schema.Number, at: Schema.Date }) {}

const double = task("double", {
  input: { n: Schema.Number },
  output: Schema.Number,
  errors: [Bad],
  on: "gpu",
  run: ({ n }) => {
    if (n < 0) throw new Bad({ n, at: new Date(n) })
    return 2 * n
  }
})
const sum = task("sum", { input: { of: Schema.Array(Schema.Number) }, run: ({ of }) => of.reduce((a, b) => a + b, 0) })
const doubled = workflow("doubled", { input: { items: Schema.Array(Schema.Number) } }, (w) => {
  const all = w.map("all", w.input.items, double, (n) => ({ n }))
  return w.node("sum", sum, { input: { of: all } })
})

test("Bodies on a pool run in the process that offers it; all else stays with the owner of the run", async () => {
  const bed = new TestBed()
  const ran: Array<string> = []
  const bodyOf = (name: string): NonNullable<EngineOptions["bodyOf"]> => (it) => (input, context) => {
    ran.push(`${name} ${it.name}`)
    return it.run(input, context)
  }
  const owner = bed.open({ bodyOf: bodyOf("owner") })
  bed.open({ workflows: [doubled], pools: { gpu: 2 }, takeOver: false, bodyOf: bodyOf("worker") })
  const { ending } = await bed.play(doubled, { items: [1, 2, 3] }, owner)
  expect(ending).toMatchObject({ phase: "Succeeded", output: 12 })
  expect(ran.sort()).toEqual(["owner sum", "worker double", "worker double", "worker double"])
  expect(bed.disk.cells.list("pool/ended")).toEqual([])
  expect(bed.disk.cells.list("pool/taken")).toEqual([])
  expect(bed.disk.cells.list("pool/offers")).toEqual([])
})
