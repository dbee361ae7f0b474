import { describe, expect, it } from "vitest"
import { criticalPath, type Step, stepsOf } from "../../src/view/critical.ts"
import { endIf, mostHeld, type Takes, takesIn } from "../../src/view/whatIf.ts"
import type { Event } from "../../src/run/Event.ts"
import type { NodeView, RunView } from "../../src/view/RunView.ts"

const node = (path: string, from: number, to: number, more: Partial<NodeView> = {}): NodeView => ({
  ...{ path, name: path, label: path, type: "task", phase: "Succeeded", runs: path, message: "", waiting: "" },
  ...{ attempt: 1, attempts: 0, startedAt: from, finishedAt: to, progress: "", items: 0, children: [], ...more }
})
const run = (nodes: ReadonlyArray<NodeView>, isManifest = false) =>
  ({ nodes, handlers: [], isManifest }) as unknown as RunView
const spanOf = ({ children, finishedAt, startedAt }: NodeView) =>
  children.length > 0 ? undefined : { from: startedAt, to: finishedAt }
const vertex = (name: string, ...after: ReadonlyArray<string>) => ({ name, runs: name, after })
const paths = (steps: ReadonlyArray<Step>) => criticalPath(steps).map(({ path }) => path)
const length = ({ from, to }: Step) => to - from

describe("the critical path", () => {
  it("goes back from the last node to the one that ended last before it, where no plan tells", () => {
    const nodes = [node("a", 0, 10), node("b", 0, 40), node("c", 41, 60), node("d", 11, 30), node("e", 60, 70)]
    expect(paths(stepsOf(run(nodes), [], spanOf))).toEqual(["b", "c", "e"])
  })

  it("follows what a plan names, however the others ended", () => {
    const nodes = [node("a", 0, 40), node("b", 0, 41), node("c", 42, 60), node("d", 42, 50)]
    const planned = [vertex("a"), vertex("b"), vertex("c", "a"), vertex("d", "b")]
    expect(paths(stepsOf(run(nodes), planned, spanOf))).toEqual(["a", "c"])
  })

  it("goes through lists, nested workflows, groups of steps, and ends in handlers", () => {
    const map = node("m", 10, 30, { type: "map", children: [node("m[0]", 10, 20), node("m[1]", 10, 30)] })
    const inner = node("w", 30, 60, { type: "workflow", children: [node("w/x", 30, 40), node("w/y", 40, 60)] })
    const typed = run([node("a", 0, 10), map, inner, node(".onExit", 61, 70)])
    const planned = [vertex("a"), vertex("m", "a"), vertex("w", "m"), vertex("w/x"), vertex("w/y", "w/x")]
    expect(paths(stepsOf(typed, planned, spanOf))).toEqual(["a", "m[1]", "w/x", "w/y", ".onExit"])
    const group = (name: string, children: ReadonlyArray<NodeView>) => node(name, 0, 0, { type: "StepGroup", children })
    const steps = node("s", 0, 50, {
      type: "Steps",
      children: [group("[0]", [node("p", 0, 30), node("q", 0, 10)]), group("[1]", [node("r", 30, 50)])]
    })
    expect(paths(stepsOf(run([steps], true), [], spanOf))).toEqual(["p", "r"])
  })

  it("ends for nodes without length that began together, and is empty for none", () => {
    expect(paths(stepsOf(run([node("a", 5, 5), node("b", 5, 5)]), [], spanOf))).toHaveLength(1)
    expect(paths([])).toEqual([])
    expect(endIf([], { lengthOf: length })).toBe(0)
  })
})

