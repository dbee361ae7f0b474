import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { handler, Schema, task, workflow } from "../../mod.ts"
import type { ExitInfo } from "../../mod.ts"
import { nodeOf, phases, play, TestBed } from "./TestBed.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", { at: Schema.Date }) {}

const ok = task("ok", { output: Schema.Date, run: () => new Date(1) })
const bad = task("bad", { errors: [Bad], output: Schema.Number, run: () => Effect.fail(new Bad({ at: new Date(2) })) })
const slow = task("slow", { run: () => Effect.sleep("1 hour") })
const broken = task("broken", { run: () => Effect.die(new Error("broken")) })

/** Collects what exit handlers are told. */
class Told {
  readonly infos: Array<ExitInfo> = []
  readonly note = (info: ExitInfo): void => void this.infos.push(info)

  get said(): ReadonlyArray<string> {
    return this.infos.map(({ node, outcome }) =>
      `${node} ${outcome.phase}${"reason" in outcome ? ` ${outcome.reason}` : ""}`
    )
  }
}

test("Exit handlers of a task, a node, a map item, a map, a nested workflow and the run all run, inner ones first", async () => {
  const told = new Told()
  const mine = task("mine", { run: () => 1, onExit: told.note })
  const each = task("each", { input: Schema.Number, run: (n) => n, onExit: told.note })
  const inner = workflow("inner", {}, (w) => {
    w.node("leaf", mine)
    w.onExit(told.note)
  })
  const run = await play(workflow("outer", {}, (w) => {
    const a = w.node("a", mine)
    const b = w.node("b", ok, { after: [a], onExit: told.note })
    const m = w.map("m", [1], each, (n) => n, { after: [b], onExit: told.note })
    w.node("sub", inner, { after: [m] })
    w.onExit(told.note)
  }))
  expect(told.said).toEqual([
    "a Succeeded",
    "b Succeeded",
    "m[0] Succeeded",
    "m Succeeded",
    "sub/leaf Succeeded",
    "sub Succeeded",
    " Succeeded"
  ])
  expect(await phases(run)).toMatchObject({
    "a.onExit": "Succeeded",
    "b.onExit": "Succeeded",
    "m[0].onExit": "Succeeded",
    "m.onExit": "Succeeded",
    "sub/leaf.onExit": "Succeeded",
    "sub.onExit": "Succeeded",
    ".onExit": "Succeeded"
  })
  expect((await nodeOf(run, "b.onExit")).kind).toBe("exit")
})

test("A node's own exit handler replaces its task's, an item's that of the task", async () => {
  const log: Array<string> = []
  const mine = task("mine", { input: Schema.Number, run: (n) => n, onExit: () => void log.push("task") })
  await play(workflow("w", {}, (w) => {
    const a = w.node("a", mine, { input: 1, onExit: () => void log.push("node") })
    w.map("m", [1], mine, (n) => n, { after: [a], item: { onExit: () => void log.push("item") } })
  }))
  expect(log).toEqual(["node", "item"])
})

test("An exit handler is told the typed output, or the typed error, with reason, message, run, node and attempt", async () => {
  const told = new Told()
  const run = await play(workflow("w", {}, (w) => {
    const good = w.node("good", ok, { onExit: told.note })
    w.node("bad", bad, { after: [good], onExit: told.note, retry: { limit: 1 } })
  }))
  const [good, failed] = told.infos
  expect(good).toEqual({ outcome: { phase: "Succeeded", output: new Date(1) }, run: run.id, node: "good", attempt: 1 })
  expect(failed).toMatchObject({ node: "bad", attempt: 2, outcome: { phase: "Failed", reason: "TaskFailed" } })
  const error = (failed!.outcome as { readonly error?: unknown }).error
  expect(error).toBeInstanceOf(Bad)
  expect(error).toMatchObject({ at: new Date(2) })
})

