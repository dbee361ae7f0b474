import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { Ends } from "../../src/engine/graph/Ends.ts"
import { ended, type NodeEnd, succeeded } from "../../src/engine/node/NodeEnd.ts"
import { TestBed } from "./TestBed.ts"

test("Ends are as they were set, and of one that is forgotten nothing is left but that it succeeded", () => {
  const all: ReadonlyArray<NodeEnd> = [
    succeeded("1"),
    ended("Failed", "TaskFailed", "no", "other"),
    { ...succeeded("2"), next: "3" },
    { phase: "Succeeded" },
    succeeded("")
  ]
  const ends = new Ends(all.length + 1)
  all.forEach((end, at) => ends.set(at, end))
  ends.set(0, all[0]!)
  expect([ends.areAll, ends.get(all.length)]).toEqual([false, undefined])
  ends.set(all.length, succeeded("4"))
  expect([ends.areAll, ends.outputs]).toEqual([true, undefined])
  expect(ends.all).toEqual([...all, succeeded("4")])
  expect(ends.all.map((_, at) => ends.phase(at))).toEqual(ends.all.map(({ phase }) => phase))
  ends.forget(0)
  ends.forget(1)
  expect([ends.get(0), ends.get(1)]).toEqual([{ phase: "Succeeded" }, all[1]])
})

test("Outputs are texts where all succeeded", () => {
  const ends = new Ends(2)
  ends.set(1, succeeded("b"))
  ends.set(0, succeeded("a"))
  expect(ends.outputs).toEqual(["a", "b"])
})

test("What a node gives is there for its last reader and for the output, whoever has read it before", async () => {
  const one = task("one", { output: Schema.Number, run: () => 1 })
  const add = task("add", {
    input: { a: Schema.Number, b: Schema.Number },
    output: Schema.Number,
    run: (x) => x.a + x.b
  })
  const flow = workflow("sums", {}, (w) => {
    const a = w.node("a", one)
    const b = w.node("b", add, { input: { a, b: a } })
    const c = w.node("c", add, { input: { a, b } })
    const d = w.node("d", add, { input: { a, b: c } })
    return { a, d }
  })
  const bed = new TestBed()
  const run = await bed.settle(bed.open({ workflows: [flow] }).start(flow))
  expect(await bed.settle(run.result())).toEqual({ a: 1, d: 4 })
})
