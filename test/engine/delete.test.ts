import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { task, workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const log = task("log", { run: (_: void, context) => context.log("line") })
const never = task("never", { run: () => Effect.never })
const quick = workflow("quick", {}, (w) => void w.node("log", log))

test("Deleting an ended run removes its row, nodes, events and logs, and no other run's", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const { run: kept } = await bed.play(quick, undefined, pinnace)
  const { run } = await bed.play(quick, undefined, pinnace)
  const { key } = bed.rowOf(run)
  await bed.settle(run.delete())
  expect([bed.disk.runs.has(key), bed.disk.nodes.has(key), bed.disk.events.has(key), bed.disk.logs.has(key)]).toEqual([
    false,
    false,
    false,
    false
  ])
  expect((await pinnace.list()).map(({ id }) => id)).toEqual([kept.id])
  expect(await kept.logs()).toHaveLength(1)
  await expect(run.status()).rejects.toThrow("was deleted")
})

test("An open run is deleted by force only: it is terminated first, bodies are interrupted", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  let interrupted = false
  const release = Effect.andThen(Effect.sleep("1 second"), Effect.sync(() => void (interrupted = true)))
  const body = task("body", { run: () => Effect.onInterrupt(Effect.never, () => release) })
  const run = await bed.settle(pinnace.start(workflow("open", {}, (w) => void w.node("body", body))))
  await bed.until(async () => (await phases(run))["body"] === "Running")
  await bed.quiet()
  expect(await bed.rejection(run.delete())).toMatchObject({ _tag: "Refused" })
  await bed.settle(run.delete({ force: true }))
  expect(interrupted).toBe(true)
  expect(await pinnace.get(run.id)).toBeUndefined()
  await bed.quiet()
  expect([bed.disk.runs.size, bed.disk.nodes.size, bed.disk.events.size]).toEqual([0, 0, 0])
  expect((await bed.play(quick, undefined, pinnace)).ending.phase).toBe("Succeeded")
})

test("Another process deletes a run by force that this one executes; who waits for its result hears that it is gone", async () => {
  const bed = new TestBed()
  const one = workflow("open", {}, (w) => void w.node("never", never))
  const owner = bed.open({ workflows: [one] })
  const run = await bed.settle(owner.start(one))
  await bed.until(async () => (await phases(run))["never"] === "Running")
  const other = bed.open()
  const waiting = run.ending().then(({ phase }) => phase, (error) => error._tag)
  await bed.settle((await other.get(run.id))!.delete({ force: true }))
  expect(["Failed", "RunNotFound"]).toContain(await bed.settle(waiting))
  expect(await owner.get(run.id)).toBeUndefined()
})

test("A run that is retried and deleted at once is either there and goes on, or gone and never retried", async () => {
  const bed = new TestBed()
  let isFirst = true
  const once = task("once", {
    run: () => {
      if (!isFirst) return
      isFirst = false
      throw new Error("no")
    }
  })
  const { run } = await bed.play(workflow("again", {}, (w) => void w.node("once", once)), undefined, bed.open())
  const [retried, deleted] = await bed.settle(Promise.allSettled([run.retry(), run.delete()]))
  if (retried.status === "fulfilled") {
    const message = expect.stringContaining("it is being run again")
    expect(deleted).toMatchObject({ status: "rejected", reason: { _tag: "Refused", message } })
    expect(await bed.settle(run.ending())).toMatchObject({ phase: "Succeeded" })
    await bed.settle(run.delete())
  } else {
    expect(deleted.status).toBe("fulfilled")
    expect(retried.reason).toMatchObject({ _tag: expect.stringMatching(/^(Refused|RunNotFound)$/) })
    expect(isFirst).toBe(false)
  }
  expect(bed.disk.runs.size).toBe(0)
})

test("Deleting twice at once removes it once", async () => {
  const bed = new TestBed()
  const { pinnace, run } = await bed.play(quick)
  const answers = await bed.settle(Promise.allSettled([run.delete(), run.delete()]))
  expect(answers.map(({ status }) => status)).toContain("fulfilled")
  expect(await pinnace.list()).toEqual([])
})

test("Who follows the events of a run that is deleted comes to an end", async () => {
  const bed = new TestBed()
  const one = workflow("open", {}, (w) => void w.node("never", never))
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () => (await phases(run))["never"] === "Running")
  const types: Array<string> = []
  const following = (async () => {
    for await (const { event } of run.events()) types.push(event.type)
  })()
  await bed.until(() => types.includes("NodeStarted"))
  await bed.settle(run.delete({ force: true }))
  await bed.settle(following)
  expect(types.slice(0, 3)).toEqual(["RunCreated", "RunStarted", "NodeStarted"])
})
