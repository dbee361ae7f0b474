/** Runs that nodes of other runs start, wait for and end. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { flow, Schema, signal, task, workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const go = signal("go", Schema.Number)
class Unpaid extends Schema.TaggedError<Unpaid>()("Unpaid", { sum: Schema.Number }) {}

const invoice = flow(
  "invoice",
  { input: { id: Schema.String }, output: Schema.Number, errors: [Unpaid] },
  async (_, f) => {
    const sum = await f.receive(go)
    if (sum < 0) throw new Unpaid({ sum })
    return sum
  }
)

const childOf = (run: { readonly id: string }, node = "invoice") => `${run.id}.${node}`

const order = workflow("order", {}, (w) => {
  const paid = w.run("invoice", invoice, { input: { id: "a" } })
  return w.node("double", task("double", { input: Schema.Number, output: Schema.Number, run: (n) => n * 2 }), {
    input: paid
  })
})

test("A node starts a run of its own, waits for it without a slot, and gives its output", async () => {
  const bed = new TestBed()
  const pinnace = bed.open({ parallelism: 1 })
  const run = await bed.settle(pinnace.start(order))
  await bed.until(async () => (await bed.settle(pinnace.get(childOf(run)))) !== undefined)
  const child = (await bed.settle(pinnace.get(childOf(run))))!
  await bed.until(async () => (await phases(child))["go"] === "Running")
  await bed.quiet()
  expect(await run.why()).toEqual([{ path: "invoice", because: `it waits for run "${child.id}"` }])
  expect((await child.status()).labels).toMatchObject({ "pinnace/parent": run.id, "pinnace/parent-node": "invoice" })
  await bed.settle(child.signal("go", 21))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(42)
  await bed.ended(child)
})

test("X1 A run is started exactly once, at whichever commit the process dies", async () => {
  const quick = workflow(
    "quick",
    { input: Schema.Number },
    (w) =>
      w.node("n", task("n", { input: Schema.Number, output: Schema.Number, run: (n) => n + 1 }), { input: w.input })
  )
  const parent = flow("parent", { output: Schema.Number }, async (_, f) => {
    const child = await f.startRun("child", quick, 1)
    return await f.step("own", () => 10) + await child.result()
  })
  const straight = new TestBed()
  await straight.play(parent)
  for (let at = 2; at <= straight.disk.groups; at++) {
    for (const when of ["before", "after"] as const) {
      const bed = new TestBed()
      const first = bed.open({ workflows: [parent, quick] })
      const { id } = await bed.settle(first.start(parent))
      bed.disk.fault = ({ group }) => group === at ? { what: "kill", when } : undefined
      await bed.until(() => bed.isDead(first) || bed.isIdle)
      bed.disk.fault = undefined
      bed.crash(first)
      const run = (await bed.settle(bed.open({ workflows: [parent, quick] }).get(id)))!
      expect(await bed.settle(run.result())).toBe(12)
      await bed.ended(run)
      expect([...bed.disk.runs.values()].map(({ id }) => id)).toEqual([id, `${id}.child`])
    }
  }
})

test("X2 A run that is stopped stops the runs that are to end with it, before it ends; others are left", async () => {
  for (const onParentEnd of ["stop", "terminate", "leave"] as const) {
    const bed = new TestBed()
    const seen: Array<string> = []
    const worker = flow("worker", { onExit: () => void seen.push("worker") }, (_, f) => f.receive("never"))
    const parent = flow("parent", { onExit: () => void seen.push("parent") }, async (_, f) => {
      await (await f.startRun("a", worker, undefined, { onParentEnd })).result()
    })
    const pinnace = bed.open()
    const run = await bed.settle(pinnace.start(parent))
    await bed.until(async () => (await phases(run))["a.result"] === "Running")
    await bed.quiet()
    await bed.settle(run.stop())
    expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
    const child = (await bed.settle(pinnace.get(`${run.id}.a`)))!
    const row = bed.rowOf(child)
    expect([row.phase, row.reason]).toEqual(
      {
        stop: ["Failed", "Stopped"],
        terminate: ["Failed", "Terminated"],
        leave: ["Running", null]
      }[onParentEnd]
    )
    expect(seen).toEqual({ stop: ["worker", "parent"], terminate: ["parent"], leave: ["parent"] }[onParentEnd])
    if (onParentEnd === "leave") continue
    expect(row.finishedAt).toBeLessThanOrEqual(bed.rowOf(run).finishedAt)
    await bed.ended(child)
  }
})

test("A run that is not waited for ends with the run that started it, or is left alone", async () => {
  const bed = new TestBed()
  const worker = flow("worker", {}, (_, f) => f.receive("never"))
  const parent = workflow("parent", {}, (w) => ({
    tied: w.run("tied", worker, { wait: false, onParentEnd: "stop" }),
    free: w.run("free", worker, { wait: false, id: "mine" })
  }))
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(parent))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toEqual({ tied: `${run.id}.tied`, free: "mine" })
  const rows = new Map([...bed.disk.runs.values()].map((row) => [row.id, row.phase]))
  expect([rows.get(`${run.id}.tied`), rows.get("mine")]).toEqual(["Failed", "Running"])
  await bed.settle((await bed.settle(pinnace.get("mine")))!.terminate())
})

test("A terminated run terminates those that are to end with it, and waits for nothing", async () => {
  const bed = new TestBed()
  const worker = flow("worker", {}, (_, f) => f.receive("never"))
  const parent = workflow("parent", {}, (w) => w.run("tied", worker, { onParentEnd: "terminate" }))
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(parent))
  await bed.until(async () => (await phases(run))["tied"] === "Running")
  await bed.quiet()
  await bed.settle(run.terminate())
  await bed.ended(run)
  const child = (await bed.settle(pinnace.get(`${run.id}.tied`)))!
  expect(await bed.ended(child)).toMatchObject({ reason: "Terminated" })
})

test("X2 A terminated run ends those that are to end with it, at whichever commit its process dies", async () => {
  const worker = flow("worker", {}, (_, f) => f.receive("never"))
  const parent = workflow("parent", {}, (w) => w.run("tied", worker, { onParentEnd: "terminate" }))
  for (const [when, more] of [["after", 1], ["before", 2], ["after", 2], ["before", 3]] as const) {
    const bed = new TestBed()
    const first = bed.open({ workflows: [parent] })
    const run = await bed.settle(first.start(parent))
    await bed.until(async () => (await phases(run))["tied"] === "Running")
    await bed.quiet()
    const at = bed.disk.groups + more
    bed.disk.fault = ({ group }) => group === at ? { what: "kill", when } : undefined
    run.terminate().catch(() => {})
    await bed.until(() => bed.isDead(first) || bed.isIdle)
    bed.disk.fault = undefined
    bed.crash(first)
    const next = bed.open({ workflows: [parent] })
    for (const id of [run.id, `${run.id}.tied`]) {
      expect(await bed.ended((await bed.settle(next.get(id)))!)).toMatchObject({ reason: "Terminated" })
    }
  }
})

test("X2 A run that has gone on in others ends with the run that started the first one", async () => {
  const bed = new TestBed()
  const loop = flow("loop", { input: Schema.Number }, async (n, f) => {
    await f.receive("next")
    return f.continueAs(n + 1)
  })
  const parent = flow("parent", {}, async (_, f) => {
    await f.startRun("a", loop, 0, { onParentEnd: "stop" })
    await f.receive("end")
  })
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(parent))
  await bed.until(async () => (await phases(run))["end"] === "Running")
  await bed.quiet()
  await bed.settle((await bed.settle(pinnace.get(`${run.id}.a`)))!.signal("next"))
  await bed.until(async () => (await bed.settle(pinnace.get(`${run.id}.a~2`))) !== undefined)
  await bed.quiet()
  await bed.settle(run.signal("end"))
  await bed.ended(run)
  expect(await bed.ended((await bed.settle(pinnace.get(`${run.id}.a~2`)))!)).toMatchObject({ reason: "Stopped" })
})

test("X1 A run that was waited for and has been deleted is not started again", async () => {
  const bed = new TestBed()
  let ran = 0
  const child = workflow("child", {}, (w) => void w.node("n", task("n", { run: () => void ran++ })))
  const parent = workflow("parent", {}, (w) => w.run("tied", child))
  const first = bed.open({ workflows: [parent] })
  bed.disk.fault = ({ writes }) =>
    writes.some((it) => it.kind === "event" && it.row.type === "RunFinished")
      ? { what: "kill", when: "after" }
      : undefined
  const run = await bed.settle(first.start(parent))
  await bed.until(() => bed.isDead(first))
  bed.disk.fault = undefined
  bed.crash(first)
  await bed.settle((await bed.settle(bed.open().get(`${run.id}.tied`)))!.delete())
  const again = (await bed.settle(bed.open({ workflows: [parent] }).get(run.id)))!
  expect(await bed.ended(again)).toMatchObject({
    phase: "Error",
    message: `node "tied" Error: There is no run "${run.id}.tied" any more`
  })
  expect(ran).toBe(1)
})

test("A run that fails fails its node with its typed error; a retry of the node, or of its run, starts another one", async () => {
  const bed = new TestBed()
  let sum = -5
  const charge = workflow("charge", { errors: [Unpaid] }, (w) =>
    void w.node(
      "pay",
      task("pay", { errors: [Unpaid], run: () => sum < 0 ? Effect.fail(new Unpaid({ sum: sum++ })) : Effect.void })
    ))
  const parent = flow("parent", { output: Schema.Number, errors: [Unpaid] }, async (_, f) => {
    const first = await (await f.startRun("first", charge)).result().then(() => 0, (error: Unpaid) => error.sum)
    await (await f.startRun("second", charge)).result()
    return first
  })
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(parent))
  expect(await bed.rejection(run.result())).toMatchObject({ _tag: "Unpaid", sum: -4 })
  await bed.ended(run)
  sum = 1
  await bed.settle(run.retry({ nodes: ["second", "second.result"], restartSuccessful: true }))
  expect(await bed.settle(run.result())).toBe(-5)
  await bed.ended(run)
  expect([...bed.disk.runs.values()].map(({ id }) => id.replace(run.id, ""))).toEqual([
    "",
    ".first",
    ".second",
    ".second.2-1"
  ])
})

test("Another process executes the run that is waited for: its end is heard there, and the wait survives a crash", async () => {
  const bed = new TestBed()
  const one = bed.open({ workflows: [order] })
  const run = await bed.settle(one.start(order))
  await bed.until(async () => (await phases(run))["invoice"] === "Running")
  await bed.quiet()
  bed.crash(one)
  const other = bed.open({ workflows: [invoice] })
  await bed.quiet()
  const third = bed.open({ workflows: [order] })
  await bed.quiet()
  await bed.settle((await bed.settle(other.get(childOf(run))))!.signal("go", 4))
  const again = (await bed.settle(third.get(run.id)))!
  expect(await bed.settle(again.result())).toBe(8)
  await bed.ended(again)
})

test("X5 Deleting a run leaves the runs it started; a copy of a child belongs to nobody", async () => {
  const bed = new TestBed()
  const worker = flow("worker", { output: Schema.Number }, (_, f) => f.receive(go))
  const parent = workflow("parent", {}, (w) => w.run("free", worker, { wait: false }))
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(parent))
  await bed.ended(run)
  await bed.settle(run.delete())
  const child = (await bed.settle(pinnace.get(`${run.id}.free`)))!
  await bed.settle(child.signal("go", 3))
  await bed.ended(child)
  expect(await bed.settle(child.result())).toBe(3)
  const copy = await bed.settle(child.resubmit())
  expect((await copy.status()).labels).toEqual({})
  await bed.settle(copy.terminate())
})

/** The process dies at one of the next commits, in four of five seeds. */
const killSoon = (bed: TestBed, seed: number): void => {
  const at = bed.disk.groups + 1 + seed % 4
  const when = seed % 3 === 0 ? "before" : "after"
  bed.disk.fault = ({ group }) => seed % 5 > 0 && group === at ? { what: "kill", when } : undefined
}