test("The run's exit handler is told the run's output, or the typed error of the node that failed it", async () => {
  const told = new Told()
  const define = (one: typeof ok | typeof bad) =>
    workflow("w", { errors: [Bad] }, (w) => {
      const node = w.node("node", one as typeof ok)
      w.onExit(told.note)
      return node
    })
  await play(define(ok))
  await play(define(bad))
  expect(told.infos[0]?.outcome).toEqual({ phase: "Succeeded", output: new Date(1) })
  expect(told.infos[1]?.outcome).toMatchObject({
    phase: "Failed",
    reason: "ChildFailed",
    error: new Bad({ at: new Date(2) })
  })
})

test("Exit handlers run after a timeout of the attempt, of a nested workflow and of the run", async () => {
  const told = new Told()
  const inner = workflow("inner", {}, (w) => {
    w.node("leaf", slow, { onExit: told.note })
    w.onExit(told.note)
  })
  const bed = new TestBed()
  const begin = bed.now
  const { ending } = await bed.play(workflow("w", { timeout: "1 minute" }, (w) => {
    w.node("attempt", slow, { timeout: "10 seconds", onExit: told.note })
    w.node("sub", inner, { timeout: "20 seconds" })
    w.node("open", slow, { onExit: told.note })
    w.onExit(told.note)
  }))
  expect(bed.now - begin).toBe(60_000)
  expect(told.said.slice(0, 5)).toEqual([
    "attempt Failed Timeout",
    "sub/leaf Failed Timeout",
    "sub Failed Timeout",
    "open Failed Timeout",
    expect.stringMatching(/^ Failed/)
  ])
  expect(ending.phase).toBe("Failed")
})

