import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Schema, signal, task, workflow } from "../../mod.ts"
import type { RunHandle } from "../../mod.ts"
import { instantText } from "../../src/run/instant.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const show = task("show", { input: Schema.Unknown, output: Schema.Unknown, run: (given) => given })
const decision = signal("decision", { yes: Schema.Boolean, at: Schema.Date })

const asking = workflow(
  "asking",
  {},
  (w) => w.node("show", show, { needs: { d: w.suspend(decision) }, input: ({ d }) => [d.yes, d.at.getTime()] })
)

const waiting = (bed: TestBed, run: RunHandle<unknown>, path: string) =>
  bed.until(async () => (await run.nodes()).some((node) => node.path === path && node.waiting !== undefined))

test("A suspended node waits for its signal; the value is decoded for its readers", async () => {
  const bed = new TestBed()
  const run = await bed.settle(bed.open().start(asking))
  await waiting(bed, run, "decision")
  expect(await nodeOf(run, "decision")).toMatchObject({ kind: "suspend", phase: "Running", waiting: "Signal" })
  expect(await run.why("decision")).toEqual([{
    path: "decision",
    because: "it waits for a signal with { yes: boolean, at: string }"
  }])
  const answer = await bed.settle(run.signal("decision", { yes: true, at: new Date(5).toISOString() }))
  expect(answer).toEqual({ ok: true, message: 'Node "decision" got its value' })
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await bed.settle(run.result())).toEqual([true, 5])
})

test("A value that does not match the schema is refused and says why; the node waits on", async () => {
  const bed = new TestBed()
  const run = await bed.settle(bed.open().start(asking))
  await waiting(bed, run, "decision")
  const refused = await bed.rejection(run.signal("decision", { yes: "maybe", at: new Date(5).toISOString() }))
  expect(refused).toMatchObject({
    _tag: "Refused",
    verb: "signal",
    message: expect.stringMatching(/"decision" does not match its schema.*yes.*It waits for /s)
  })
  expect(await nodeOf(run, "decision")).toMatchObject({ phase: "Running", waiting: "Signal" })
  expect(bed.events(run, "NodeSignalled")).toEqual([])
})

test("A signal for a node that does not wait is refused", async () => {
  const bed = new TestBed()
  const one = workflow("late", {}, (w) => {
    const a = w.node("a", task("a", { run: () => Effect.sleep("1 minute") }))
    w.suspend("ask", { after: [a] })
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () => (await phases(run))["a"] === "Running")
  expect((await bed.rejection(run.signal("a"))).message).toBe(
    `Cannot signal run ${run.id}: node "a" is not waiting for a signal`
  )
  await waiting(bed, run, "ask")
  await bed.settle(run.approve("ask"))
  await bed.ended(run)
  expect((await nodeOf(run, "ask")).output).toBe(null)
})

test("The same signal twice is answered twice; another value is refused, the first one stays", async () => {
  const bed = new TestBed()
  const one = workflow("twice", {}, (w) => {
    const a = w.suspend("ask", { output: Schema.Number })
    return w.node("slow", task("slow", { input: Schema.Number, run: (n) => Effect.as(Effect.sleep("1 minute"), n) }), {
      input: a
    })
  })
  const run = await bed.settle(bed.open().start(one))
  await waiting(bed, run, "ask")
  const answers = await bed.settle(Promise.allSettled([run.signal("ask", 1), run.signal("ask", 2)]))
  expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
  const first = answers[0].status === "fulfilled" ? 1 : 2
  await bed.until(async () => (await phases(run))["slow"] === "Running")
  expect((await bed.settle(run.signal("ask", first))).message).toBe('Node "ask" has its value already')
  expect((await bed.rejection(run.signal("ask", 3))).message).toBe(
    `Cannot signal run ${run.id}: node "ask" has another value already`
  )
  await bed.ended(run)
  expect((await bed.rejection(run.signal("ask", 3))).message).toContain("another value")
  expect(await bed.settle(run.result())).toBe(first)
  expect(bed.events(run, "NodeSignalled")).toHaveLength(1)
})

test("A wait with a time ends by itself with its default, or early with a signal; it holds across a crash", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const one = workflow("timed", {}, (w) => ({
    out: w.suspend("out", { output: Schema.Number, duration: "1 hour", default: 7 }),
    none: w.suspend("none", { output: Schema.Number, duration: "1 hour" }),
    early: w.suspend("early", { output: Schema.Number, duration: "1 hour", default: 7 })
  }))
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await waiting(bed, (await first.get(id))!, "early")
  await bed.quiet()
  bed.crash(first)
  bed.elapse(600_000)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.quiet()
  await bed.settle(run.signal("early", 1))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toEqual({ out: 7, none: undefined, early: 1 })
  expect(bed.now - begin).toBe(3_600_000)
})

