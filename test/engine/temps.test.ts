/** When temporary artifacts are asked about: as often as nodes end, not as often as there are artifacts. */
import { Result } from "effect"
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { Temps } from "../../src/engine/artifacts/Temps.ts"
import { compile } from "../../src/plan/compile.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import type { NodeRow } from "../../src/run/State.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"

const make = task("make", { input: Schema.Number, run: () => "handle" })
const use = task("use", { input: Schema.Array(Schema.String), run: () => undefined })
const mapped = workflow("w", { input: Schema.Array(Schema.Number) }, (w) => {
  w.node("use", use, { input: w.map("all", w.input, make, (item) => item) })
})
const plan: Plan = Result.getOrThrow(compile(mapped as unknown as AnyWorkflow))

test("A fan-out of a thousand temporary artifacts costs each end of a node a look or two, and gives all of them free at once", () => {
  const temps = new Temps()
  let looks = 0
  const nodes = new (class extends Map<string, NodeRow> {
    override get(path: string) {
      looks++
      return super.get(path)
    }
  })()
  const end = (path: string): ReadonlyArray<string> => {
    nodes.set(path, { path, phase: "Succeeded" } as NodeRow)
    return temps.end(path, { plan, nodes, isOver: () => false })
  }
  const items = Array.from({ length: 1000 }, (_, index) => `all[${index}]`)
  for (const item of items) temps.add(plan, item, `artifact of ${item}`)
  expect(items.flatMap(end)).toEqual([])
  expect(end("all")).toEqual([])
  expect(end("use")).toHaveLength(1000)
  expect(looks).toBeLessThan(2100)
})
