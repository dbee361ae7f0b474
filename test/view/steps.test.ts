/** Flows as graphs: what a step came after, by the record. */
import { expect, it } from "vitest"
import * as Effect from "effect/Effect"
import { flow, Schema, workflow } from "../../mod.ts"
import { graph } from "../../src/embed/inspect.ts"
import { stages } from "../../src/view/edges.ts"
import { stepVertices } from "../../src/view/steps.ts"
import { TestBed } from "../engine/TestBed.ts"

const order = flow("order", { output: Schema.Number }, async (_, f) => {
  const prices = await f.each("price", [1, 2], (n) => n)
  const after = (name: string, time: "1 minute" | "3 minutes") =>
    f.step(name, () => Effect.delay(Effect.succeed(1), time))
  await Promise.all([
    after("long", "3 minutes"),
    after("short", "1 minute").then(() => f.step("next", () => 1))
  ])
  await f.sleep("rest", "1 hour")
  return f.step("total", () => prices.length)
})

const drawn = async (definition: Parameters<typeof graph>[0]) => {
  const { bed, run } = await new TestBed().play(definition as never)
  const events = bed.events(run).map((event, at) => ({ run: run.id, seq: at + 1, at: 0, event }))
  return stepVertices(graph(definition), events)
}

it("a step comes after what had ended when it began, and not after what that came after", async () => {
  const vertices = await drawn(order)
  expect(vertices.map(({ after, name, runs }) => [name, runs, after])).toEqual([
    ["price", "map", []],
    ["long", "step", ["price"]],
    ["short", "step", ["price"]],
    ["next", "step", ["short"]],
    ["rest", "suspend", ["next", "long"]],
    ["total", "step", ["rest"]]
  ])
  expect([...stages(vertices).values()]).toEqual([1, 2, 2, 3, 4, 5])
})

it("a flow within a workflow is drawn beneath its node; a graph has no steps", async () => {
  const around = workflow("around", {}, (w) => void w.node("inner", order))
  expect((await drawn(around)).map(({ name }) => name)).toContain("inner/total")
  expect(await drawn(workflow("plain", {}, (w) => void w.suspend("rest", { duration: "1 minute" })))).toEqual([])
})
