/** Runs whose definition is gone or has changed between two lives of a process. */
import * as Effect from "effect/Effect"
import { describe, expect, it, test } from "vitest"
import { Schema, signal, task, workflow } from "../../mod.ts"
import type { Builder, HeldRun, Pinnace, RunHandle, Workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const nap = task("nap", { output: Schema.Number, run: () => Effect.as(Effect.sleep("1 minute"), 1) })
const ok = task("ok", { output: Schema.Number, run: () => 2 })

const escaped = (text: string): string => text.replace(/[^\w\s]/g, "\\$&")

const define = (build: (w: Builder<void, unknown, never, never>) => void) =>
  workflow("job", {}, (w) => void build(w as never))

const original = define((w) => {
  const a = w.node("a", nap)
  w.node("b", ok, { after: [a] })
})

/** A run of `original` that was interrupted in node `a`, then opened by a process that registers these workflows. */
const reopened = async (...workflows: ReadonlyArray<Workflow<void, unknown>>) => {
  const bed = new TestBed()
  const first = bed.open()
  const { id } = await bed.settle(first.start(original))
  await bed.until(async () => (await phases((await first.get(id))!))["a"] === "Running")
  await bed.quiet()
  bed.crash(first)
  const pinnace: Pinnace = bed.open({ workflows })
  await bed.quiet()
  return { bed, pinnace, run: (await pinnace.get(id))! }
}

test("The same definition made anew goes on with the run", async () => {
  const same = define((w) => {
    const a = w.node("a", nap)
    w.node("b", ok, { after: [a] })
  })
  const { bed, run } = await reopened(same)
  expect((await bed.ended(run)).phase).toBe("Succeeded")
})

test("Nodes that have not begun may change, come and go: the run goes on by the new graph", async () => {
  const changed = define((w) => {
    const a = w.node("a", nap)
    const c = w.node("c", ok, { after: [a] })
    w.node("d", nap, { after: [c] })
  })
  const { bed, run } = await reopened(changed)
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await phases(run)).toEqual({ a: "Succeeded", c: "Succeeded", d: "Succeeded" })
})

test("A run whose workflow nobody registers stays open, says so, and goes on when somebody does", async () => {
  const { bed, run } = await reopened()
  expect((await run.status()).phase).toBe("Running")
  expect((await run.why())[0]?.because).toContain("open the file in a process that registers its workflow")
  expect((await bed.ended((await bed.open({ workflows: [original] }).get(run.id))!)).phase).toBe("Succeeded")
})

const incompatible = define((w) => {
  const start = w.node("start", ok)
  w.node("a", ok, { after: [start] })
})

test("A definition that changed what had begun holds the run with the reason; it is left as it is and still listed", async () => {
  const { bed, pinnace, run } = await reopened(incompatible)
  const { held } = await run.status()
  expect(held).toMatch(
    /Workflow "job" changed in a way this run cannot follow: Node "a" has started with "task nap|Node "a" has started/
  )
  expect(bed.rowOf(run)).toMatchObject({ phase: "Running", owner: null })
  expect(await run.why()).toEqual([{ path: "", because: held }])
  expect((await pinnace.list()).map(({ id }) => id)).toEqual([run.id])
  expect(await phases(run)).toEqual({ a: "Running" })
  expect(bed.events(run, "RunHeld")).toHaveLength(1)
  // The way on that the reason names.
  expect(held).toContain(`pinnace resubmit ${run.id} --memoized`)
  const again = await bed.settle(run.resubmit({ memoized: true }))
  expect((await bed.ended(again)).phase).toBe("Succeeded")
})

test("Opening again and again tells the reason once", async () => {
  const { bed, run } = await reopened(incompatible)
  for (let time = 0; time < 3; time++) {
    bed.open({ workflows: [incompatible] })
    await bed.quiet()
  }
  expect(bed.events(run, "RunHeld")).toHaveLength(1)
})

test("A held run can be stopped and then deleted", async () => {
  const { bed, pinnace, run } = await reopened(incompatible)
  expect(await bed.settle(run.stop())).toMatchObject({ ok: true })
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(await phases(run)).toEqual({ a: "Failed" })
  await bed.settle(run.delete())
  expect(await pinnace.list()).toEqual([])
})