describe("what if", () => {
  const nodes = [node("a", 0, 40), node("b", 0, 30), node("c", 42, 60), node("d", 31, 50)]
  const planned = [vertex("a"), vertex("b"), vertex("c", "a", "b"), vertex("d", "b")]
  const steps = stepsOf(run(nodes), planned, spanOf)
  const half = (path: string) => (step: Step) => step.path === path ? length(step) / 2 : length(step)

  it("nothing changes, it ends as it did", () => expect(endIf(steps, { lengthOf: length })).toBe(60))
  it("another one decides then", () => expect(endIf(steps, { lengthOf: half("a") })).toBe(50))
  it("what did not decide does not matter", () => expect(endIf(steps, { lengthOf: half("b") })).toBe(60))
  it("the last one is quicker", () => expect(endIf(steps, { lengthOf: half("c") })).toBe(51))

  it("an item of a list that has few places lets the next one begin sooner", () => {
    const items = [node("m[0]", 0, 20), node("m[1]", 0, 30), node("m[2]", 21, 50)]
    const list = stepsOf(run([node("m", 0, 51, { type: "map", children: items })]), [], spanOf)
    expect(endIf(list, { lengthOf: length })).toBe(50)
    expect(endIf(list, { lengthOf: half("m[0]") })).toBe(40)
  })

  it("of 10,000 nodes is told at once", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => node(`m[${at}]`, at * 2, at * 2 + 40))
    const list = stepsOf(run([node("m", 0, 30_000, { type: "map", children: many })]), [], spanOf)
    expect(endIf(list, { lengthOf: length })).toBe(20_038)
    expect(criticalPath(list).length).toBeGreaterThan(400)
  })
})

describe("what if there were other permits", () => {
  /** Works that ask for permits when they begin, and work for ten. */
  const list = (count: number) => Array.from({ length: count }, (_, at) => node(`n${at}`, 0, 10))
  const stepsIn = (nodes: ReadonlyArray<NodeView>) => stepsOf(run(nodes), nodes.map(({ path }) => vertex(path)), spanOf)
  const all = (takes: Takes) => () => takes
  const end = (count: number, limit: number, takes: Takes = [["db", 1]]) =>
    endIf(stepsIn(list(count)), { lengthOf: length, takesOf: all(takes), limits: new Map([["db", limit]]) })

  it.each([[1, 60], [2, 30], [3, 20], [4, 20], [6, 10], [100, 10]])(
    "with %i of them, six end at %i",
    (limit, at) => expect(end(6, limit)).toBe(at)
  )

  it("weights count, and what asks for more than there are has them alone", () => {
    expect(end(4, 5, [["db", 2]])).toBe(20)
    expect(end(3, 1, [["db", 2]])).toBe(30)
  })

  it("nobody overtakes another one that wants some of the same, and others are let by", () => {
    const steps = stepsIn([node("a", 0, 10), node("both", 1, 11), node("b", 2, 12), node("c", 3, 13)])
    const takes: Readonly<Record<string, Takes>> = {
      a: [["x", 1]],
      both: [["x", 1], ["y", 1]],
      b: [["y", 1]],
      c: [["z", 1]]
    }
    const limits = new Map([["x", 1], ["y", 1], ["z", 1]])
    expect(endIf(steps, { lengthOf: length, takesOf: ({ path }) => takes[path]!, limits })).toBe(30)
    expect(endIf(steps, { lengthOf: length, takesOf: ({ path }) => takes[path]! })).toBe(13)
  })

  it("more permits never help less, and are never worse than none at all, for lists of any length", () => {
    for (let count = 1; count <= 40; count++) {
      const ends = [1, 2, 3, 5, 8, 40].map((limit) => end(count, limit))
      expect(ends).toEqual(ends.toSorted((a, b) => b - a))
      expect([ends[0], ends.at(-1)]).toEqual([count * 10, 10])
    }
  })

  it("ten thousand that wait for one are told in the time of a blink", () => expect(end(10_000, 1)).toBe(100_000))

  it("what was taken and how much at once is in the events", () => {
    const events = [
      { type: "NodeStarted", path: "a", kind: "task", takes: [["db", 2]] },
      { type: "NodeStarted", path: "b", kind: "task" },
      { type: "AttemptStarted", path: "b", attempt: 2, rerun: 0, takes: [["db", 1]] }
    ].map((event, at) => ({ run: "r", seq: at + 1, at, event: event as Event }))
    const takes = takesIn(events)
    expect([...takes]).toEqual([["a", [["db", 2]]], ["b", [["db", 1]]]])
    const held = [
      { from: 0, to: 10, takes: takes.get("a")! },
      { from: 10, to: 20, takes: takes.get("b")! },
      { from: 15, to: 18, takes: takes.get("b")! }
    ]
    expect(mostHeld(held)).toEqual(new Map([["db", 2]]))
  })
})
