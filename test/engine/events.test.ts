import * as Effect from "effect/Effect"
import { expect, onTestFinished, test } from "vitest"
import { open, Schema, task, workflow } from "../../mod.ts"
import type { Recorded, RunHandle } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const ok = task("ok", { run: () => 1 })
const nap = task("nap", { run: () => Effect.sleep("1 minute") })
const chain = workflow("chain", {}, (w) => {
  const a = w.node("a", nap)
  w.node("b", nap, { after: [a] })
})

const collect = async (run: RunHandle<unknown>, after?: number): Promise<Array<Recorded>> => {
  const all = []
  for await (const event of run.events(after)) all.push(event)
  return all
}

const told = (events: ReadonlyArray<Recorded>) =>
  events.map(({ event, seq }) => `${seq} ${event.type}${"path" in event ? ` ${event.path}` : ""}`)

test("A simple run is told in this order, with consecutive numbers, the run's id and the time of each event", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const { run } = await bed.play(chain)
  const events = await bed.settle(collect(run))
  expect(told(events)).toEqual([
    "1 RunCreated",
    "2 RunStarted",
    "3 NodeStarted a",
    "4 NodeFinished a",
    "5 NodeStarted b",
    "6 NodeFinished b",
    "7 RunFinished"
  ])
  expect(events.map(({ at }) => at - begin)).toEqual([0, 0, 0, 60_000, 60_000, 120_000, 120_000])
  expect(new Set(events.map(({ run }) => run))).toEqual(new Set([run.id]))
})

test("Events can be followed live from any number, and end with the run", async () => {
  const bed = new TestBed()
  const run = await bed.settle(bed.open().start(chain))
  await bed.until(async () => (await phases(run))["a"] === "Running")
  const from = [0, 2, 3].map((after) => collect(run, after))
  const all = await bed.settle(Promise.all(from))
  expect(all[0]!.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(all[1]).toEqual(all[0]!.slice(2))
  expect(all[2]).toEqual(all[0]!.slice(3))
  expect(told(await bed.settle(collect(run, 7)))).toEqual([])
})

test("An event is told as soon as it is recorded, not only at the end", async () => {
  const bed = new TestBed()
  const run = await bed.settle(bed.open().start(chain))
  const seen: Array<string> = []
  const following = (async () => {
    for await (const { event } of run.events()) seen.push(event.type)
  })()
  await bed.until(() => seen.includes("NodeFinished"))
  expect((await run.status()).phase).toBe("Running")
  await bed.settle(following)
})

test("A slow consumer misses nothing and gets everything in order, while the run goes on without it (OB-02)", async () => {
  const pinnace = await open(":memory:")
  onTestFinished(() => pinnace.close())
  const items = Array.from({ length: 1_500 }, (_, index) => index)
  const echo = task("echo", { input: Schema.Number, run: (n) => n })
  const run = await pinnace.start(workflow("wide", {}, (w) => w.map("m", items, echo, (n) => n, { concurrency: 50 })))
  const slow = (async () => {
    const seqs: Array<number> = []
    for await (const { seq } of run.events()) {
      if (seq % 100 === 0) { for (let turn = 0; turn < 20; turn++) await new Promise((resume) => setImmediate(resume)) }
      seqs.push(seq)
    }
    return seqs
  })()
  await run.result()
  const seqs = await slow
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1))
  expect(seqs.length).toBe(3 + 2 + 2 * items.length)
})

test("A consumer that stops early leaves nothing behind", async () => {
  const bed = new TestBed()
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(chain))
  const first = (async () => {
    for await (const event of run.events()) return event.seq
    return 0
  })()
  expect(await bed.settle(first)).toBe(1)
  await bed.ended(run)
  await bed.settle(pinnace.close())
})

test("A retry goes on in the same numbering; who begins after the first end sees the second", async () => {
  const bed = new TestBed()
  let broken = true
  const flaky = task("flaky", { run: () => broken ? Effect.die("no") : Effect.succeed(1) })
  const { run } = await bed.play(workflow("flaky", {}, (w) => w.node("flaky", flaky)))
  const last = bed.events(run).length
  broken = false
  await bed.settle(run.retry())
  const second = await bed.settle(collect(run, last))
  expect(second[0]).toMatchObject({ seq: last + 1, event: { type: "RunRetried", epoch: 2, reset: ["flaky"] } })
  expect(second.at(-1)?.event).toMatchObject({ type: "RunFinished", ending: { phase: "Succeeded" } })
})

test("Inputs and outputs are in the events as JSON, by the schema", async () => {
  const bed = new TestBed()
  const dated = task("dated", { input: Schema.Date, output: { at: Schema.Date }, run: (at) => ({ at }) })
  const { run } = await bed.play(
    workflow("dated", { input: Schema.Date }, (w) => w.node("d", dated, { input: w.input })),
    new Date(7)
  )
  const iso = new Date(7).toISOString()
  expect(bed.events(run, "RunCreated")).toMatchObject([{ input: iso, workflow: "dated" }])
  expect(bed.events(run, "NodeStarted")).toMatchObject([{ input: iso, kind: "task" }])
  expect(bed.events(run, "NodeFinished")).toMatchObject([{ ending: { phase: "Succeeded", output: { at: iso } } }])
  expect(bed.events(run, "RunFinished")).toMatchObject([{ ending: { output: { at: iso } } }])
})

test("nodes() lists nodes in the order they began, with values only when they are asked for", async () => {
  const bed = new TestBed()
  const double = task("double", { input: Schema.Number, output: Schema.Number, run: (n) => n * 2 })
  const { run } = await bed.play(workflow("two", {}, (w) => {
    const z = w.node("z", double, { input: 1 })
    const a = w.node("a", double, { input: z })
    w.node("skipped", ok, { after: [a], when: () => false })
  }))
  expect((await run.nodes()).map(({ path }) => path)).toEqual(["z", "a", "skipped"])
  expect((await run.nodes())[0]).not.toHaveProperty("output")
  expect((await run.nodes({ values: true })).map(({ input, output }) => [input, output])).toEqual([[1, 2], [2, 4], [
    undefined,
    undefined
  ]])
})
