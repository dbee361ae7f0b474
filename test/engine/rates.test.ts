/** Rates, nested permits and priorities of permits, on virtual time. */
import { expect, test } from "vitest"
import * as Result from "effect/Result"
import { mutex, rateLimit, semaphore, storedLimit, task, workflow } from "../../mod.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { compile } from "../../src/plan/compile.ts"
import { TestBed } from "./TestBed.ts"

const minute = 60_000

/** A workflow of many nodes that each take one of a rate, and the seconds after the first at which they worked. */
const paced = (bed: TestBed, many: number, limit: number) => {
  const at: Array<number> = []
  const api = rateLimit("api", { limit, per: "1 minute" })
  const call = task("call", { permits: [api.take()], run: () => void at.push(bed.now) })
  const items = Array.from({ length: many }, (_, n) => n)
  const calls = workflow("calls", {}, (w) => void w.map("m", items, call, () => undefined))
  return { calls, seconds: () => at.map((one) => Math.round((one - at[0]!) / 1000)) }
}

test("A rate lets its limit begin at once, and then as many per period, evenly", async () => {
  const bed = new TestBed()
  const { calls, seconds } = paced(bed, 8, 3)
  const { ending } = await bed.play(calls)
  expect(ending.phase).toBe("Succeeded")
  expect(seconds()).toEqual([0, 0, 0, 20, 40, 60, 80, 100])
})

test("What is used of a rate is kept when processes die, and two processes share it", async () => {
  const bed = new TestBed()
  const { calls, seconds } = paced(bed, 4, 2)
  const first = bed.open({ workflows: [calls] })
  const run = await bed.settle(first.start(calls))
  await bed.until(() => seconds().length === 2)
  bed.crash(first)
  const [second, third] = [bed.open({ workflows: [calls] }), bed.open({ workflows: [calls] })]
  const other = await bed.settle(third.start(calls))
  await bed.ended((await second.get(run.id))!)
  await bed.ended(other)
  const all = seconds()
  for (const [n, from] of all.entries()) {
    for (const [m, to] of all.entries()) {
      if (m >= n) expect(m - n + 1).toBeLessThanOrEqual(2 + (to - from + 1) * 2 / 60)
    }
  }
  expect(all.length).toBeGreaterThanOrEqual(8)
})

test("A node that waits for a rate is Pending, says so, and costs nothing until its time", async () => {
  const bed = new TestBed()
  const { calls } = paced(bed, 2, 1)
  const pinnace = bed.open({ workflows: [calls] })
  const run = await bed.settle(pinnace.start(calls))
  await bed.until(async () => (await run.nodes()).some(({ waiting }) => waiting === "Permit"))
  const waiter = (await run.nodes()).find(({ waiting }) => waiting === "Permit")!
  expect((await run.why(waiter.path))[0]?.because).toContain(
    "waits for 1 of api (a rate of 1 per 60 s, 0 left); position 1"
  )
  expect(await pinnace.locks()).toMatchObject([{
    name: "api",
    per: minute,
    held: 1,
    holders: [],
    queue: [{ node: waiter.path }]
  }])
  const groups = bed.disk.groups
  await bed.ended(run)
  expect(bed.disk.groups - groups).toBeLessThanOrEqual(6)
})

test("A rate whose limit is raised while somebody waits serves them at the new pace", async () => {
  const bed = new TestBed()
  const at: Array<number> = []
  const api = rateLimit("api", { limit: storedLimit(1), per: "1 hour" })
  const call = task("call", { permits: [api.take()], run: () => void at.push(bed.now) })
  const calls = workflow("calls", {}, (w) => void w.map("m", [1, 2], call, () => undefined))
  const pinnace = bed.open({ workflows: [calls] })
  const run = await bed.settle(pinnace.start(calls))
  await bed.until(async () => (await run.nodes()).some(({ waiting }) => waiting === "Permit"))
  await pinnace.setLimit("api", 60)
  await bed.ended(run)
  expect(at[1]! - at[0]!).toBeLessThanOrEqual(2 * minute)
})

