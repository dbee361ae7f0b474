import { expect, it } from "vitest"
import type { NodeKind } from "../../src/run/Event.ts"
import type { Phase, Waiting } from "../../src/run/Phase.ts"
import { isAtRest } from "../../src/run/rest.ts"
import type { NodeRow } from "../../src/run/State.ts"

type Node = readonly [path: string, kind: NodeKind, phase: Phase, waiting?: Waiting, until?: number]

const row = ([path, kind, phase, waiting = null as never, until = 0]: Node): NodeRow =>
  ({ path, kind, phase, waiting, until }) as NodeRow

const open = { stopping: null, suspended: false } as const

it.each<
  [string, boolean, ReadonlyArray<Node>, (Partial<{ stopping: "stop"; suspended: boolean; waitsUntil: number }>)?]
>([
  ["nothing of it has begun", false, []],
  ["nothing of it has begun, and it is suspended", true, [], { suspended: true }],
  ["a person is asked", true, [["done", "task", "Succeeded"], ["ask", "suspend", "Running", "Signal"]]],
  ["a person is asked while a body works", false, [["ask", "suspend", "Running", "Signal"], ["b", "task", "Running"]]],
  ["a person is asked within a body", false, [["b", "task", "Running"], ["b/ask", "suspend", "Running", "Signal"]]],
  ["a person is asked in a map", true, [["m", "map", "Running"], ["m[0]", "suspend", "Running", "Signal"]]],
  ["one item of a map was done, and the next has not begun", false, [["m", "map", "Running"], [
    "m[0]",
    "task",
    "Failed"
  ]]],
  ["a name begins like another", false, [["m", "map", "Running"], ["more", "suspend", "Running", "Signal"]]],
  ["its timer ends before", false, [["pause", "suspend", "Running", "Timer", 99]]],
  ["its timer ends after", true, [["pause", "suspend", "Running", "Timer", 100]]],
  ["its next attempt is after", true, [["b", "task", "Running", "Retry", 100]]],
  ["its next attempt is before", false, [["b", "task", "Running", "Retry", 99]]],
  ["a permit is taken elsewhere", true, [["b", "task", "Pending", "Permit"]]],
  ["its turn comes before", false, [], { waitsUntil: 99 }],
  ["its turn comes after", true, [], { waitsUntil: 100 }],
  ["it waits for a permit as a whole", true, [], { waitsUntil: Infinity }],
  ["it waits for a permit, and is being stopped", false, [], { waitsUntil: Infinity, stopping: "stop" }],
  ["it is being stopped", false, [["ask", "suspend", "Running", "Signal"]], { stopping: "stop" }]
])("%s: at rest is %s", (_, expected, nodes, run = {}) => {
  expect(isAtRest({ ...open, ...run }, nodes.map(row), 100)).toBe(expected)
})

it("a worker of a pool is waited for: at rest is true, unless a body works beside it", () => {
  const [offered, other] = [row(["a", "task", "Running"]), row(["b", "task", "Running"])]
  const rests = (...nodes: ReadonlyArray<NodeRow>) => isAtRest(open, nodes, 100, (node) => node === offered)
  expect([rests(offered), rests(offered, other), rests(row(["m", "map", "Running"]), offered)])
    .toEqual([true, false, false])
})
