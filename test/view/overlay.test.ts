/** Two runs on one another, each from its own beginning. */
import { expect, it } from "vitest"
import type { NodeView, RunView } from "../../src/view/RunView.ts"
import { overlay, workedIn } from "../../src/view/readOverlay.ts"

const node = (name: string, startedAt: number, finishedAt: number, more: Partial<NodeView> = {}) =>
  ({ path: name, name, type: "task", phase: "Succeeded", startedAt, finishedAt, children: [], ...more }) as NodeView

const run = (startedAt: number, nodes: ReadonlyArray<NodeView>, more: Partial<RunView> = {}) =>
  ({ startedAt, createdAt: startedAt, nodes, handlers: [], isManifest: false, name: "r", ...more }) as RunView

it("nodes are where they were after the beginning of their run, and those of one run only are there", () => {
  const left = run(1_000, [node("a", 1_000, 1_010), node("gone", 1_010, 1_020), node("not-begun", 0, 0)])
  const right = run(5_000, [node("a", 5_005, 5_030, { phase: "Failed" }), node("new", 5_030, 0, { phase: "Running" })])
  expect(overlay(workedIn(left, 0), workedIn(right, 5_040))).toEqual([
    {
      name: "a",
      left: { phase: "Succeeded", from: 0, millis: 10 },
      right: { phase: "Failed", from: 5, millis: 25 }
    },
    { name: "gone", left: { phase: "Succeeded", from: 10, millis: 10 } },
    { name: "new", right: { phase: "Running", from: 30, millis: 10 } }
  ])
})

it("nodes of manifests are the same whatever their run is called", () => {
  const of = (name: string) =>
    workedIn(run(0, [node(`${name}.load`, 1, 2, { type: "Pod" })], { isManifest: true, name }), 0)
  expect(overlay(of("one"), of("another"))).toMatchObject([{ name: "load", left: { from: 1 }, right: { from: 1 } }])
})