test("A held run can be terminated, and deleted by force", async () => {
  const terminated = await reopened(incompatible)
  await terminated.bed.settle(terminated.run.terminate())
  expect(await terminated.bed.ended(terminated.run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
  const deleted = await reopened(incompatible)
  await deleted.bed.settle(deleted.run.delete({ force: true }))
  expect(await deleted.pinnace.list()).toEqual([])
})

test("A held run goes on when the old definition comes back", async () => {
  const { bed, run } = await reopened(incompatible)
  bed.open({ workflows: [original] })
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect((await run.status()).held).toBeUndefined()
})

test("An input that the new definition cannot read holds the run with the reason", async () => {
  const bed = new TestBed()
  const first = bed.open()
  const before = workflow("job", { input: { n: Schema.Number } }, (w) => void w.node("a", nap))
  const { id } = await bed.settle(first.start(before, { n: 1 }))
  await bed.until(async () => (await phases((await first.get(id))!))["a"] === "Running")
  bed.crash(first)
  const after = workflow("job", { input: { text: Schema.String } }, (w) => void w.node("a", nap))
  const run = (await bed.open({ workflows: [after] }).get(id))!
  await bed.quiet()
  expect((await run.status()).held).toContain("cannot go on with this run")
})

test("The result of an ended run is read without its definition too, as plain JSON", async () => {
  const bed = new TestBed()
  const dated = workflow(
    "dated",
    {},
    (w) => w.node("date", task("date", { output: Schema.Date, run: () => new Date(5) }))
  )
  const { run } = await bed.play(dated)
  const plain = (await bed.open().get(run.id))!
  expect(await bed.settle(plain.result())).toBe(new Date(5).toISOString())
  const typed = (await bed.open({ workflows: [dated] }).get(run.id))!
  expect(await bed.settle(typed.result())).toEqual(new Date(5))
})

describe("A run that does not go on", () => {
  const waiting = (w: Builder<void, unknown, never, never>) => {
    w.node("a", nap)
    w.suspend("answer")
  }
  /** Such a run, of which `a` was cut off and `answer` waits, in a process that knows this definition or none. */
  const stopped = async (definition?: ReturnType<typeof define>) => {
    const bed = new TestBed()
    const first = bed.open()
    const { id } = await bed.settle(first.start(define(waiting)))
    await bed.until(async () => (await phases((await first.get(id))!))["answer"] === "Running")
    bed.crash(first)
    const pinnace = bed.open(definition === undefined ? {} : { workflows: [definition] })
    await bed.quiet()
    return { bed, run: (await pinnace.get(id))! }
  }
  const verbs = {
    resume: (run: RunHandle) => run.resume(),
    retry: (run: RunHandle) => run.retry(),
    "signal of what does not wait": (run: RunHandle) => run.signal("a")
  }

  it.each(Object.entries(verbs))("says the same reason to %s when it is held", async (_, act) => {
    const { bed, run } = await stopped(incompatible)
    expect((await bed.rejection(act(run))).message).toMatch(
      new RegExp(`^Cannot \\w+ run ${run.id}, which is held: ${escaped((await run.status()).held!)}$`)
    )
  })

  it("takes no value of a signal when it is held", async () => {
    const { bed, run } = await stopped(incompatible)
    expect((await bed.rejection(run.signal("answer"))).message).toContain(
      `, which is held: ${(await run.status()).held}`
    )
    expect((await run.nodes()).find(({ path }) => path === "answer")).toMatchObject({ waiting: "Signal" })
  })

  it.each(Object.entries(verbs))("says the same reason to %s when nobody knows its workflow", async (_, act) => {
    const { bed, run } = await stopped()
    expect((await bed.rejection(act(run))).message).toMatch(
      new RegExp(`^Cannot \\w+ run ${run.id}, which no process executes: Workflow "job" is not registered`)
    )
  })

  it("is not answered with nothing where its node asks for a value", async () => {
    const bed = new TestBed()
    const first = bed.open()
    const review = signal("review", { approved: Schema.Boolean, note: Schema.optional(Schema.String) })
    const one = workflow("reviewed", {}, (w) => {
      w.suspend(review)
      w.suspend("either", { output: Schema.NullOr(Schema.String) })
    })
    const { id } = await bed.settle(first.start(one))
    await bed.until(async () => (await phases((await first.get(id))!))["either"] === "Running")
    await bed.quiet()
    bed.crash(first)
    const run = (await bed.open().get(id))!
    expect((await bed.rejection(run.approve("review"))).message).toMatch(
      /without a value: it waits for \{ approved: boolean, note\?: .*\}, such as \{"approved":true\}$/
    )
    expect((await bed.settle(run.approve("either"))).ok).toBe(true)
    expect((await bed.settle(run.signal("review", { approved: true }))).ok).toBe(true)
  })

  it("is told at open, with the reason", async () => {
    const { bed, run } = await stopped()
    const told: Array<HeldRun> = []
    bed.open({ workflows: [incompatible], onHeld: (held) => void told.push(held) })
    await bed.quiet()
    expect(told).toEqual([{ run: run.id, workflow: "job", because: (await run.status()).held }])
  })
})