test("LK-10 Whoever works under a permit of its run or of a node above does not wait for itself", async () => {
  const bed = new TestBed()
  const lock = mutex("lock")
  const api = semaphore("api", { limit: 2 })
  const inner = task("inner", { permits: [lock.take(), api.take(2)], run: () => 1 })
  const middle = workflow("middle", { permits: [api.take()] }, (w) => w.node("inner", inner))
  const outer = workflow("outer", { permits: [lock.take()] }, (w) => w.node("middle", middle))
  const pinnace = bed.open({ workflows: [outer] })
  const run = await bed.settle(pinnace.start(outer))
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect((await pinnace.locks()).map(({ held, queue }) => [held, queue])).toEqual([[0, []], [0, []]])
})

test("A node that is granted permits while its run is suspended gives them back and begins when it is resumed", async () => {
  const bed = new TestBed()
  const one = mutex("one")
  const order: Array<string> = []
  const gate = workflow("gate", { permits: [one.take()] }, (w) => void w.suspend("wait", { duration: "1 hour" }))
  const named = (name: string) =>
    workflow(name, {}, (w) => w.node("n", task(name, { permits: [one.take()], run: () => void order.push(name) })))
  const [first, second] = [named("first"), named("second")]
  const pinnace = bed.open({ workflows: [gate, first, second] })
  const holder = await bed.settle(pinnace.start(gate))
  await bed.until(async () => (await pinnace.locks())[0]?.held === 1)
  const waiting = await bed.settle(pinnace.start(first))
  await bed.until(async () => (await waiting.nodes()).some(({ waiting }) => waiting === "Permit"))
  await bed.settle(waiting.suspend())
  const other = await bed.settle(pinnace.start(second))
  await bed.ended(holder)
  await bed.ended(other)
  expect([order, (await waiting.status()).phase, (await pinnace.locks())[0]?.held]).toEqual([["second"], "Running", 0])
  await bed.settle(waiting.resume())
  await bed.ended(waiting)
  expect(order).toEqual(["second", "first"])
})

test("LK-09 Requests are served by the priority of runs, then of nodes, then in the order they came", async () => {
  const bed = new TestBed()
  const order: Array<string> = []
  const one = mutex("one")
  const gate = workflow("gate", { permits: [one.take()] }, (w) => void w.suspend("wait", { duration: "1 hour" }))
  const named = (name: string, permitPriority: number) =>
    task(name, { permits: [one.take()], permitPriority, run: (_, { run }) => void order.push(`${run} ${name}`) })
  const queue = workflow("queue", {}, (w) => {
    w.node("calm", named("calm", 0))
    w.node("urgent", named("urgent", 5))
  })
  const pinnace = bed.open({ workflows: [gate, queue] })
  await bed.settle(pinnace.start(gate))
  await bed.until(async () => (await pinnace.locks())[0]?.held === 1)
  const runs = [
    await bed.settle(pinnace.start(queue, undefined, { id: "low" })),
    await bed.settle(pinnace.start(queue, undefined, { id: "high", priority: 1 }))
  ]
  for (const run of runs) await bed.ended(run)
  expect(order).toEqual(["high urgent", "high calm", "low urgent", "low calm"])
})

test("Shares that can never be had are mistakes of the author, found before anything runs", () => {
  const bad = task("bad", {
    permits: [semaphore("small", { limit: 1 }).take(2), rateLimit("r", { limit: 1, per: 0 }).take(0.5)],
    permitPriority: 1.5,
    run: () => 1
  })
  const issues = compile(workflow("w", {}, (w) => w.node("bad", bad)) as unknown as AnyWorkflow)
  const messages = Result.isFailure(issues) ? issues.failure.map(({ message }) => message).join("\n") : ""
  expect(messages).toContain('It takes 2 of "small", whose limit is 1: it would wait forever')
  expect(messages).toContain('The weight it takes of "r" is 0.5')
  expect(messages).toContain('The "per" of the rate "r" is 0 ms')
  expect(messages).toContain("Its permitPriority is 1.5")
})
