/** Flows that continue as new: X3 one open run of the chain at each instant, X4 no value is lost or doubled. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { flow, Schema, signal, workflow } from "../../mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { phases, TestBed } from "./TestBed.ts"

const item = signal("item", Schema.Number)

/** Adds up values, three for each link, until one is 0. */
const adder = flow("adder", { input: { sum: Schema.Number }, output: Schema.Number }, async ({ sum }, f) => {
  let total = sum
  for (let n = 0; n < 3; n++) {
    const value = await f.receive(item, { name: `item-${n}` })
    if (value === 0) return total
    total += value
  }
  return f.continueAs({ sum: total })
})

const openRuns = (bed: TestBed) => [...bed.disk.runs.values()].filter(({ phase }) => !isTerminal(phase))

test("A flow goes on in a new run with another input; the handle of the first one follows, as do its commands", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(adder, { sum: 0 }, { id: "sum", labels: { team: "a" }, priority: 3 }))
  for (const [n, value] of [1, 2, 3, 4, 5, 6, 0].entries()) {
    const node = `item-${n % 3}`
    await bed.until(async () =>
      (await phases((await bed.settle(pinnace.get(openRuns(bed)[0]!.id)))!))[node] === "Running"
    )
    await bed.quiet()
    await bed.settle(run.signal(node, value))
  }
  expect(await bed.settle(run.result())).toBe(21)
  await bed.ended(run)
  const rows = [...bed.disk.runs.values()].map(({ id, labels, origin, phase, priority, reason }) => ({
    id,
    labels,
    origin,
    phase,
    priority,
    reason
  }))
  const kept = { labels: { team: "a" }, priority: 3, phase: "Succeeded" }
  expect(rows).toEqual([
    { ...kept, id: "sum", origin: null, reason: "Continued" },
    { ...kept, id: "sum~2", origin: "sum", reason: "Continued" },
    { ...kept, id: "sum~3", origin: "sum~2", reason: null }
  ])
  expect((await bed.rejection(run.retry())).message).toContain('it goes on in run "sum~2": retry that one')
})

test("X3 X4 At whichever commit the process dies there is one open run, and each value is read once", async () => {
  const signals = async (bed: TestBed, run: { signal: (node: string, value: number) => Promise<unknown> }) => {
    for (const n of [0, 1, 2]) await bed.settle(run.signal(`item-${n}`, n + 1)).catch(() => {})
  }
  const straight = new TestBed()
  const first = straight.open({ workflows: [adder] })
  await signals(straight, await straight.settle(first.start(adder, { sum: 0 }, { id: "sum" })))
  await straight.until(() => straight.disk.runs.size === 2)
  await straight.quiet()
  for (let at = 2; at <= straight.disk.groups; at++) {
    for (const when of ["before", "after"] as const) {
      const bed = new TestBed()
      let open = 0
      const one = bed.open({ workflows: [adder] })
      const run = await bed.settle(one.start(adder, { sum: 0 }, { id: "sum" }))
      bed.disk.fault = ({ group }) => {
        open = Math.max(open, openRuns(bed).length)
        return group === at ? { what: "kill", when } : undefined
      }
      const sent = signals(bed, run)
      await bed.until(() => bed.isDead(one) || bed.disk.runs.size === 2)
      bed.disk.fault = undefined
      bed.crash(one)
      void sent
      const again = (await bed.settle(bed.open({ workflows: [adder] }).get("sum")))!
      // Whoever was not answered asks again: the same value for the same wait counts once.
      for (const n of [0, 1, 2]) {
        if (bed.disk.runs.size === 1) await bed.settle(again.signal(`item-${n}`, n + 1)).catch(() => {})
      }
      await bed.until(() => bed.disk.runs.size === 2)
      await bed.quiet()
      expect(openRuns(bed).map(({ id }) => id)).toEqual(["sum~2"])
      expect(open).toBeLessThanOrEqual(1)
      await bed.settle(again.signal("item-0", 0))
      expect(await bed.settle(again.result())).toBe(6)
      await bed.ended(again)
    }
  }
})

