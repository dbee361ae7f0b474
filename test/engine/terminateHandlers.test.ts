/**
 * Ending a run while exit handlers run must close every open node,
 * wherever it hangs (scenarios ii-1 to ii-6 of Argo's issue 13052).
 */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { handler, task, workflow } from "../../mod.ts"
import type { RunHandle, TaskContext, Workflow } from "../../mod.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const ok = task("ok", { run: () => 1 })
const bad = task("bad", { run: () => Effect.die(new Error("bad")) })
const slow = task("slow", { run: () => Effect.sleep("600 seconds") })
const slowExit = workflow("ex", {}, (w) => void w.node("s", slow))

/** Starts a run and waits until a node of it runs. */
const until = async (bed: TestBed, one: Workflow, path: string): Promise<RunHandle> => {
  const run = await bed.settle(bed.open({ workflows: [one] }).start(one))
  await bed.until(async () => (await run.nodes()).some((node) => node.path === path && node.phase === "Running"))
  await bed.quiet()
  return run
}

test("ii-1 Terminate while the run's exit handler is a graph: the handler, its nodes and the run end, nothing stays Running", async () => {
  const bed = new TestBed()
  const one = workflow("wf", {}, (w) => {
    w.node("main", ok)
    w.onExit(handler(slowExit, () => undefined))
  })
  const run = await until(bed, one, ".onExit/s")
  const begin = bed.now
  await bed.settle(run.terminate())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
  expect(await phases(run)).toEqual({ main: "Succeeded", ".onExit": "Failed", ".onExit/s": "Failed" })
  expect((await nodeOf(run, ".onExit/s")).reason).toBe("Terminated")
  expect(bed.now).toBe(begin)
})

test("ii-2 The same where the workflow with the handler is nested", async () => {
  const bed = new TestBed()
  const inner = workflow("inner", {}, (w) => {
    w.node("main", ok)
    w.onExit(handler(slowExit, () => undefined))
  })
  const run = await until(bed, workflow("wf", {}, (w) => void w.node("sub", inner)), "sub.onExit/s")
  await bed.settle(run.terminate())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
  expect(await phases(run)).toEqual({
    sub: "Succeeded",
    "sub/main": "Succeeded",
    "sub.onExit": "Failed",
    "sub.onExit/s": "Failed"
  })
})

test("ii-3 Terminate while a node of the handler is being tried: no further attempt, dependants never begin", async () => {
  const bed = new TestBed()
  const exit = workflow("ex", {}, (w) => {
    const a = w.node("A", slow, { retry: { limit: 2, on: "Always" } })
    w.node("B", ok, { after: [a] })
    w.map("C", [1, 2], ok, () => undefined, { after: [a] })
  })
  const one = workflow("wf", {}, (w) => {
    w.node("main", ok)
    w.onExit(handler(exit, () => undefined))
  })
  const run = await until(bed, one, ".onExit/A")
  await bed.settle(run.terminate())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
  expect(await nodeOf(run, ".onExit/A")).toMatchObject({ phase: "Failed", attempt: 1 })
  expect((await phases(run))[".onExit/B"] ?? "Omitted").toBe("Omitted")
  expect((await phases(run))[".onExit/C"] ?? "Omitted").toBe("Omitted")
  expect((await phases(run))[".onExit"]).toBe("Failed")
})

test("ii-4 Terminate while the exit handler of a failed node runs: that handler, its nodes and the run end", async () => {
  const bed = new TestBed()
  const exit = workflow("ex", {}, (w) => {
    const a = w.node("a", ok)
    w.node("s", slow, { after: [a] })
  })
  const inner = workflow("inner", {}, (w) => void w.node("m", bad, { onExit: handler(exit, () => undefined) }))
  const run = await until(bed, workflow("wf", {}, (w) => void w.node("sub", inner)), "sub/m.onExit/s")
  await bed.settle(run.terminate())
  expect((await bed.ended(run)).phase).not.toBe("Succeeded")
  expect(await phases(run)).toEqual({
    sub: "Failed",
    "sub/m": "Error",
    "sub/m.onExit": "Failed",
    "sub/m.onExit/a": "Succeeded",
    "sub/m.onExit/s": "Failed"
  })
})

test("ii-5 Stop while the main part runs: the whole exit tree runs to its end; later commands are refused because it ended", async () => {
  const bed = new TestBed()
  const exit = workflow("ex", {}, (w) => {
    const a = w.node("a", task("nap", { run: () => Effect.sleep("5 seconds") }))
    w.node("b", ok, { after: [a] })
  })
  const one = workflow("wf", {}, (w) => {
    w.node("main", slow)
    w.onExit(handler(exit, () => undefined))
  })
  const run = await until(bed, one, "main")
  await bed.settle(run.stop())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(await phases(run)).toEqual({
    main: "Failed",
    ".onExit": "Succeeded",
    ".onExit/a": "Succeeded",
    ".onExit/b": "Succeeded"
  })
  for (const verb of ["stop", "terminate"] as const) {
    expect(await bed.rejection(run[verb]())).toMatchObject({
      _tag: "Refused",
      message: `Cannot ${verb} run ${run.id}: it has ended (Failed)`
    })
  }
})

