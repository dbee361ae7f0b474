/** Orderly restarts are no deaths: what counts against `limits.reruns` is work that a death cut off. */
import { expect, test } from "vitest"
import * as Effect from "effect/Effect"
import { Schema, task, workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const waits = () => {
  const approval = workflow("approval", {}, (w) => w.suspend("ask", { output: Schema.Number }))
  const body = task("body", {
    output: Schema.Number,
    run: (_: void, { call }) => call("approval", approval, undefined as never)
  })
  return workflow("order", {}, (w) => w.node("body", body as never))
}

test("A body that waits for a person outlives fifty orderly restarts, and more crashes in between", async () => {
  const bed = new TestBed()
  const one = waits()
  let pinnace = bed.open({ workflows: [one as never] })
  const { id } = await bed.settle(pinnace.start(one as never, undefined as never))
  for (let n = 0; n < 55; n++) {
    await bed.until(async () => (await (await pinnace.get(id))!.nodes()).some(({ waiting }) => waiting === "Signal"))
    await bed.quiet()
    if (n % 11 === 10) bed.crash(pinnace)
    else await bed.settle(pinnace.close())
    pinnace = bed.open({ workflows: [one as never] })
  }
  const run = (await pinnace.get(id))!
  await bed.quiet()
  expect(await nodeOf(run, "body")).toMatchObject({ phase: "Running", attempt: 1, reruns: 5 })
  await bed.settle(run.signal("body/approval/ask", 5))
  expect(await bed.ended(run)).toMatchObject({ phase: "Succeeded", output: 5 })
})

test("Work that dies with its process twenty-one times ends, however often it was left in between", async () => {
  const bed = new TestBed()
  const one = workflow("poison", {}, (w) => w.node("body", task("body", { run: () => Effect.never })))
  let pinnace = bed.open({ workflows: [one] })
  const { id } = await bed.settle(pinnace.start(one))
  for (let n = 0; n < 42; n++) {
    await bed.until(async () => (await phases((await pinnace.get(id))!))["body"] === "Running")
    await bed.quiet()
    if (n % 2 === 0) bed.crash(pinnace)
    else await bed.settle(pinnace.close())
    pinnace = bed.open({ workflows: [one] })
  }
  const run = (await pinnace.get(id))!
  expect(await bed.ended(run)).toMatchObject({ phase: "Error" })
  expect((await nodeOf(run, "body")).message).toContain("The process died 21 times during attempt 1")
})