test("X4 Values that nobody has read are carried over: none is lost, none is read twice", async () => {
  const bed = new TestBed()
  const hopping = flow("hopping", { input: Schema.Number, output: Schema.Number }, async (n, f) => {
    if (n < 3) {
      await f.sleep("nap", "1 hour")
      f.continueAs(n + 1)
    }
    return await f.receive(item) + n
  })
  const pinnace = bed.open({ workflows: [hopping] })
  const run = await bed.settle(pinnace.start(hopping, 0, { id: "hop" }))
  await bed.until(async () => (await phases(run))["nap"] === "Running")
  await bed.settle(run.signal("item", 40))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(43)
  const links = await Promise.all(["hop", "hop~2", "hop~3", "hop~4"].map((id) => bed.settle(pinnace.get(id))))
  expect(await Promise.all(links.map(async (link) => (await phases(link!))["item"]))).toEqual([
    "Omitted",
    "Omitted",
    "Omitted",
    "Succeeded"
  ])
  for (const link of links) expect(bed.violations(link!)).toEqual([])
})

test("Exit handlers run when the chain ends; a stop is how a link ends, although it wanted to go on", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const looping = flow("looping", {
    input: Schema.Number,
    onExit: ({ outcome, run }) => void seen.push(`${run} ${outcome.phase}`)
  }, async (n, f) => {
    await f.sleep("nap", "1 hour").catch(() => {})
    if (n === 2) return
    f.continueAs(n + 1)
  })
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(looping, 0, { id: "loop" }))
  await bed.ended(run)
  expect(seen).toEqual(["loop~3 Succeeded"])
  const other = await bed.settle(pinnace.start(looping, 0, { id: "other" }))
  await bed.until(() => openRuns(bed).some(({ id }) => id === "other~2"))
  await bed.until(async () => (await phases((await bed.settle(pinnace.get("other~2")))!))["nap"] === "Running")
  await bed.settle(other.stop())
  expect(await bed.ended(other)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(seen.at(-1)).toBe("other~2 Failed")
})

test("What a flow continues as is checked; a flow that is a node cannot; what catches it changes nothing", async () => {
  const bed = new TestBed()
  const told: Array<string> = []
  const caught = flow("caught", { input: Schema.Number, output: Schema.Number }, async (n, f) => {
    if (n > 0) return n
    try {
      f.continueAs("x" as never)
    } catch (error) {
      told.push((error as Error).message)
    }
    try {
      f.continueAs(7)
    } catch {
      await f.step("late", () => 1).catch(({ message }) => told.push(message))
    }
    return 5
  })
  const { run } = await bed.play(caught, 0)
  expect(await bed.settle(run.result())).toBe(7)
  expect(told).toEqual([
    expect.stringContaining("Expected number"),
    'Cannot start "late": the attempt that starts it is over'
  ])
  const inner = flow("inner", { input: Schema.Number }, (n, f) => Promise.resolve(f.continueAs(n)))
  const outer = workflow("outer", {}, (w) => w.node("inner", inner, { input: 1 as never }))
  const nested = await bed.settle(bed.open().start(outer))
  expect(await bed.ended(nested)).toMatchObject({
    phase: "Error",
    message: expect.stringContaining("this flow is a node")
  })
})

test("A flow can see that it comes near to the limit of nodes", async () => {
  const bed = new TestBed()
  const many = flow("many", { output: Schema.Number }, async (_, f) => {
    for (let n = 0;; n++) {
      if (f.shouldContinue) return n
      await f.step(`n${n}`, () => Effect.void)
    }
  })
  const { run } = await bed.play(many, undefined, bed.open({ limits: { nodes: 20 } }))
  expect(await bed.settle(run.result())).toBe(16)
})

