import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { EngineClosed, RunFailed, Schema, task, workflow } from "../../mod.ts"
import type { Workflow } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"

class Limited extends Schema.TaggedError<Limited>()("Limited", { after: Schema.Date }) {}

const limited = task("limited", {
  input: Schema.Number,
  errors: [Limited],
  run: (n) => Effect.fail(new Limited({ after: new Date(n) }))
})
const ok = task("ok", { output: Schema.Date, run: () => new Date(5) })

const places: ReadonlyArray<readonly [string, Workflow<void, unknown, Limited>]> = [
  ["a task", workflow("plain", {}, (w) => w.node("n", limited, { input: 1 }))],
  ["an item of a map", workflow("mapped", {}, (w) => w.map("m", [1], limited, (n) => n, { key: () => "a/b" }))],
  [
    "a nested workflow",
    workflow("nested", {}, (w) => w.node("sub", workflow("inner", {}, (w) => w.node("n", limited, { input: 1 }))))
  ],
  [
    "a nested workflow that was tried twice",
    workflow("retried", {}, (w) => {
      const inner = workflow("inner", {}, (w) => w.node("n", limited, { input: 1 }))
      return w.node("sub", inner, { retry: { limit: 1 } })
    })
  ],
  [
    "a workflow that is an item of a map",
    workflow("both", {}, (w) => {
      const inner = workflow("inner", { input: Schema.Number }, (w) => w.node("n", limited, { input: w.input }))
      return w.map("m", [1], inner, (n) => n)
    })
  ]
]

for (const [where, one] of places) {
  test(`A typed error of ${where} is the same class after a restart`, async () => {
    const bed = new TestBed()
    const first = bed.open({ workflows: [one] })
    const { run } = await bed.play(one, undefined, first)
    const before = await bed.rejection(run.result())
    await bed.settle(first.close())
    const after = await bed.rejection((await bed.open({ workflows: [one] }).get(run.id))!.result())
    for (const error of [before, after]) {
      expect(error).toBeInstanceOf(Limited)
      expect(error.after).toEqual(new Date(1))
    }
  })
}

test("An error the workflow itself declares is that class, whichever node failed", async () => {
  const one = workflow(
    "declared",
    { errors: [Limited] },
    (w) => void w.node("sub", workflow("inner", {}, (w) => void w.node("n", limited, { input: 2 })))
  )
  const { bed, run } = await new TestBed().play(one)
  expect(await bed.rejection(run.result())).toBeInstanceOf(Limited)
})

test("A failure that is not typed is a RunFailed that says where, why and in which phase", async () => {
  const one = workflow(
    "broken",
    {},
    (w) =>
      void w.node(
        "sub",
        workflow("inner", {}, (w) => void w.node("n", task("n", { run: () => Effect.die(new Error("no luck")) })))
      )
  )
  const { bed, run } = await new TestBed().play(one)
  const error = await bed.rejection(run.result())
  expect(error).toBeInstanceOf(RunFailed)
  expect(error).toMatchObject({
    run: run.id,
    node: "sub/n",
    phase: "Error",
    reason: "ChildErrored",
    message: expect.stringContaining("no luck")
  })
})

test("Where the workflow is not registered, the error is a RunFailed and the result plain JSON", async () => {
  const bed = new TestBed()
  const { run: failed } = await bed.play(places[0]![1])
  expect(await bed.rejection((await bed.open().get(failed.id))!.result())).toBeInstanceOf(RunFailed)
})

test("ending() tells how the run ended without rejecting, as often as it is asked", async () => {
  const { bed, run } = await new TestBed().play(places[0]![1])
  const asked = await bed.settle(Promise.all([run.ending(), run.ending()]))
  for (const ending of asked) {
    expect(ending).toMatchObject({ phase: "Failed", reason: "ChildFailed", cause: "n", error: { tag: "Limited" } })
  }
})

test("The result waits for a run that is still going, for as many as ask", async () => {
  const bed = new TestBed()
  const slow = task("slow", { run: () => Effect.as(Effect.sleep("1 day"), 3) })
  const run = await bed.settle(bed.open().start(workflow("slow", {}, (w) => w.node("slow", slow))))
  expect(await bed.settle(Promise.all([run.result(), run.result(), run.result()]))).toEqual([3, 3, 3])
})

test("Who waits when the engine closes hears EngineClosed; the run goes on at the next open", async () => {
  const bed = new TestBed()
  const one = workflow("slow", {}, (w) => {
    const nap = w.node("nap", task("nap", { run: () => Effect.sleep("1 hour") }))
    return w.node("ok", ok, { after: [nap] })
  })
  const first = bed.open({ workflows: [one] })
  const run = await bed.settle(first.start(one))
  await bed.until(async () => (await run.nodes()).length === 1)
  const waiting = bed.rejection(run.result())
  await bed.settle(first.close())
  expect(await waiting).toBeInstanceOf(EngineClosed)
  const again = (await bed.open({ workflows: [one] }).get(run.id))!
  await bed.ended(again)
  expect(await bed.settle(again.result())).toEqual(new Date(5))
})

test("A result that the new definition cannot decode is an error, not a wrong value", async () => {
  const bed = new TestBed()
  const define = (output: Schema.Codec<unknown>) =>
    workflow(
      "typed",
      {},
      (w) => w.node("n", task("n", { output, run: () => (output === Schema.String ? "text" : 5) as never }))
    )
  const { run } = await bed.play(define(Schema.String))
  const other = (await bed.open({ workflows: [define(Schema.Number)] }).get(run.id))!
  expect(await bed.rejection(other.result())).toBeInstanceOf(Error)
})

test("outcome() tells by its phase what is there, and does not reject", async () => {
  const bed = new TestBed()
  const fine = await bed.settle(
    bed.open().start(workflow("fine", {}, (w) => w.node("a", task("a", { run: () => "x" }))))
  )
  expect(await bed.settle(fine.outcome())).toEqual({ phase: "Succeeded", output: "x" })
  const thrown = task("b", {
    run: (): string => {
      throw new Error("no")
    }
  })
  const bad = await bed.settle(bed.open().start(workflow("bad", {}, (w) => w.node("b", thrown))))
  const outcome = await bed.settle(bad.outcome())
  expect(outcome).toMatchObject({
    phase: "Error",
    message: expect.stringContaining("no"),
    error: { _tag: "RunFailed" }
  })
})

test("The output that is waited for is the one that is read later, and after a restart", async () => {
  const made = task("made", { output: Schema.Date, run: () => new Date(7) })
  const dated = workflow("dated", {}, (w) => w.node("n", made))
  const silent = workflow("silent", {}, (w) => void w.node("n", made))
  for (const [one, output] of [[dated, new Date(7)], [silent, undefined]] as const) {
    const bed = new TestBed()
    const pinnace = bed.open({ workflows: [one] })
    const run = await bed.settle(pinnace.start(one as Workflow<void, unknown>))
    const waited = await bed.settle(run.result())
    const later = await bed.settle(run.result())
    await bed.settle(pinnace.close())
    const after = await bed.settle((await bed.open({ workflows: [one] }).get(run.id))!.result())
    expect([waited, later, after]).toEqual([output, output, output])
  }
})
