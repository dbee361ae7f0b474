import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { incompatibilities } from "../../src/plan/compatible.ts"
import { compile } from "../../src/plan/compile.ts"
import { type PlanJson, toJson } from "../../src/plan/drawing.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import type { Builder } from "../../src/workflow/Builder.ts"
import { task } from "../../src/workflow/Task.ts"
import { workflow } from "../../src/workflow/Workflow.ts"

const unit = task("unit", { run: () => 1 })
const other = task("other", { run: () => 1 })
type Build = (w: Builder<void, unknown, never, never>) => void

const built = (build: Build) => workflow("w", {}, build as never)
const planOf = (build: Build): Plan => Result.getOrThrow(compile(built(build) as unknown as AnyWorkflow))
const stored = (build: Build): PlanJson => JSON.parse(JSON.stringify(toJson(planOf(build))))

const nested = (names: ReadonlyArray<string>) =>
  workflow("nested", {}, (w) => {
    for (const name of names) w.node(name, unit)
  })

const before: Build = (w) => {
  const a = w.node("a", unit)
  w.node("b", unit, { after: [a] })
  w.map("m", [1], nested(["x", "y"]), () => undefined)
}

describe("incompatibilities()", () => {
  it("has none when nothing changed", () => {
    expect(incompatibilities(stored(before), planOf(before), ["a", "b", "m", "m[0]", "m[0]/x"])).toEqual([])
  })

  it("lets nodes that have not started change freely", () => {
    const after: Build = (w) => {
      w.node("a", unit)
      w.node("c", other)
    }
    expect(incompatibilities(stored(before), planOf(after), ["a", "a.onExit", ".onExit"])).toEqual([])
  })

  it("names started nodes that are gone, of another kind, run something else or wait for others", () => {
    const after: Build = (w) => {
      w.node("b", unit, { after: [w.node("c", unit)] })
      w.sleep("m", 5)
    }
    expect(incompatibilities(stored(before), planOf(after), ["a", "b", "m", "m[0]"])).toEqual([
      `Node "a" has started and no longer exists`,
      `Node "b" has started and now waits for "c"`,
      `Node "m" has started as a map and is now a suspend`
    ])
    const swapped: Build = (w) => {
      w.node("a", other)
      w.node("b", unit)
    }
    expect(incompatibilities(stored(before), planOf(swapped), ["a", "b"])).toEqual([
      `Node "a" has started with "unit" and now runs "other"`,
      `Node "b" has started and no longer waits for "a"`
    ])
  })

  it("takes a workflow that is made from data for the same only while the data are", () => {
    const made = (digest: string) => {
      const kept = { kind: "manifest" as const, digest, text: "", revive: () => ({}) as never }
      return workflow("made", { description: "", ...{ kept } }, (w) => void w.node("a", unit))
    }
    const around = (digest: string): Build => (w) => void w.node("n", made(digest))
    expect(incompatibilities(stored(around("1")), planOf(around("1")), ["n", "n/a"])).toEqual([])
    expect(incompatibilities(stored(around("1")), planOf(around("2")), [])).toEqual([])
    expect(incompatibilities(stored(around("1")), planOf(around("2")), ["n", "n/a"])).toEqual([
      'Node "n" has started with another definition of "made"'
    ])
  })

  it("looks into nested workflows, whatever the item, attempt or handler", () => {
    const after: Build = (w) => {
      before(w)
      w.node("more", unit)
    }
    const changed: Build = (w) => {
      w.node("b", unit, { after: [w.node("a", unit)] })
      w.map("m", [1], nested(["y", "z"]), () => undefined)
    }
    const started = ["m", "m[a b]#2/x", "m[0]/x.hooks.failed", "m[1]/y", "m[1]/y/child-of-a-body"]
    expect(incompatibilities(stored(before), planOf(after), started)).toEqual([])
    expect(incompatibilities(stored(before), planOf(changed), started)).toEqual([
      `Node "m/x" has started and no longer exists`
    ])
    expect(incompatibilities(stored(before), planOf(changed), ["m", "m[1]", "m[1]/y"])).toEqual([])
  })
})