test("P8 The key of a singleton is that of the run that has gone on, however often it has", async () => {
  for (const taken of ["return", "refuse", "queue"] as const) {
    const bed = new TestBed()
    const looping = flow("looping", { input: Schema.Number, start: { singleton: { taken } } }, async (n, f) => {
      await f.receive("next")
      return n === 2 ? undefined : f.continueAs(n + 1)
    })
    const pinnace = bed.open({ workflows: [looping] })
    const run = await bed.settle(pinnace.start(looping, 0, { id: "loop" }))
    for (const id of ["loop", "loop~2"]) {
      await bed.until(async () => (await bed.settle(pinnace.get(id))) !== undefined)
      const link = (await bed.settle(pinnace.get(id)))!
      await bed.until(async () => (await phases(link))["next"] === "Running")
      await bed.quiet()
      await bed.settle(link.signal("next"))
    }
    await bed.until(async () => (await bed.settle(pinnace.get("loop~3"))) !== undefined)
    await bed.quiet()
    const other = await bed.settle(pinnace.start(looping, 0).then(({ id }) => id, (error: Error) => error.message))
    await bed.quiet()
    if (taken === "return") expect(other).toBe("loop~3")
    if (taken === "refuse") expect(other).toContain("run loop~3 has not ended")
    expect(openRuns(bed).map(({ phase }) => phase)).toEqual(taken === "queue" ? ["Running", "Pending"] : ["Running"])
    for (const { id } of openRuns(bed).reverse()) await bed.settle((await bed.settle(pinnace.get(id)))!.terminate())
    await bed.ended(run)
  }
})

test("X3 A chain goes on beside links that are left of an earlier one of its id, and is followed past them", async () => {
  const bed = new TestBed()
  const count = flow("count", { input: Schema.Number, output: Schema.Number }, async (n, f) => {
    const seen = await f.step("seen", () => n)
    if (n % 10 < 3) f.continueAs(n + 1)
    return seen
  })
  const pinnace = bed.open({ workflows: [count] })
  const first = await bed.settle(pinnace.start(count, 1, { id: "c" }))
  expect(await bed.settle(first.result())).toBe(3)
  await bed.settle(first.delete())
  const again = await bed.settle(pinnace.start(count, 11, { id: "c" }))
  expect(await bed.settle(again.result())).toBe(13)
  const rows = [...bed.disk.runs.values()].map(({ id, message, reason }) => [id, reason, message])
  expect(rows.toSorted()).toEqual([
    ["c", "Continued", "It goes on in run c~4"],
    ["c~2", "Continued", null],
    ["c~3", null, null],
    ["c~4", "Continued", null],
    ["c~5", null, null]
  ])
  expect((await bed.rejection(again.retry())).message).toContain('it goes on in run "c~4": retry that one')
})

test("X3 X4 A chain of hundreds of links is followed to its end by whoever waits at its first, one link after the other", async () => {
  const links = 700
  const long = flow("long", { input: Schema.Number, output: Schema.Number }, async (n, f) => {
    if (n < links) f.continueAs(n + 1)
    return await f.receive(item)
  })
  const parent = workflow(
    "parent",
    { output: Schema.Number },
    (w) => w.run("child", long, { input: () => 1, wait: true })
  )
  const bed = new TestBed()
  const pinnace = bed.open({ workflows: [parent, long] })
  const run = await bed.settle(pinnace.start(long, 1, { id: "long" }))
  await bed.settle(run.signal(item, 42))
  const above = await bed.settle(pinnace.start(parent))
  const [result, ending] = [run.result(), run.ending()]
  const last = (id: string) => [...bed.disk.runs.values()].some((row) => row.id === id && !isTerminal(row.phase))
  await bed.until(() => [...bed.disk.runs.values()].some(({ id }) => id.endsWith(`.child~${links}`) && last(id)))
  await bed.settle((await pinnace.get(`${above.id}.child`))!.signal(item, 7))
  const all = Promise.all([result, ending, above.result()])
  let isThere = false
  void all.then(() => isThere = true)
  await bed.until(() => isThere)
  expect((await all).map((it) => typeof it === "object" ? it.phase : it)).toEqual([42, "Succeeded", 7])
})
