/** Storage that fails under a running engine: nothing more may run, and everybody who waits hears why. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { JournalError, Schema, semaphore, task, workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const ok = task("ok", { output: Schema.Number, run: () => 1 })

/** A run whose node `hang` is open in a process whose disk now fails. */
const failing = async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const hang = task("hang", {
    run: () => Effect.onInterrupt(Effect.sleep("1 minute"), () => Effect.sync(() => void log.push("interrupted")))
  })
  const one = workflow("one", {}, (w) => {
    w.node("hang", hang, { onExit: () => void log.push("exit") })
    w.node("quick", task("quick", { run: () => Effect.sleep("1 second") }))
    return w.node("ok", ok)
  })
  const first = bed.open({ workflows: [one] })
  const run = await bed.settle(first.start(one))
  await bed.until(async () => (await phases(run))["hang"] === "Running" && (await phases(run))["quick"] === "Running")
  await bed.quiet()
  bed.disk.fault = () => ({ when: "before", what: "fail" })
  return { bed, first, log, one, run }
}

test("Whoever waits for the run hears JournalError; bodies are interrupted, no exit handler runs", async () => {
  const { bed, log, run } = await failing()
  const error = await bed.rejection(run.result())
  expect(error).toBeInstanceOf(JournalError)
  await bed.quiet()
  expect(log).toEqual(["interrupted"])
})

test("Events end, and a new start or command is refused with the same error", async () => {
  const { bed, first, one, run } = await failing()
  const events = run.events(2)[Symbol.asyncIterator]()
  expect((await bed.settle(events.next())).value.event.type).toBe("NodeStarted")
  await bed.rejection(run.result())
  expect(await bed.rejection(first.start(one))).toBeInstanceOf(JournalError)
  expect(await bed.rejection(run.retry())).toBeDefined()
})

test("A start after the failure leaves nothing behind that is alive", async () => {
  const { bed, first, one, run } = await failing()
  await bed.rejection(run.result())
  expect(await bed.rejection(first.start(one))).toBeInstanceOf(JournalError)
  await bed.quiet()
  expect(first.engine.live.size).toBe(0)
})

test("Who waits for permits hears of a failure although nobody else has anything to record", async () => {
  const bed = new TestBed()
  let isUp = false
  const read = () =>
    isUp ? Effect.succeed(1) : Effect.fail(Object.assign(new Error("not yet"), { code: "ECONNREFUSED" }))
  const late = semaphore("late", { limit: { _tag: "LimitSource", describe: "a late source", read } })
  const work = task("work", { permits: [late.take()], run: () => {} })
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(workflow("waiting", {}, (w) => void w.node("work", work))))
  await bed.until(async () => (await run.why("work"))[0]?.because.includes("not yet") === true)
  await bed.quiet()
  isUp = true
  bed.disk.fault = () => ({ when: "before", what: "fail" })
  expect(await bed.rejection(run.result())).toBeInstanceOf(JournalError)
  await bed.quiet()
  expect(pinnace.engine.live.size).toBe(0)
})

test("The engine closes, and the run goes on where storage is sound again", async () => {
  const { bed, first, one, run } = await failing()
  await bed.rejection(run.result())
  await bed.settle(first.close())
  bed.disk.fault = undefined
  const again = (await bed.open({ workflows: [one] }).get(run.id))!
  expect((await bed.ended(again)).phase).toBe("Succeeded")
  expect(await bed.settle(again.result())).toBe(1)
})

test("A start that could not be recorded is refused, and the run does not exist", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  bed.disk.fault = () => ({ when: "before", what: "fail" })
  const one = workflow("one", {}, (w) => w.node("ok", ok))
  expect(await bed.rejection(pinnace.start(one, undefined, { id: "mine" }))).toBeInstanceOf(JournalError)
  bed.disk.fault = undefined
  expect(await bed.open().get("mine")).toBeUndefined()
})

test("Storage that refuses what is written of one run: it is held with the reason, other runs and the engine go on (N17)", async () => {
  const bed = new TestBed()
  const slow = task("slow", { output: Schema.Number, run: () => Effect.as(Effect.sleep("1 second"), 1) })
  const one = workflow("one", {}, (w) => {
    const a = w.node("a", slow)
    return w.node("b", ok, { after: [a] })
  })
  const first = bed.open({ workflows: [one] })
  const bad = await bed.settle(first.start(one))
  const good = await bed.settle(first.start(one))
  const { key } = bed.rowOf(bad)
  bed.disk.fault = ({ writes }) =>
    writes.some((write) => write.kind === "event" && write.row.run === key && write.row.type === "NodeFinished")
      ? { when: "before", what: "refuse" }
      : undefined
  expect((await bed.ended(good)).phase).toBe("Succeeded")
  await bed.until(() => bed.rowOf(bad).held !== null)
  await bed.quiet()
  expect(bed.rowOf(bad)).toMatchObject({ phase: "Running", owner: null, held: expect.stringContaining("cannot go on") })
  expect(await phases(bad)).toEqual({ a: "Running" })
  expect(await bed.settle(first.run(one))).toBe(1)
  bed.disk.fault = undefined
  await bed.settle(first.close())
  const again = (await bed.open({ workflows: [one] }).get(bad.id))!
  expect((await bed.ended(again)).phase).toBe("Succeeded")
})
