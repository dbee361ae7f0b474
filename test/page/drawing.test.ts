/** What the page draws, without a canvas: graphs, their layout, timelines; and how texts are taken apart. */
import { describe, expect, it } from "vitest"
import { box, layout } from "../../src/page/graph/layout.ts"
import { graphOf, nearOf } from "../../src/page/graph/model.ts"
import { pieces } from "../../src/page/parts/ansi.ts"
import { rowsOfCsv } from "../../src/page/parts/preview/csv.ts"
import { placeIn, type Row, scaleOf } from "../../src/page/timeline/rows.ts"
import type { NodeView, RunView } from "../../src/view/RunView.ts"

const node = (path: string, more: Partial<NodeView> = {}): NodeView => ({
  ...{ path, name: path, label: path, type: "task", phase: "Succeeded", runs: "", message: "", waiting: "" },
  ...{ attempt: 1, attempts: 0, startedAt: 1, finishedAt: 2, progress: "", items: 0, children: [], ...more }
})
const run = (nodes: ReadonlyArray<NodeView>, isManifest = false) =>
  ({ nodes, handlers: [], isManifest }) as unknown as RunView
const drawn = (graph: ReturnType<typeof graphOf>) =>
  graph.edges.map(([from, to]) => `${graph.vertices[from]!.id} ${graph.vertices[to]!.id}`).sort()

describe("the graph", () => {
  const items = Array.from({ length: 30 }, (_, at) => node(`m[${at}]`))
  const planned = [
    { name: "a", runs: "load", after: [] },
    { name: "m", runs: "work", after: ["a"] },
    { name: "z", runs: "end", after: ["m"] }
  ]

  it("has what is planned before it begins, and long lists closed", () => {
    const graph = graphOf(run([node("a"), node("m", { type: "map", children: items })]), planned, new Map())
    expect(graph.vertices.map((it) => [it.id, it.node?.phase, it.holds])).toEqual([
      ["a", "Succeeded", 0],
      ["m", "Succeeded", 30],
      ["z", undefined, 0]
    ])
    expect(drawn(graph)).toEqual(["a m", "m z"])
    expect(graph.closed).toBe(1)
  })

  it("is narrowed to what is near a vertex", () => {
    const chain = ["a", "b", "c", "d", "e"].map((name, at, all) => ({ name, runs: "", after: all.slice(at - 1, at) }))
    const whole = graphOf(run([]), [...chain, { name: "f", runs: "", after: ["c", "e"] }], new Map())
    const near = (steps: number) => nearOf(whole, 2, steps)
    expect([near(0), near(1), near(2)].map((it) => it.vertices.map(({ id }) => id).join(""))).toEqual([
      "c",
      "bcdf",
      "abcdef"
    ])
    expect(drawn(near(1))).toEqual(["b c", "c d", "c f"])
  })

  it("puts the members of an opened group in its place", () => {
    const graph = graphOf(
      run([
        node("a"),
        node("m", { type: "map", children: items.slice(0, 2).map((it, at) => ({ ...it, label: `[${at}]` })) })
      ]),
      planned,
      new Map([["m", true]])
    )
    expect(drawn(graph)).toEqual(["a m[0]", "a m[1]", "m[0] z", "m[1] z"])
    expect(graph.vertices.find(({ id }) => id === "m[0]")?.within).toEqual(["m"])
    expect(graph.vertices.map(({ label }) => label)).toEqual(["a", "m[0]", "m[1]", "z"])
  })

  it("orders steps of manifests by their groups, and tasks by what they name", () => {
    const group = (name: string, children: ReadonlyArray<NodeView>) => node(name, { type: "StepGroup", children })
    const steps = node("main", {
      type: "Steps",
      children: [group("[0]", [node("x", { type: "Pod" })]), group("[1]", [node("y", { type: "Pod" }), node("w")])]
    })
    expect(drawn(graphOf(run([steps], true), [], new Map()))).toEqual(["x w", "x y"])
    const dag = node("main", { type: "DAG", children: [node("p"), node("q", { after: ["p"] })] })
    expect(drawn(graphOf(run([dag], true), [], new Map()))).toEqual(["p q"])
  })
})

describe("the layout", () => {
  const chance = (seed: number) => () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31
  const random = (count: number, seed: number): Int32Array => {
    const next = chance(seed)
    const edges: Array<number> = []
    for (let at = 1; at < count; at++) {
      for (let one = 0; one < 1 + next() * 0.8; one++) edges.push(Math.floor(next() * at), at)
    }
    return Int32Array.from(edges)
  }

  it.each([1, 2, 30, 390])("of %d vertices has no two in one place, and every edge goes to the right", (count) => {
    for (let seed = 1; seed < 6; seed++) {
      const edges = random(count, seed)
      const { places, routes } = layout(count, edges)
      for (let at = 0; at < edges.length; at += 2) {
        expect(places[edges[at]! * 2]! + box.width).toBeLessThanOrEqual(places[edges[at + 1]! * 2]!)
      }
      const columns = Map.groupBy(Array.from({ length: count }, (_, at) => at), (at) => places[at * 2]!)
      for (const column of columns.values()) {
        const tops = column.map((at) => places[at * 2 + 1]!).sort((a, b) => a - b)
        tops.slice(1).forEach((top, at) => expect(top - tops[at]!).toBeGreaterThan(box.height))
      }
      for (const points of routes.values()) expect(points.every(Number.isFinite)).toBe(true)
    }
  })

  it("of 10,000 vertices ends, with a chain of as many", () => {
    expect(layout(10_000, random(10_000, 3)).places.length).toBe(20_000)
    const chain = Int32Array.from({ length: 19_998 }, (_, at) => Math.ceil(at / 2))
    expect(layout(10_000, chain).places.length).toBe(20_000)
  })
})

it("the time scale folds what is idle, and opens it again", () => {
  const row = (from: number, to: number): Row => ({ node: node("n"), stretches: [{ from, to, doing: "running" }] })
  const rows = [row(0, 100), row(10_000, 10_100)]
  const parts = scaleOf(rows, 0, 10_100, new Set())
  expect(parts.map(({ from, isFold, to }) => [from, to, isFold])).toEqual([
    [0, 100, false],
    [100, 10_000, true],
    [10_000, 10_100, false]
  ])
  expect(placeIn(parts, 0)).toBe(0)
  expect(placeIn(parts, 10_100)).toBeCloseTo(1)
  expect(placeIn(parts, 100)).toBeCloseTo(0.49)
  expect(scaleOf(rows, 0, 10_100, new Set([100])).length).toBe(1)
})

it("reads colours of terminals and tables", () => {
  expect(pieces("a \u001b[1;31mred\u001b[0m b")).toEqual([
    { text: "a " },
    { text: "red", color: "red", bold: true },
    { text: " b" }
  ])
  expect(rowsOfCsv('a,b\r\n"x, ""y""\nz",2\n', ",", 10)).toEqual([["a", "b"], ['x, "y"\nz', "2"]])
})
