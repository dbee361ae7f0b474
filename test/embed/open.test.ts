import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { check, draw, graph, JournalError, open, Schema, task, workflow } from "../../mod.ts"
import { removeTree } from "../removeTree.ts"

const ok = task("ok", { output: Schema.Number, run: () => 1 })
const one = workflow("one", {}, (w) => w.node("ok", ok))
const broken = workflow("broken", {}, (w) => w.node("ok", ok, { after: [w.outcome("nowhere")] }))

const makePath = () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return join(directory, "state.db")
}

test("A run on a file is there after the file is opened again", async () => {
  const path = makePath()
  const first = await open(path)
  const run = await first.start(one)
  expect(await run.result()).toBe(1)
  await first.close()
  const second = await open(path, { workflows: [one] })
  onTestFinished(() => second.close())
  expect((await second.list()).map(({ id }) => id)).toEqual([run.id])
  expect(await (await second.get(run.id))!.result()).toBe(1)
})

test("Engines in memory are apart from each other", async () => {
  const [first, second] = [await open(":memory:"), await open(":memory:")]
  onTestFinished(async () => {
    await first.close()
    await second.close()
  })
  await first.run(one)
  expect([(await first.list()).length, (await second.list()).length]).toEqual([1, 0])
})

test("A path that cannot be written is refused with JournalError and the path", async () => {
  const path = join(makePath(), "missing", "state.db")
  await expect(open(path)).rejects.toMatchObject({ _tag: "JournalError", message: expect.stringContaining("state.db") })
  await expect(open(path)).rejects.toBeInstanceOf(JournalError)
})

test("A layer is closed again when the file cannot be opened", async () => {
  class Service extends Context.Service<Service, object>()("test/Service") {}
  let released = false
  const scoped = Layer.effect(
    Service,
    Effect.acquireRelease(Effect.succeed({}), () => Effect.sync(() => void (released = true)))
  )
  await expect(open(join(makePath(), "missing", "state.db"), { layer: scoped })).rejects.toBeInstanceOf(JournalError)
  expect(released).toBe(true)
})

test("A layer that cannot be built rejects open", async () => {
  class Service extends Context.Service<Service, object>()("test/Service") {}
  const failing = Layer.effect(Service, Effect.die(new Error("no database")))
  await expect(open(":memory:", { layer: failing })).rejects.toThrow("no database")
})

test("A workflow with mistakes is refused when it is registered, and the file is free again", async () => {
  const path = makePath()
  await expect(open(path, { workflows: [broken] })).rejects.toMatchObject({ _tag: "InvalidWorkflow" })
  const pinnace = await open(path)
  onTestFinished(() => pinnace.close())
  expect(() => pinnace.register(broken)).toThrow("nowhere")
  expect(await pinnace.run(one)).toBe(1)
})

test("run() starts and waits for the output", async () => {
  await using pinnace = await open(":memory:")
  const double = workflow(
    "double",
    { input: Schema.Number },
    (w) => w.node("n", task("n", { input: Schema.Number, run: (n) => n * 2 }), { input: w.input })
  )
  expect(await pinnace.run(double, 21, { id: "answer" })).toBe(42)
  expect((await (await pinnace.get("answer"))!.status()).phase).toBe("Succeeded")
  expect(await pinnace.get("question")).toBeUndefined()
})

test("A workflow can be checked, listed and drawn without an engine", () => {
  expect(check(one)).toEqual([])
  expect(check(broken)).toMatchObject([{
    path: "broken/ok",
    code: expect.any(String),
    message: expect.stringContaining("nowhere"),
    hint: expect.any(String)
  }])
  expect(JSON.parse(JSON.stringify(graph(one)))).toEqual(graph(one))
  expect(draw(one)).toContain("flowchart")
  expect(() => draw(broken)).toThrow("nowhere")
})

test("Both durabilities run the same", async () => {
  for (const durability of ["power", "process"] as const) {
    const pinnace = await open(makePath(), { durability })
    expect(await pinnace.run(one)).toBe(1)
    await pinnace.close()
  }
})
