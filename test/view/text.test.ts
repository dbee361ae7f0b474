import { describe, expect, it } from "vitest"
import { differences } from "../../src/view/difference.ts"
import { dot, mermaid } from "../../src/cli/paint/drawing.ts"
import { stages, verticesOf } from "../../src/view/edges.ts"
import { errorText } from "../../src/view/errorText.ts"
import { table } from "../../src/cli/paint/table.ts"
import { bytes } from "../../src/cli/paint/times.ts"
import { age, readSpan, span } from "../../src/run/instant.ts"
import { cut, oneLine, pad, width } from "../../src/cli/paint/width.ts"

describe("spans", () => {
  it.each([[0, "0ms"], [999, "999ms"], [1_250, "1.2s"], [59_999, "59s"], [61_000, "1m1s"], [7_200_000, "2h"], [
    90_000_000,
    "1d1h"
  ]])(
    "of %i ms are written %s",
    (millis, text) => expect(span(millis)).toBe(text)
  )

  it.each([["90s", 90_000], ["1d12h", 129_600_000], ["1.5m", 90_000], ["20ms", 20], ["2", undefined], ["", undefined], [
    "2w",
    undefined
  ]])(
    "%s are read as %s ms",
    (text, millis) => expect(readSpan(text)).toBe(millis)
  )

  it("have a greatest unit for ages", () => expect([age(0), age(150_000), age(90_000_000)]).toEqual(["0s", "2m", "1d"]))
})

describe("text", () => {
  const red = "\x1b[31mred\x1b[39m"

  it("is as wide as it looks", () => {
    expect(["abc", red, "日本", "é", "✔"].map(width)).toEqual([3, 3, 4, 1, 1])
  })

  it("is cut to a width, colours ended", () => {
    expect(cut("abcdef", 4)).toBe("abc…")
    expect(cut("日本語", 4)).toBe("日…")
    expect(cut(`${red}dish`, 3)).toBe("\x1b[31mre…\x1b[0m")
    expect(cut("abc", 3)).toBe("abc")
  })

  it("is one line without control characters", () => expect(oneLine("a\r\n  b\x07\tc\x1b[31m")).toBe("a bc"))

  it("stands in columns", () => {
    expect(pad(red, 5)).toBe(`${red}  `)
    expect(table([["A", "B"], ["日本", "x"], ["c", ""]], 80)).toEqual(["A      B", "日本   x", "c"])
    expect(table([["A", "B"], ["日本", "x"], ["c", ""]], 7)).toEqual(["A     …", "日本  …", "c"])
  })
})

describe("sizes", () => {
  it("have units of thousands", () => expect([bytes(999), bytes(1_234_567)]).toEqual(["999 B", "1.2 MB"]))
})

describe("errorText()", () => {
  it("tells the fields of a typed error", () => {
    expect(errorText({ error: { tag: "Busy", message: "", data: { _tag: "Busy", again: 3 } } })).toBe(
      'Busy {"again":3}'
    )
    expect(errorText({ message: "no", error: { tag: "Error", message: "no" } })).toBe("no")
  })
})

describe("a graph", () => {
  const node = (name: string, after: ReadonlyArray<string>, plan: string | null = null) => ({
    name,
    kind: "task" as const,
    runs: name,
    description: null,
    after,
    reads: {},
    depends: null,
    guarded: false,
    plan
  })
  const plan = {
    version: 1 as const,
    digest: "x",
    plans: {
      x: {
        name: "x",
        description: null,
        result: [],
        nodes: [node("a", []), node("b", ["a"], "y"), node("c", ["b", "a"])]
      },
      y: { name: "y", description: null, result: [], nodes: [node('"in"', [])] }
    }
  }

  it("has stages, and nested nodes beneath their node", () => {
    const vertices = verticesOf(plan)
    expect(vertices.map(({ name }) => name)).toEqual(["a", "b", 'b/"in"', "c"])
    expect([...stages(vertices).values()]).toEqual([1, 2, 1, 3])
  })

  it("is drawn for Mermaid and Graphviz with its names escaped", () => {
    const vertices = verticesOf(plan)
    expect(mermaid(vertices)).toContain('n2["b/#34;in#34;"]')
    expect(mermaid(vertices)).toContain("n0 --> n3")
    expect(dot(vertices)).toContain('"a" -> "c";')
  })
})

describe("differences()", () => {
  const node = (name: string, more: object = {}) => ({
    name,
    phase: "Succeeded",
    message: "",
    attempt: 1,
    millis: 1_000,
    input: undefined,
    output: 1,
    ...more
  })

  it("tells what is another, and nothing of what is the same", () => {
    const found = differences(
      [node("same"), node("a"), node("slow"), node("gone")],
      [
        node("same", { millis: 1_050 }),
        node("a", { output: 2, attempt: 3 }),
        node("slow", { millis: 4_000 }),
        node("new")
      ]
    )
    expect(found.map(({ name, what }) => [name, what])).toEqual([
      ["a", ["attempts: 1 → 3", "output: 1 → 2"]],
      ["slow", ["took 1.0s → 4.0s"]],
      ["gone", ["only in the first"]],
      ["new", ["only in the second"]]
    ])
  })
})