test("A sleep waits its time, durably", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const one = workflow("sleepy", {}, (w) => void w.sleep("nap", "1 hour"))
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await waiting(bed, (await first.get(id))!, "nap")
  await bed.quiet()
  expect((await (await first.get(id))!.why("nap"))[0]?.because).toBe(
    `it waits until ${instantText(begin + 3_600_000, begin)}`
  )
  bed.crash(first)
  bed.elapse(1_800_000)
  await bed.ended((await bed.open({ workflows: [one] }).get(id))!)
  expect(bed.now - begin).toBe(3_600_000)
})

test("A signal that was recorded is not lost when the process dies right after it", async () => {
  const bed = new TestBed()
  const first = bed.open({ workflows: [asking] })
  const run = await bed.settle(first.start(asking))
  await waiting(bed, run, "decision")
  void run.signal("decision", { yes: false, at: new Date(6).toISOString() })
  await bed.until(() => bed.events(run, "NodeSignalled").length === 1)
  bed.crash(first)
  const again = (await bed.open({ workflows: [asking] }).get(run.id))!
  await bed.ended(again)
  expect(await bed.settle(again.result())).toEqual([false, 6])
})

for (const suspended of [false, true]) {
  test(`A signal sent the moment a ${suspended ? "suspended " : ""}run is taken over reaches the node that waited before`, async () => {
    const bed = new TestBed()
    const one = workflow("asks", {}, (w) => w.suspend("ask", { output: Schema.Number }))
    const first = bed.open({ workflows: [one] })
    const { id } = await bed.settle(first.start(one))
    await waiting(bed, (await first.get(id))!, "ask")
    if (suspended) await bed.settle((await first.get(id))!.suspend())
    await bed.quiet()
    bed.crash(first)
    const run = (await bed.open({ workflows: [one] }).get(id))!
    expect(await bed.settle(run.signal("ask", 4))).toEqual({ ok: true, message: 'Node "ask" got its value' })
    if (suspended) await bed.settle(run.resume())
    await bed.ended(run)
    expect(await bed.settle(run.result())).toBe(4)
  })
}

test("Nodes that wait in nested workflows are signalled by their path", async () => {
  const bed = new TestBed()
  const inner = workflow("inner", {}, (w) => w.suspend("ask", { output: Schema.String }))
  const run = await bed.settle(bed.open().start(workflow("outer", {}, (w) => w.node("sub", inner))))
  await waiting(bed, run, "sub/ask")
  await bed.settle(run.signal("sub/ask", "hello"))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe("hello")
})

test("A waiting node takes no slot", async () => {
  const bed = new TestBed()
  const one = workflow("slots", {}, (w) => {
    w.suspend("ask")
    w.node("work", task("work", { run: () => 1 }))
  })
  const run = await bed.settle(bed.open({ parallelism: 1 }).start(one))
  await bed.until(async () => (await phases(run))["work"] === "Succeeded")
  await bed.quiet()
  expect((await nodeOf(run, "ask")).phase).toBe("Running")
})

test("A signal that arrives again when its run has ended is told that the node has its value; others are refused", async () => {
  const bed = new TestBed()
  const run = await bed.settle(bed.open({ workflows: [asking] }).start(asking))
  await waiting(bed, run, "decision")
  const value = { yes: true, at: new Date(5).toISOString() }
  await bed.settle(run.signal("decision", value))
  await bed.ended(run)
  const other = (await bed.open().get(run.id))!
  for (const handle of [run, other]) {
    expect(await bed.settle(handle.signal("decision", value))).toMatchObject({
      ok: true,
      message: 'Node "decision" has its value already'
    })
    expect(await bed.rejection(handle.signal("show", 1))).toMatchObject({ _tag: "Refused" })
  }
})

test("A signal is sent with a value of its type, and a run is got with the types of its workflow", async () => {
  const bed = new TestBed()
  const due = signal("due", Schema.Date)
  const waits = workflow(
    "waits",
    { input: { order: Schema.Struct({ by: Schema.Struct({ name: Schema.String }) }) } },
    (w) => ({
      due: w.suspend(due),
      name: w.input.order.by.name
    })
  )
  const other = workflow("other", {}, (w) => void w.suspend("x"))
  const pinnace = bed.open()
  const { id } = await bed.settle(pinnace.start(waits, { order: { by: { name: "Ada" } } }))
  const run = (await pinnace.get(waits, id))!
  await bed.until(async () => (await run.nodes())[0]?.phase === "Running")
  await bed.quiet()
  await bed.settle(run.signal(due, new Date(0)))
  const { due: at, name } = await bed.settle(run.result())
  expect([at.getTime(), name]).toEqual([0, "Ada"])
  await expect(pinnace.get(other, id)).rejects.toThrow('a run of "waits", not of "other"')
})
