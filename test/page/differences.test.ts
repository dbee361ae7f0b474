/** How definitions are compared: line by line, and what their lines are. */
import { describe, expect, it } from "vitest"
import { graph, Schema, task, workflow } from "../../mod.ts"
import { linesOfFiles, linesOfPlan } from "../../src/page/views/diff/definitionText.ts"
import { hunksOf, lineDiff } from "../../src/page/views/diff/lineDiff.ts"
import { seeded } from "../run/random.ts"

describe("the difference of two texts", () => {
  it("has the lines of both in their order, and no line twice that is in both", () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = seeded(seed)
      const lines = () => Array.from({ length: random.below(9) }, () => random.pick(["a", "b", "c"]))
      const [left, right] = [lines(), lines()]
      const found = lineDiff(left, right)
      const side = (but: string) => found.filter(({ sign }) => sign !== but).map(({ text }) => text)
      expect([side("+"), side("−")]).toEqual([left, right])
    }
    expect(lineDiff(["a", "b", "c"], ["a", "x", "c"]).map(({ sign, text }) => sign + text)).toEqual([
      " a",
      "−b",
      "+x",
      " c"
    ])
  })

  it("is quick for long texts that have nothing in common", () => {
    const lines = (name: string) => Array.from({ length: 5_000 }, (_, at) => `${name}${at}`)
    expect(lineDiff(lines("a"), lines("b"))).toHaveLength(10_000)
  })

  it("shows what is near a change, and how much is left out before it", () => {
    const lines = Array.from({ length: 20 }, (_, at) => String(at))
    const hunks = hunksOf(lineDiff(lines, lines.with(4, "x").with(18, "y")), 2)
    expect(hunks.map(({ lines, skipped }) => [skipped, lines.map(({ sign, text }) => sign + text).join(" ")])).toEqual([
      [2, " 2  3 −4 +x  5  6"],
      [9, " 16  17 −18 +y  19"]
    ])
    expect(hunksOf(lineDiff(lines, lines), 2)).toEqual([])
  })
})

describe("a definition as lines", () => {
  it("has the nodes of a plan, and nested ones beneath them", () => {
    const load = task("load", { description: "Reads", output: Schema.Number, run: () => 1 })
    const store = task("store", { input: { rows: Schema.Number }, run: () => {} })
    const inner = workflow("inner", {}, (w) => w.node("load", load))
    const outer = workflow("outer", {}, (w) => {
      const rows = w.node("part", inner, {})
      w.node("store", store, { input: { rows } })
    })
    expect(linesOfPlan(JSON.stringify(graph(outer)))).toEqual([
      "outer",
      "  part: workflow inner",
      "      load: task load",
      "        Reads",
      "  store: task store",
      "    after part",
      "    reads rows of part"
    ])
  })

  it("has the files of a manifest as they were written", () => {
    const kept = JSON.stringify({ files: [{ name: "a.yaml", text: "kind: Workflow\nspec: {}\n" }] })
    expect(linesOfFiles(kept)).toEqual(["# a.yaml", "kind: Workflow", "spec: {}"])
  })
})
