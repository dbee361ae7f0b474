/** Two runs of which one took over what the other had: only what it did itself can differ. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { load } from "../../src/argo/mod.ts"
import { task, workflow } from "../../mod.ts"
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
