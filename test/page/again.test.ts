/** How what is done again is shown, and how long it takes. */
import { describe, expect, it } from "vitest"
import { againEstimate, againView } from "../../src/view/again.ts"
import type { NodeView, RunView } from "../../src/view/RunView.ts"

const node = (path: string, from: number, to: number, more: Partial<NodeView> = {}): NodeView => ({
  ...{ path, name: path, label: path, type: "task", phase: "Succeeded", runs: path, message: "", waiting: "" },
  ...{ attempt: 1, attempts: 0, startedAt: from, finishedAt: to, progress: "", items: 0, children: [], ...more }
})
const run = (nodes: ReadonlyArray<NodeView>, phase = "Succeeded", isManifest = false) =>
  ({ nodes, handlers: [], isManifest, phase, status: phase, startedAt: 1, finishedAt: 9 }) as unknown as RunView
const plan = (...paths: ReadonlyArray<string>) => ({
  reset: paths.map((path) => ({ path, why: "it comes after a" })),
  keep: 0
})

const whole = run([node("a", 1_000, 2_000), node("b", 2_000, 5_000), node("c", 5_000, 5_500)])
const failed = run([
  node("a", 1_000, 2_000),
  node("b", 2_000, 2_500, { phase: "Failed" }),
  node("c", 0, 2_500, { phase: "Omitted" })
], "Failed")

describe("what is done again", () => {
  it("takes as long as it did in runs that succeeded", () => {
    expect(againEstimate(failed, plan("b", "c"), [whole], 9_000)).toEqual({ millis: 3_500, runs: 1, isLeast: false })
    expect(againEstimate(whole, plan("c"), [], 9_000)).toEqual({ millis: 500, runs: 1, isLeast: false })
  })

  it("takes at least what is known, where no run succeeded", () => {
    expect(againEstimate(failed, plan("b", "c"), [], 9_000)).toEqual({ millis: 500, runs: 1, isLeast: true })
  })

  it("counts of a list only the items that are not kept", () => {
    const items = [0, 1, 2, 3].map((at) => node(`m[${at}]`, 1_000, 2_000))
    const map = run([node("m", 1_000, 2_000, { type: "map", items: 4, children: items })])
    const estimate = againEstimate(map, plan("m", "m[3]"), [], 9_000)
    expect(estimate?.millis).toBe(1_000)
  })

  it("is shown as the nodes that work, by their names, with what is kept", () => {
    const dag = node("", 1, 9, {
      type: "DAG",
      name: "flow",
      children: [
        node("x/a", 1, 2, { type: "Pod", name: "flow.a" }),
        node("x/b", 2, 3, { type: "Pod", name: "flow.b", phase: "Failed" })
      ]
    })
    const reset = [{ path: "", why: "it ended Failed" }, { path: "x/b", why: "it comes after x/a" }]
    const { again, kept } = againView(run([dag], "Failed", true), { reset, keep: 1 })
    expect(again).toEqual([{ path: "x/b", name: "flow.b", phase: "Failed", why: "it comes after flow.a" }])
    expect(kept.map(({ name }) => name)).toEqual(["flow.a"])
  })

  it("is shown with nodes that were undone or have an exit handler: these work, too", () => {
    const undone = node("m[a]", 1, 2, { children: [node("m[a].compensate", 3, 4)] })
    const kept = node("b", 1, 2, { children: [node("b.onExit", 3, 4)] })
    const map = node("m", 1, 2, { type: "map", phase: "Failed", children: [undone] })
    const shown = againView(run([map, kept], "Failed"), plan("m", "m[a]", "m[a].compensate"))
    expect(shown.again.map(({ path }) => path)).toEqual(["m[a]", "m[a].compensate"])
    expect(shown.kept.map(({ path }) => path)).toEqual(["b", "b.onExit"])
  })
})