test("X2 Whatever the end of a run races with, runs that are to end with it do, others go on, none is there twice", async () => {
  const worker = flow("worker", {}, (_, f) => f.receive("never"))
  for (let seed = 1; seed <= 90; seed++) {
    const bed = new TestBed(seed)
    const onParentEnd = (["stop", "terminate", "leave"] as const)[seed % 3]!
    const verb = seed % 2 === 0 ? "stop" : "terminate"
    const parent = workflow("parent", {}, (w) => w.run("tied", worker, { onParentEnd }))
    const workflows = [parent, worker]
    const first = bed.open({ workflows })
    const run = await bed.settle(first.start(parent))
    bed.steps(Math.floor(seed / 6))
    killSoon(bed, seed)
    run[verb]().catch(() => {})
    await bed.until(() => bed.isDead(first) || bed.isIdle)
    bed.disk.fault = undefined
    const isDead = bed.isDead(first)
    if (isDead) bed.crash(first)
    const again = (await bed.settle((isDead ? bed.open({ workflows }) : first).get(run.id)))!
    // What was asked for may have died with the process.
    again[verb]().catch(() => {})
    await bed.ended(again)
    await bed.quiet()
    const { finishedAt } = bed.rowOf(run)
    const children = [...bed.disk.runs.values()].filter(({ id }) => id !== run.id)
    const shown = `seed ${seed}: ${verb}, ${onParentEnd}`
    expect(children.length, shown).toBeLessThanOrEqual(1)
    for (const child of children) {
      expect(child.phase, shown).toBe(onParentEnd === "leave" ? "Running" : "Failed")
      if (verb === "stop") expect(child.finishedAt, shown).toBeLessThanOrEqual(finishedAt)
    }
  }
})