const waiting = workflow("ex", {}, (w) => {
  w.suspend("w")
  w.node("k", slow)
})
const waitingExit = workflow("wf", {}, (w) => {
  w.node("main", ok)
  w.onExit(handler(waiting, () => undefined))
})

for (const crashed of [false, true]) {
  const after = crashed ? "after its process was killed and another took it over" : "at once"
  test(`ii-6 Terminate ${after} while the exit handler waits for a signal: all of it ends`, async () => {
    const bed = new TestBed()
    const first = bed.open({ workflows: [waitingExit] })
    let run: RunHandle = await bed.settle(first.start(waitingExit))
    await bed.until(async () =>
      (await phases(run))[".onExit/k"] === "Running" && (await phases(run))[".onExit/w"] === "Running"
    )
    await bed.quiet()
    if (crashed) {
      bed.crash(first)
      run = (await bed.open({ workflows: [waitingExit] }).get(run.id))! as RunHandle
      await bed.quiet()
    }
    await bed.settle(run.terminate())
    expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
    expect(await phases(run)).toEqual({
      main: "Succeeded",
      ".onExit": "Failed",
      ".onExit/w": "Failed",
      ".onExit/k": "Failed"
    })
  })
}

test("A process that dies right after it was told to terminate leaves a run that the next process only ends", async () => {
  const bed = new TestBed()
  let begun = 0
  const counted = task("counted", {
    run: () => Effect.andThen(Effect.sync(() => void begun++), Effect.sleep("600 seconds"))
  })
  const one = workflow("wf", {}, (w) => {
    w.node("main", ok)
    w.onExit(handler(workflow("ex", {}, (w) => void w.node("s", counted)), () => undefined))
  })
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(() => begun === 1)
  await bed.quiet()
  void (await first.get(id))!.terminate()
  await bed.until(async () => bed.events((await first.get(id))!, "RunStopping").length === 1)
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
  expect(begun).toBe(1)
  expect(await phases(run)).toEqual({ main: "Succeeded", ".onExit": "Failed", ".onExit/s": "Failed" })
})

test("Stop while the run's exit handler runs is refused: the run keeps what its main part earned", async () => {
  const bed = new TestBed()
  const one = workflow("wf", {}, (w) => {
    w.node("main", ok)
    w.onExit(handler(slowExit, () => undefined))
  })
  const run = await until(bed, one, ".onExit/s")
  expect((await bed.rejection(run.stop())).message).toBe(
    `Cannot stop run ${run.id}: its main part has ended (Succeeded) and its exit handlers run: terminate it to end them`
  )
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await phases(run)).toEqual({ main: "Succeeded", ".onExit": "Succeeded", ".onExit/s": "Succeeded" })
})

test("Stop while a node's exit handler runs: the handler finishes, other nodes stop, nothing new begins", async () => {
  const bed = new TestBed()
  const one = workflow("wf", {}, (w) => {
    const a = w.node("a", ok, { onExit: handler(slowExit, () => undefined) })
    w.node("b", slow)
    w.node("c", ok, { after: [a] })
  })
  const run = await until(bed, one, "a.onExit/s")
  await bed.settle(run.stop())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(await phases(run)).toMatchObject({
    a: "Succeeded",
    "a.onExit": "Succeeded",
    "a.onExit/s": "Succeeded",
    b: "Failed"
  })
  expect((await phases(run))["c"] ?? "Omitted").toBe("Omitted")
})

test("Stop, then terminate while the handlers run: terminate wins and no open node is left", async () => {
  const bed = new TestBed()
  const one = workflow("wf", {}, (w) => {
    w.node("main", slow, { onExit: handler(slowExit, () => undefined) })
    w.onExit(handler(slowExit, () => undefined))
  })
  const run = await until(bed, one, "main")
  await bed.settle(run.stop())
  await bed.until(async () => (await phases(run))["main.onExit/s"] === "Running")
  expect(await bed.settle(run.terminate())).toMatchObject({ ok: true })
  await bed.ended(run)
  expect(await phases(run)).toEqual({ main: "Failed", "main.onExit": "Failed", "main.onExit/s": "Failed" })
  expect((await nodeOf(run, "main")).reason).toBe("Stopped")
  expect((await nodeOf(run, "main.onExit")).reason).toBe("Terminated")
})

test("Terminate while a handler's body waits for children it started ends the children first", async () => {
  const bed = new TestBed()
  const one = workflow("wf", {}, (w) => {
    w.node("main", ok)
    w.onExit((_, { effect }: TaskContext) => Effect.asVoid(effect("child", slow)))
  })
  const run = await until(bed, one, ".onExit/child")
  await bed.settle(run.terminate())
  await bed.ended(run)
  expect(await phases(run)).toEqual({ main: "Succeeded", ".onExit": "Failed", ".onExit/child": "Failed" })
  expect(bed.events(run, "NodeFinished").map(({ path }) => path)).toEqual(["main", ".onExit/child", ".onExit"])
})

test("Scoped finalizers of a terminated handler still run", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const one = workflow("wf", {}, (w) => {
    w.node("main", ok)
    w.onExit(() => Effect.onInterrupt(Effect.sleep("1 hour"), () => Effect.sync(() => log.push("released"))))
  })
  const run = await until(bed, one, ".onExit")
  await bed.settle(run.terminate())
  await bed.ended(run)
  expect(log).toEqual(["released"])
})
