/** Two runs of which one took over what the other had: only what it did itself can differ. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { load } from "../../src/argo/mod.ts"
import { Schema, task, workflow } from "../../mod.ts"
import { differencesOf } from "../../src/view/compared.ts"
import { sourceOf } from "../../src/view/RunSource.ts"
import { TestBed } from "../engine/TestBed.ts"

const work = task("work", { run: () => Effect.as(Effect.sleep("1 hour"), 1) })
const failing = task("failing", { run: () => Promise.reject(new Error("no")) })
const typed = workflow("typed", {}, (w) => {
  w.map("each", [1, 2], work, () => undefined)
  w.node("fails", failing, { after: [w.node("a", work)] })
})
const manifest = load(`kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - {name: main, steps: [[{name: a, template: wait}], [{name: fails, template: bad}]]}
  - {name: wait, suspend: {duration: "3600"}}
  - {name: bad, inputs: {parameters: [{name: d, value: never}]}, suspend: {duration: "{{inputs.parameters.d}}"}}`)

test.each(
  [
    ["of code", typed, undefined, [["(run)", "took 1h → 0ms"]]],
    ["of a manifest", manifest, { parameters: {} }, [
      ["(run)", "took 1h → 0ms"],
      ["(root)", "took 1h → 0ms"]
    ]]
  ] as const
)(
  "a memoized copy %s differs from its origin in what it did itself",
  async (_, definition, input, own) => {
    const bed = new TestBed()
    const pinnace = bed.open()
    const first = await bed.settle(pinnace.start(definition as typeof typed, input as undefined))
    await bed.ended(first)
    const copy = await bed.settle(first.resubmit({ memoized: true }))
    await bed.ended(copy)
    const found = await Effect.runPromise(differencesOf(sourceOf(pinnace.engine), first.id, copy.id))
    expect(found.map(({ name, what }) => [name, ...what])).toEqual(own)
  }
)

test("R12 What two runs reused, and what their keys differ in, is told in the words of explain and why", async () => {
  const clean = task("clean", {
    input: { day: Schema.String, strict: Schema.Boolean },
    cache: { version: 1 },
    run: ({ day }) => day
  })
  const flow = workflow("daily", { input: { day: Schema.String, strict: Schema.Boolean } }, (w) => {
    w.node("clean", clean, { input: w.input })
  })
  const bed = new TestBed()
  const pinnace = bed.open()
  const [one, other, again] = [true, false, true].map((strict) => ({ day: "mon", strict }))
  const first = (await bed.play(flow, one, pinnace)).run
  const second = (await bed.play(flow, other, pinnace)).run
  const third = (await bed.play(flow, again, pinnace)).run
  const told = async (left: string, right: string) =>
    (await Effect.runPromise(differencesOf(sourceOf(pinnace.engine), left, right)))
      .find(({ name }) => name === "clean")?.what
  expect(await told(first.id, second.id)).toContain("key: input (strict) differs")
  expect(await told(first.id, third.id)).toEqual([`result: computed → reused from ${first.id}`])
  for (const run of [first, second, third]) {
    const [{ because } = { because: "" }] = await bed.settle(pinnace.explain(run.id, "clean"))
    expect((await bed.settle(run.why("clean")))[0]?.because).toBe(`it ended Succeeded; it ${because}`)
  }
})

test("a node that was skipped took no time", async () => {
  const gate = workflow("gate", { input: { open: Schema.Boolean } }, (w) => {
    w.suspend("go", { when: (_, { open }) => !open, duration: "1 hour" })
  })
  const bed = new TestBed()
  const pinnace = bed.open()
  const first = (await bed.play(gate, { open: true }, pinnace)).run
  const second = (await bed.play(gate, { open: false }, pinnace)).run
  const found = await Effect.runPromise(differencesOf(sourceOf(pinnace.engine), first.id, second.id))
  expect(found.find(({ name }) => name === "go")!.what).toContain("took 0ms → 1h")
})
