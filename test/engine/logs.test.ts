import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { expect, onTestFinished, test, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import type { LogView, Task, TaskContext } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"

const alone = (only: Task<void, unknown, unknown>) => workflow("alone", {}, (w) => w.node("only", only))
const said = (lines: ReadonlyArray<LogView>) => lines.map(({ level, text }) => `${level} ${text}`)

test("A body's log keeps levels, the order of lines, and values as text", async () => {
  const bed = new TestBed()
  const body = (_: void, { log }: TaskContext) => {
    log("plain", 1, { a: [true] })
    log.debug("d")
    log.info("i")
    log.warn("w")
    log.error("e")
  }
  const run = await bed.settle(bed.open().start(alone(task("only", { run: body }))))
  await bed.ended(run)
  expect(said(await run.logs())).toEqual([
    "info plain 1 { a: [ true ] }",
    "debug d",
    "info i",
    "warn w",
    "error e"
  ])
})

test("Lines tell their node and attempt, and can be read for one node", async () => {
  const bed = new TestBed()
  const flaky = task("flaky", {
    retry: { limit: 1 },
    run: (_: void, { attempt, log }) => {
      log(`try ${attempt}`)
      if (attempt === 1) throw new Error("again")
    }
  })
  const other = task("other", { run: (_: void, { log }) => log("other") })
  const two = workflow("two", {}, (w) => w.node("other", other, { after: [w.node("flaky", flaky)] }))
  const run = await bed.settle(bed.open().start(two))
  await bed.ended(run)
  expect((await run.logs("flaky")).map(({ attempt, path, text }) => [path, attempt, text])).toEqual([[
    "flaky",
    1,
    "try 1"
  ], [
    "flaky",
    2,
    "try 2"
  ]])
  expect(await run.logs()).toHaveLength(3)
})

test("Effect's logger and console inside an Effect body reach the node's log with their level", async () => {
  const bed = new TestBed()
  const body = () =>
    Effect.gen(function* () {
      yield* Effect.logInfo("info", 1)
      yield* Effect.logWarning("warning")
      yield* Effect.logError("error")
      yield* Console.log("console")
      yield* Console.error("console error")
    })
  const run = await bed.settle(bed.open().start(alone(task("only", { run: body }))))
  await bed.ended(run)
  expect(said(await run.logs("only"))).toEqual([
    "info info 1",
    "warn warning",
    "error error",
    "info console",
    "error console error"
  ])
})

test("With captureConsole, console calls of bodies go to their own node's log, also after an await; others go through", async () => {
  const through = vi.spyOn(globalThis.console, "log").mockImplementation(() => {})
  onTestFinished(() => through.mockRestore())
  const pinnace = await open(":memory:", { captureConsole: true })
  onTestFinished(() => pinnace.close())
  const talk = (name: string) =>
    task(name, {
      run: async () => {
        globalThis.console.log(name, "first")
        await Promise.resolve()
        globalThis.console.warn(name, "second")
      }
    })
  const both = workflow("both", {}, (w) => {
    w.node("a", talk("a"))
    w.node("b", talk("b"))
  })
  const run = await pinnace.start(both)
  await run.ending()
  expect(said(await run.logs("a"))).toEqual(["info a first", "warn a second"])
  expect(said(await run.logs("b"))).toEqual(["info b first", "warn b second"])
  globalThis.console.log("outside")
  expect(through.mock.calls).toEqual([["outside"]])
})

test("Without captureConsole, console calls of bodies are left alone", async () => {
  const through = vi.spyOn(globalThis.console, "info").mockImplementation(() => {})
  onTestFinished(() => through.mockRestore())
  const pinnace = await open(":memory:")
  onTestFinished(() => pinnace.close())
  const run = await pinnace.start(alone(task("only", { run: () => globalThis.console.info("loud") })))
  await run.ending()
  expect(through.mock.calls).toEqual([["loud"]])
  expect(await run.logs()).toEqual([])
})

test("A flood of lines is cut at limits.logLines of one node, with a line that says so; other nodes keep theirs", async () => {
  const bed = new TestBed()
  const flood = task("flood", {
    run: (_: void, { log }) => {
      for (let line = 0; line < 100; line++) log(`line ${line}`)
    }
  })
  const quiet = task("quiet", { run: (_: void, { log }) => log("still here") })
  const two = workflow("two", {}, (w) => w.node("quiet", quiet, { after: [w.node("flood", flood)] }))
  const run = await bed.settle(bed.open({ limits: { logLines: 3 } }).start(two))
  await bed.ended(run)
  expect((await run.logs("flood")).map(({ text }) => text)).toEqual([
    "line 0",
    "line 1",
    "line 2",
    expect.stringContaining("3 lines is the limit")
  ])
  expect(await run.logs("quiet")).toHaveLength(1)
})

test("A long line is cut at limits.logLine bytes and says how much is missing", async () => {
  const bed = new TestBed()
  const body = task("only", { run: (_: void, { log }) => log("é".repeat(50)) })
  const run = await bed.settle(bed.open({ limits: { logLine: 50 } }).start(alone(body)))
  await bed.ended(run)
  expect((await run.logs()).map(({ text }) => text)).toEqual([`${"é".repeat(11)}… (78 more bytes dropped)`])
})

test("Lines that were kept before a restart count against the limit after it", async () => {
  const bed = new TestBed()
  const body = task("only", {
    run: (_: void, { log }) =>
      Effect.gen(function* () {
        log("a")
        log("b")
        yield* Effect.sleep("1 minute")
      })
  })
  const one = alone(body)
  const options = { limits: { logLines: 3 }, workflows: [one] }
  const first = bed.open(options)
  const run = await bed.settle(first.start(one))
  await bed.until(async () => (await run.logs()).length === 2)
  bed.crash(first)
  const again = (await bed.open(options).get(run.id))!
  await bed.ended(again)
  expect(await again.logs("only")).toHaveLength(4)
})

test("The app's own loggers go on to hear what bodies say, and of which run and node it is", async () => {
  const heard: Array<string> = []
  const own = Logger.make<unknown, void>(({ fiber, message }) => {
    heard.push(`${message} ${JSON.stringify(fiber.getRef(References.CurrentLogAnnotations))}`)
  })
  const only = task("only", { run: () => Effect.log("from the body") })
  const log = vi.spyOn(console, "log")
  onTestFinished(() => log.mockRestore())
  const pinnace = await open(":memory:", { layer: Logger.layer([own], { mergeWithExisting: true }) })
  const run = await pinnace.start(alone(only), undefined, { id: "r-1" })
  await run.result()
  expect(heard).toEqual([
    'from the body {"pinnace.run.id":"r-1","pinnace.workflow":"alone","pinnace.node.path":"only","pinnace.attempt":1}'
  ])
  expect(said(await run.logs())).toEqual(["info from the body"])
  expect(log).not.toHaveBeenCalled()
  await pinnace.close()
})
