/** Edges of nodes as Argo draws them: what comes next, and by which nodes a group is left. */
import { expect, it } from "vitest"
import { edgesOf } from "../../../src/server/argo/edges.ts"

const node = (id: string, type: string, children: ReadonlyArray<string> = [], after?: ReadonlyArray<string>) => ({
  id,
  name: id,
  type,
  children,
  boundaryId: "",
  startedAt: "",
  ...(after === undefined ? {} : { after })
})

const plain = ({ children, outbound }: ReturnType<typeof edgesOf>) => ({
  children: Object.fromEntries(children),
  outbound: Object.fromEntries(outbound)
})

it("lead from task to task of a DAG, over all that a task with several pods ends with", () => {
  expect(plain(edgesOf([
    node("w", "DAG", ["a", "b", "c"]),
    node("a", "Pod", [], []),
    node("b", "TaskGroup", ["b0", "b1"], ["a"]),
    node("b0", "Pod"),
    node("b1", "Retry", ["b1.0", "b1.1"]),
    node("b1.0", "Pod"),
    node("b1.1", "Pod"),
    node("c", "Pod", [], ["a", "b"])
  ]))).toEqual({
    children: { w: ["a"], a: ["b", "c"], b: ["b0", "b1"], b1: ["b1.0", "b1.1"], b0: ["c"], "b1.1": ["c"] },
    outbound: { w: ["c"] }
  })
})

it("lead from group to group of steps", () => {
  expect(plain(edgesOf([
    node("w", "Steps", ["g0", "g1"]),
    node("g0", "StepGroup", ["x", "y"]),
    node("x", "Pod"),
    node("y", "Steps", ["h0"]),
    node("h0", "StepGroup", ["z"]),
    node("z", "Pod"),
    node("g1", "StepGroup", [])
  ]))).toEqual({
    children: { w: ["g0"], g0: ["x", "y"], x: ["g1"], z: ["g1"], y: ["h0"], h0: ["z"] },
    outbound: { w: ["g1"], y: ["z"] }
  })
})

it("end where a record is not as it should be", () => {
  expect(plain(edgesOf([node("w", "DAG", ["w", "gone"]), node("x", "Retry", ["x"])]))).toEqual({
    children: {},
    outbound: { w: ["w"] }
  })
})
