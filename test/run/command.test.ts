import { describe, expect, it } from "vitest"
import { already, refusal, type Verb } from "../../src/run/command.ts"
import { evolveNode } from "../../src/run/evolveNode.ts"
import { createRun, evolveRun } from "../../src/run/evolveRun.ts"
import type { NodeRow, RunRow } from "../../src/run/State.ts"

const pending = createRun(
  1,
  "X",
  { type: "RunCreated", workflow: "w", digest: "", input: 1, priority: 0, labels: {} },
  1
)
const running = evolveRun(pending, { type: "RunStarted", owner: 1 }, 2, 2)
const suspended = evolveRun(running, { type: "RunSuspended" }, 3, 3)
const stopping = evolveRun(running, { type: "RunStopping", mode: "stop" }, 3, 3)
const terminating = evolveRun(running, { type: "RunStopping", mode: "terminate" }, 3, 3)
const failed = evolveRun(running, { type: "RunFinished", ending: { phase: "Failed", reason: "ChildFailed" } }, 3, 3)
const succeeded = evolveRun(running, { type: "RunFinished", ending: { phase: "Succeeded" } }, 3, 3)

const runs = { pending, running, suspended, stopping, terminating, failed, succeeded }

const allowed = (verb: Verb): ReadonlyArray<string> =>
  Object.entries(runs).filter(([, row]) => refusal(verb, row) === undefined).map(([name]) => name)

const node: NodeRow = evolveNode(undefined, { type: "NodeStarted", path: "gate", kind: "suspend" }, 3, 3, 1, 1)
const waiting = evolveNode(node, { type: "NodeWaiting", path: "gate", waiting: "Signal" }, 4, 4, 1, 1)
const gone = evolveNode(node, { type: "NodeFinished", path: "gate", ending: { phase: "Succeeded" } }, 4, 4, 1, 1)

describe("refusal()", () => {
  it("lets each verb through exactly where it makes sense", () => {
    expect(allowed("stop")).toEqual(["pending", "running", "suspended", "stopping", "terminating"])
    expect(allowed("terminate")).toEqual(["pending", "running", "suspended", "stopping", "terminating"])
    expect(allowed("suspend")).toEqual(["pending", "running", "suspended"])
    expect(allowed("resume")).toEqual(["suspended"])
    expect(allowed("retry")).toEqual(["failed"])
    expect(allowed("delete")).toEqual(["failed", "succeeded"])
  })

  it("says what, which run and why", () => {
    expect(refusal("retry", running)).toBe("Cannot retry run X: it is Running")
    expect(refusal("stop", failed)).toBe("Cannot stop run X: it has ended (Failed)")
    expect(refusal("resume", running)).toBe("Cannot resume run X: it is not suspended")
    expect(refusal("suspend", stopping)).toBe("Cannot suspend run X: it is stopping")
    expect(refusal("delete", running)).toBe("Cannot delete run X: it is Running: stop or terminate it first")
    expect(refusal("delete", running, { force: true })).toBeUndefined()
  })

  it("retries a successful run only with chosen nodes that are to be restarted", () => {
    expect(refusal("retry", succeeded)).toContain("it succeeded")
    expect(refusal("retry", succeeded, { restartSuccessful: true })).toContain("it succeeded")
    expect(refusal("retry", succeeded, { restartSuccessful: true, selected: true })).toBeUndefined()
  })

  it("signals only a node that waits for a signal", () => {
    const signal = (row: RunRow, it?: NodeRow) => refusal("signal", row, { path: "gate", node: it })
    expect(signal(running, waiting)).toBeUndefined()
    expect(signal(suspended, waiting)).toBeUndefined()
    expect(signal(running)).toBe(`Cannot signal run X: node "gate" has not begun or does not exist`)
    expect(signal(running, node)).toBe(`Cannot signal run X: node "gate" is not waiting for a signal`)
    expect(signal(running, gone)).toBe(`Cannot signal run X: node "gate" has ended (Succeeded)`)
    expect(signal(failed, waiting)).toBe("Cannot signal run X: it has ended (Failed)")
  })
})

describe("already()", () => {
  it("notices a command that was given before", () => {
    expect(already("stop", stopping)).toBe("Run X is already stopping")
    expect(already("stop", terminating)).toBe("Run X is already being terminated")
    expect(already("terminate", terminating)).toBe("Run X is already being terminated")
    expect(already("terminate", stopping)).toBeUndefined()
    expect(already("suspend", suspended)).toBe("Run X is already suspended")
    expect(already("stop", running)).toBeUndefined()
    expect(already("stop", failed)).toBeUndefined()
  })
})