test("Exit handlers run after stop, on nodes that began and on the run, not on nodes that had not begun", async () => {
  const told = new Told()
  const bed = new TestBed()
  const one = workflow("w", {}, (w) => {
    const a = w.node("a", slow, { onExit: told.note })
    w.node("b", slow, { after: [a], onExit: told.note })
    w.onExit(told.note)
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () => (await phases(run))["a"] === "Running")
  await bed.settle(run.stop("enough"))
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(told.said).toEqual(["a Failed Stopped", " Failed Stopped"])
  expect((await run.status()).message).toContain("enough")
})

test("No exit handler runs after terminate", async () => {
  const told = new Told()
  const bed = new TestBed()
  const inner = workflow("inner", {}, (w) => {
    w.node("leaf", slow, { onExit: told.note })
    w.onExit(told.note)
  })
  const one = workflow("w", {}, (w) => {
    w.node("sub", inner, { onExit: told.note })
    w.onExit(told.note)
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () => (await phases(run))["sub/leaf"] === "Running")
  await bed.settle(run.terminate("now"))
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
  expect(told.said).toEqual([])
  expect(await phases(run)).toEqual({ sub: "Failed", "sub/leaf": "Failed" })
  expect((await run.status()).message).toContain("now")
})

test("No exit handler runs for a node that was skipped or omitted", async () => {
  const told = new Told()
  await play(workflow("w", {}, (w) => {
    w.node("skipped", slow, { when: () => false, onExit: told.note })
    w.node("omitted", slow, { after: [w.node("broken", broken)], onExit: told.note })
  }))
  expect(told.said).toEqual([])
})

test("With retries the exit handler runs once, after the last attempt", async () => {
  const told = new Told()
  await play(workflow("w", {}, (w) => void w.node("broken", broken, { retry: { limit: 2 }, onExit: told.note })))
  expect(told.infos.map(({ attempt, node }) => [node, attempt])).toEqual([["broken", 3]])
})

test("The parent goes on only after the exit handler of its node has ended", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const { run } = await bed.play(workflow("w", {}, (w) => {
    const a = w.node("a", ok, { onExit: () => Effect.sleep("5 seconds") })
    w.node("b", ok, { after: [a] })
  }))
  expect((await nodeOf(run, "b")).startedAt - begin).toBe(5_000)
})

test("A failing handler of the run turns a Succeeded run into Failed and says so; a Failed run keeps its reason", async () => {
  const define = (one: typeof ok | typeof broken) =>
    workflow("w", {}, (w) => {
      w.node("node", one as typeof broken)
      w.onExit(() => Effect.die(new Error("handler broke")))
    })
  const good = await new TestBed().play(define(ok))
  expect(good.ending).toMatchObject({
    phase: "Failed",
    reason: "ExitHandlerFailed",
    message: expect.stringContaining("handler broke")
  })
  expect(good.ending.cause).toBe(".onExit")
  const failed = await new TestBed().play(define(broken))
  expect(failed.ending).toMatchObject({ phase: "Error", reason: "ChildErrored", cause: "node" })
})

test("A failing handler of a node is recorded and fails nobody", async () => {
  const inner = workflow("inner", {}, (w) => {
    w.node("leaf", ok)
    w.onExit(() => Effect.die(new Error("handler broke")))
  })
  const run = await play(workflow("w", {}, (w) => {
    const sub = w.node("sub", inner)
    w.node("b", ok, { after: [sub], onExit: () => Effect.die(new Error("handler broke")) })
  }))
  expect(await phases(run)).toMatchObject({
    sub: "Succeeded",
    "sub.onExit": "Error",
    b: "Succeeded",
    "b.onExit": "Error"
  })
  expect((await nodeOf(run, "b.onExit")).message).toContain("handler broke")
  expect((await run.status()).phase).toBe("Succeeded")
})

test("A task or a workflow handles with an input made of the outcome, with its own retry and its own nodes", async () => {
  let calls = 0
  const page = task("page", {
    input: Schema.String,
    retry: { limit: 3, backoff: "1 second" },
    run: (text) => ++calls < 3 ? Effect.die("busy") : Effect.succeed(text)
  })
  const tell = workflow("tell", { input: Schema.String }, (w) => w.node("page", page, { input: w.input }))
  const run = await play(workflow("w", {}, (w) => {
    w.node("bad", bad, { onExit: handler(tell, ({ node, outcome }) => `${node} ${outcome.phase}`) })
  }))
  expect(await phases(run)).toMatchObject({ "bad.onExit": "Succeeded", "bad.onExit/page": "Succeeded" })
  expect(await nodeOf(run, "bad.onExit/page")).toMatchObject({ output: "bad Failed", attempt: 3 })
})

test("A handler that was open when its process died runs again in the next one, told the same outcome; one that ended does not", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const one = workflow("w", {}, (w) => {
    w.node("a", bad, { onExit: ({ outcome }) => void log.push(`a ${outcome.phase}`) })
    w.onExit(({ outcome }) =>
      Effect.andThen(Effect.sync(() => log.push(`run ${outcome.phase}`)), Effect.sleep("1 minute"))
    )
  })
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(() => log.length === 2)
  await bed.quiet()
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.ended(run)
  expect(log).toEqual(["a Failed", "run Failed", "run Failed"])
  expect(await phases(run)).toMatchObject({ a: "Failed", "a.onExit": "Succeeded", ".onExit": "Succeeded" })
})

test("N6 Of a run whose time was over, nothing begins after its exit handler, also when the clock was set back", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const other = task("other", { run: () => void seen.push("other") })
  const limited = workflow("limited", { timeout: "10 minutes" }, (w) => {
    const first = w.node("slow", slow, { continueOn: { failed: true } })
    w.node("other", other, { after: [first] })
    w.onExit(() => Effect.sleep("1 minute"))
  })
  const process = bed.open({ workflows: [limited] })
  const { id } = await bed.settle(process.start(limited))
  await bed.until(async () => (await phases((await process.get(id))!))[".onExit"] === "Running")
  bed.crash(process)
  bed.setClock(-3_600_000)
  const run = (await bed.settle(bed.open({ workflows: [limited] }).get(id)))!
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Timeout" })
  expect(seen).toEqual([])
})
