/** How long a run will still take. */
import { describe, expect, it } from "vitest"
import { remaining } from "../../src/view/eta.ts"
import type { NodeView, RunView } from "../../src/view/RunView.ts"
import { makeRandom } from "../../src/testing/World.ts"

const node = (path: string, startedAt: number, finishedAt: number, more: Partial<NodeView> = {}): NodeView => ({
  path,
  name: path,
  label: path,
  type: "task",
  phase: finishedAt > 0 ? "Succeeded" : "Running",
  runs: "work",
  message: "",
  waiting: "",
  attempt: 1,
  attempts: 0,
  startedAt,
  finishedAt,
  progress: "",
  items: 0,
  children: [],
  ...more
})

const run = (nodes: ReadonlyArray<NodeView>, finishedAt = 0): RunView => ({
  id: "r",
  name: "r",
  workflow: "w",
  isManifest: false,
  status: finishedAt > 0 ? "Succeeded" : "Running",
  phase: finishedAt > 0 ? "Succeeded" : "Running",
  message: "",
  createdAt: 1,
  startedAt: 1,
  finishedAt,
  labels: {},
  parameters: [],
  outputs: [],
  done: 0,
  total: nodes.length,
  nodes,
  handlers: []
})

/** What of a run was there at an instant. */
const at = (nodes: ReadonlyArray<NodeView>, now: number): ReadonlyArray<NodeView> =>
  nodes.filter(({ startedAt }) => startedAt <= now).map((it) => ({
    ...it,
    children: at(it.children, now),
    ...(it.finishedAt > now ? { finishedAt: 0, phase: "Running" } : {})
  }))

const random = makeRandom(11)
const upTo = (most: number): number => Math.floor(random() * most)

/** A run in which each node begins with the run, or exactly when another one ends. */
const anyRun = (): ReadonlyArray<NodeView> => {
  const nodes: Array<NodeView> = []
  for (let index = 0; index < 2 + upTo(8); index++) {
    const before = upTo(3) === 0 ? undefined : nodes[upTo(nodes.length)]
    const from = before?.finishedAt ?? 1
    nodes.push(node(`n${index}`, from, from + 100 + upTo(10_000)))
  }
  return nodes
}

const endOf = (nodes: ReadonlyArray<NodeView>): number => Math.max(...nodes.map(({ finishedAt }) => finishedAt))

/** The same with all times longer. */
const scaled = (nodes: ReadonlyArray<NodeView>, by: number): ReadonlyArray<NodeView> =>
  nodes.map((it) => ({ ...it, startedAt: 1 + (it.startedAt - 1) * by, finishedAt: 1 + (it.finishedAt - 1) * by }))

describe("What is left of a run", () => {
  it("is exact for one that goes as the one before, whatever waits for what", () => {
    for (let round = 0; round < 500; round++) {
      const before = anyRun()
      const end = endOf(before)
      const now = 1 + upTo(end - 1)
      expect(remaining(run(at(before, now)), [run(before, end)], now, false), JSON.stringify(before)).toBe(end - now)
    }
  })

  it("is never negative, and shrinks no faster than time while nothing ends", () => {
    for (let round = 0; round < 500; round++) {
      const [before, current] = [anyRun(), anyRun()]
      const earlier = [run(before, endOf(before))]
      const now = 1 + upTo(endOf(current) - 1)
      const view = run(at(current, now))
      const left = remaining(view, earlier, now, false)
      const later = remaining(view, earlier, now + 500, false)
      if (left === undefined) expect(later).toBeUndefined()
      else {
        expect(left).toBeGreaterThanOrEqual(0)
        expect(later!).toBeLessThanOrEqual(left)
        expect(later!).toBeGreaterThanOrEqual(left - 500)
      }
    }
  })

  it("is longer in the measure in which the run before was longer", () => {
    for (let round = 0; round < 200; round++) {
      const before = anyRun()
      const twice = scaled(before, 2)
      const one = remaining(run([]), [run(before, endOf(before))], 1, false)!
      expect(remaining(run([]), [run(twice, endOf(twice))], 1, false)).toBe(2 * one)
    }
  })

  it("does not wait for what ended sooner than before", () => {
    const before = run([node("a", 1, 1_001), node("b", 1_001, 1_101)], 1_101)
    expect(remaining(run([node("a", 1, 11), node("b", 11, 0)]), [before], 12, false)).toBe(99)
  })

  it("is the median of what several runs before tell", () => {
    const took = (millis: number) => run([node("a", 1, 1 + millis)], 1 + millis)
    expect(remaining(run([node("a", 1, 0)]), [took(1_000), took(9_000), took(2_000)], 501, false)).toBe(1_500)
  })

  it("is not told where nothing tells it", () => {
    const before = [run([node("a", 1, 1_001), node("b", 1_001, 2_001)], 2_001)]
    const open = run([node("a", 1, 0)])
    expect(remaining(open, before, 1, false)).toBe(2_000)
    expect(remaining(open, [], 1, true)).toBeUndefined()
    expect(remaining(run([node("a", 1, 501), node("b", 501, 0)]), [], 600, true)).toBeUndefined()
    expect(remaining(run([node("other", 1, 0, { runs: "else" })]), before, 1, false)).toBeUndefined()
    expect(remaining(run([node("a", 1, 0, { waiting: "Signal" })]), before, 1, false)).toBeUndefined()
    expect(remaining({ ...open, status: "Running (Stopping)" }, before, 1, false)).toBeUndefined()
    expect(remaining(run([node("a", 1, 9)], 9), before, 9, false)).toBeUndefined()
  })

  it("leaves out what will not come", () => {
    const inner = (finishedAt: number) =>
      node("w", 1, finishedAt, { type: "workflow", children: [node("w/a", 1, 101)] })
    const before = node("w", 1, 5_001, { type: "workflow", children: [node("w/a", 1, 101), node("w/b", 101, 5_001)] })
    const last = node("z", 5_001, 5_101)
    const earlier = [run([before, last], 5_101)]
    expect(remaining(run([inner(0)]), earlier, 201, false)).toBe(5_000)
    expect(remaining(run([inner(201)]), earlier, 201, false)).toBe(100)
  })
})

describe("What is left of a list", () => {
  const item = (index: number, from: number, to: number, waiting = "") => node(`m[${index}]`, from, to, { waiting })
  const list = (items: number, children: ReadonlyArray<NodeView>) => node("m", 1, 0, { type: "map", items, children })

  it("follows from its own items when all else has begun", () => {
    // Two at once, ten items of a second each; four are done, two half done, four have not begun.
    const done = [0, 1, 2, 3].map((at) => item(at, 1 + 1_000 * Math.floor(at / 2), 1_001 + 1_000 * Math.floor(at / 2)))
    const open = [item(4, 2_001, 0), item(5, 2_001, 0)]
    const view = run([list(10, [...done, ...open])])
    expect(remaining(view, [], 2_501, true)).toBe(2_500)
    expect(remaining(view, [], 2_501, false)).toBeUndefined()
    expect(remaining(run([list(10, open)]), [], 2_501, true)).toBeUndefined()
  })

  it("follows the number of its items, not that of the run before", () => {
    const before = node("m", 1, 1_001, { type: "map", items: 1, children: [item(0, 1, 1_001)] })
    const view = run([list(5, [item(0, 1, 0), item(1, 0, 0, "Permit")])])
    expect(remaining(view, [run([before], 1_001)], 501, false)).toBe(4_500)
  })
})
