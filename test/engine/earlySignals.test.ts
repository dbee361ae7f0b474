/**
 * Values for nodes that do not wait yet: they are kept, across crashes and retries, are how the wait ends, and what
 * nobody reads is told of at the end of the run.
 */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { flow, Schema, signal, task, workflow } from "../../mod.ts"
import { EARLY_MAX } from "../../src/run/early.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

const answer = signal("answer", Schema.Number)
const slow = task("slow", { run: () => Effect.sleep("1 minute") })
const asking = workflow("asking", {}, (w) => w.suspend(answer, { after: [w.node("slow", slow)] }))

const begun = async (bed: TestBed, one: typeof asking = asking) => {
  const pinnace = bed.open({ workflows: [one] })
  const run = await bed.settle(pinnace.start(one))
  await bed.until(async () => (await phases(run))["slow"] === "Running")
  return { pinnace, run }
}

test("A value for a node that does not wait yet is kept, and is how its wait ends", async () => {
  const bed = new TestBed()
  const { run } = await begun(bed)
  expect((await bed.settle(run.signal(answer, 42))).message).toBe(
    'Node "answer" does not wait yet; the value is kept for it'
  )
  expect(await nodeOf(run, "answer")).toMatchObject({ kind: "suspend", phase: "Pending" })
  expect((await bed.settle(run.signal(answer, 42))).message).toBe('Node "answer" has its value already')
  expect((await bed.rejection(run.signal(answer, 43))).message).toContain("has another value already")
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(42)
  expect(bed.events(run, "NodeWaiting")).toEqual([])
  expect(bed.events(run, "NodeSignalled")).toHaveLength(1)
})

test("It is kept across a crash, and by a process that comes later", async () => {
  const bed = new TestBed()
  const { pinnace, run } = await begun(bed)
  await bed.settle(run.signal(answer, 7))
  bed.crash(pinnace)
  const later = (await bed.settle(bed.open({ workflows: [asking] }).get(run.id)))!
  expect(await bed.settle(later.result())).toBe(7)
  await bed.ended(later)
})

test("Before a node begins, its value is checked; a node that never waits, or that there is not, gets none", async () => {
  const bed = new TestBed()
  const { run } = await begun(bed)
  const why = async (path: string, value?: unknown) => (await bed.rejection(run.signal(path, value as never))).message
  expect(await why("answer", "no")).toMatch(/^Cannot signal run \S+: The value for node "answer" does not match/)
  expect(await why("slow", 1)).toBe(`Cannot signal run ${run.id}: node "slow" is not waiting for a signal`)
  expect(await why("anser", 1)).toBe(
    `Cannot signal run ${run.id}: there is no node "anser"; did you mean "answer"?`
  )
  expect(bed.events(run, "NodeSignalled")).toEqual([])
})

test("What nobody came to read is Omitted at the end; a retry of the run reads it", async () => {
  const bed = new TestBed()
  let fails = true
  const shaky = task("slow", {
    run: () => Effect.andThen(Effect.sleep("1 minute"), Effect.suspend(() => fails ? Effect.die("no") : Effect.void))
  })
  const one = workflow("asking", {}, (w) => w.suspend(answer, { after: [w.node("slow", shaky)] }))
  const { run } = await begun(bed, one)
  await bed.settle(run.signal(answer, 5))
  await bed.ended(run)
  expect(await nodeOf(run, "answer")).toMatchObject({ phase: "Omitted" })
  fails = false
  await bed.settle(run.retry())
  await bed.ended(run)
  expect(await phases(run)).toMatchObject({ slow: "Succeeded", answer: "Succeeded" })
  expect(await bed.settle(run.result())).toBe(5)
})

test("Of what a body asks for, the schema is known once it waits: a value that does not fit is refused then", async () => {
  const bed = new TestBed()
  const inner = workflow("inner", {}, (w) => w.suspend(answer))
  const outer = workflow("outer", {}, (w) =>
    w.node(
      "slow",
      task("slow", {
        output: Schema.Number,
        run: (_, { effect }) => Effect.orDie(Effect.andThen(Effect.sleep("1 minute"), effect("inner", inner)))
      })
    ))
  const { run } = await begun(bed, outer as never)
  await bed.settle(run.signal("slow/inner/answer", "ten"))
  await bed.until(async () => (await nodeOf(run, "slow/inner/answer")).waiting === "Signal")
  expect(bed.events(run, "NodeWaiting")).toMatchObject([{ refused: expect.stringContaining("does not match") }])
  expect((await bed.rejection(run.signal("slow/inner/answer", "no"))).message).toContain("does not match its schema")
  await bed.settle(run.signal("slow/inner/answer", 10))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(10)
})

test("At whichever instant a value comes that does not fit, a flow waits on", async () => {
  const asks = flow("asks", { output: Schema.Number }, (_, f) => f.receive(answer))
  for (let seed = 1; seed <= 25; seed++) {
    const bed = new TestBed(seed)
    const pinnace = bed.open()
    const run = await bed.settle(pinnace.start(asks))
    run.signal("answer", "ten").catch(() => {})
    await bed.quiet()
    expect(await phases(run)).toEqual({ answer: "Running" })
    await bed.settle(run.terminate())
  }
})

test("A run keeps so many values, together no larger than one payload, and no more", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ workflows: [asking], limits: { payload: 100_000 } })
  const run = await bed.settle(pinnace.start(asking))
  await bed.until(async () => (await phases(run))["slow"] === "Running")
  await bed.settle(run.signal("slow/a", "x".repeat(60_000)))
  expect((await bed.rejection(run.signal("slow/b", "x".repeat(60_000)))).message).toContain("raise limits.payload")
  await bed.settle(Promise.all(Array.from({ length: EARLY_MAX - 1 }, (_, n) => run.signal(`slow/n${n}`, n))))
  expect((await bed.rejection(run.signal("slow/one-more", 1))).message).toContain(`it keeps ${EARLY_MAX} values`)
  await bed.settle(run.signal("slow/n7", 7))
  await bed.settle(run.terminate())
  await bed.ended(run)
})

test("N16 A value that is kept is how the wait ends, also where a stop comes while its beginning is on its way", async () => {
  const endings: Array<string> = []
  // In some of these orders the stop comes between the beginning of the node and the moment at which that is durable.
  for (let order = 0; order < 200; order++) {
    const bed = new TestBed(1 + order % 40)
    const { run } = await begun(bed)
    await bed.settle(run.signal(answer, 42))
    bed.ring()
    bed.steps(Math.floor(order / 40))
    const stopped = bed.settle(run.stop()).then(() => true, () => false)
    await bed.ended(run)
    if (await stopped) endings.push((await nodeOf(run, "answer")).phase)
  }
  expect(endings).toContain("Succeeded")
})
