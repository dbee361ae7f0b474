import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { open, Schema, task, workflow } from "../../mod.ts"
import type { RunHandle, TaskContext } from "../../mod.ts"
import { Gates, Shut } from "./Gates.ts"
import { nodeOf, phases, TestBed } from "./TestBed.ts"

/** Counts what is run, by the name in the input. */
class Counter {
  readonly calls: Array<string> = []
  readonly task = task("count", {
    input: Schema.String,
    output: Schema.String,
    run: (name) => Effect.sync(() => (this.calls.push(name), name))
  })
}

const chain = (counter: Counter, gates: Gates) =>
  workflow("chain", { input: { name: Schema.String } }, (w) => {
    const a = w.node("a", counter.task, { input: "a" })
    const b = w.node("b", counter.task, { input: w.input.name })
    const c = w.node("c", gates.task(), { needs: { a, b }, input: ({ a, b }) => a + b })
    return w.node("d", counter.task, { needs: { c }, input: ({ c }) => `d${c}` })
  })

test("Chosen nodes only: other failures stay as they are", async () => {
  const gates = new Gates()
  const one = workflow("two", {}, (w) => {
    w.node("x", gates.task(), { input: "x" })
    w.node("y", gates.task(), { input: "y" })
  })
  const { bed, run } = await new TestBed().play(one)
  gates.open("x", "y")
  await bed.settle(run.retry({ nodes: ["x"] }))
  expect((await bed.ended(run)).phase).toBe("Failed")
  expect(await phases(run)).toEqual({ x: "Succeeded", y: "Failed" })
  expect(gates.runs("x", "y")).toEqual([2, 1])
})

test("A node that the run does not have is refused by name, with the nodes there are; nothing changes", async () => {
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(
    workflow("one", {}, (w) => void w.node("x", gates.task(), { input: "x" }))
  )
  const asks = [() => run.retry({ nodes: ["y", "x"] }), () => run.planRetry({ nodes: ["y"] }), () => run.fork("y")]
  for (const ask of asks) {
    expect(await bed.rejection(ask())).toMatchObject({
      _tag: "Refused",
      message: expect.stringMatching(/no node "y".*its nodes are x/)
    })
  }
  expect(bed.rowOf(run)).toMatchObject({ phase: "Failed", epoch: 1 })
  await bed.settle(run.retry())
  await bed.ended(run)
})

test("A run that succeeded is retried only with chosen nodes and restartSuccessful; what comes after them runs too", async () => {
  const counter = new Counter()
  const gates = new Gates()
  gates.open("ab")
  const { bed, run } = await new TestBed().play(chain(counter, gates), { name: "b" })
  for (const request of [{}, { restartSuccessful: true }, { nodes: ["b"] }]) {
    expect(await bed.rejection(run.retry(request))).toMatchObject({
      _tag: "Refused",
      message: expect.stringContaining("it succeeded")
    })
  }
  await bed.settle(run.retry({ nodes: ["b"], restartSuccessful: true }))
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(counter.calls.sort()).toEqual(["a", "b", "b", "dab", "dab"])
  expect(gates.runs("ab")).toEqual([2])
})

test("A changed input runs again what reads it and what comes after; the rest is kept", async () => {
  const counter = new Counter()
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(chain(counter, gates), { name: "b" })
  gates.open("aB")
  const plan = await bed.settle(run.planRetry({ input: { name: "B" } }))
  expect(plan.reset.map(({ path }) => path)).toEqual(["b", "c", "d"])
  await bed.settle(run.retry({ input: { name: "B" } }))
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(await bed.settle(run.result())).toBe("daB")
  expect(counter.calls.sort()).toEqual(["B", "a", "b", "daB"])
})

test("A changed input that does not fit is refused and changes nothing", async () => {
  const { bed, run } = await new TestBed().play(chain(new Counter(), new Gates()), { name: "b" })
  const before = bed.events(run).length
  expect(await bed.rejection(run.retry({ input: { name: 5 } }))).toMatchObject({ _tag: "InvalidInput" })
  expect(bed.events(run)).toHaveLength(before)
  expect((await run.status()).phase).toBe("Failed")
})

test("A changed input stays the run's input: after a crash in the new epoch too", async () => {
  const bed = new TestBed()
  const counter = new Counter()
  const gates = new Gates()
  const one = workflow("late", { input: { name: Schema.String } }, (w) => {
    const first = w.node("first", gates.task(), { input: "first" })
    return w.node("read", counter.task, { input: w.input.name, after: [first] })
  })
  const first = bed.open({ workflows: [one] })
  const { run } = await bed.play(one, { name: "old" }, first)
  gates.open("first")
  await bed.settle(run.retry({ input: { name: "new" } }))
  bed.crash(first)
  expect(counter.calls).toEqual([])
  const again = (await bed.open({ workflows: [one] }).get(run.id))!
  await bed.ended(again)
  expect(await bed.settle(again.result())).toBe("new")
})

test("Two retries at once: one does it, the other is refused because the run is running", async () => {
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(
    workflow("one", {}, (w) => void w.node("x", gates.task(), { input: "x" }))
  )
  gates.open("x")
  const answers = await bed.settle(Promise.allSettled([run.retry(), run.retry()]))
  expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
  expect(answers.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { _tag: "Refused", message: `Cannot retry run ${run.id}: it is Running` }
  })
  await bed.ended(run)
  expect(gates.runs("x")).toEqual([2])
})

test("Retry works in another process than the one that ran the run, and is refused where the workflow is not registered", async () => {
  const bed = new TestBed()
  const gates = new Gates()
  const one = workflow("one", {}, (w) => w.node("x", gates.task(), { input: "x" }))
  const { run } = await bed.play(one)
  const stranger = (await bed.open().get(run.id))!
  expect(await bed.rejection(stranger.retry())).toMatchObject({
    _tag: "Refused",
    message: expect.stringContaining('"one" is not registered')
  })
  gates.open("x")
  const other = (await bed.open({ workflows: [one] }).get(run.id))!
  await bed.settle(other.retry())
  await bed.ended(other)
  expect(await bed.settle(run.result())).toBe("x")
})

test("A composite task that is retried by hand keeps the children that succeeded", async () => {
  const gates = new Gates()
  gates.open("x")
  const parent = task("parent", {
    run: (_: void, { effect }: TaskContext) =>
      Effect.gen(function* () {
        yield* effect("x", gates.task(), "x")
        yield* effect("y", gates.task(), "y")
      }).pipe(Effect.orDie)
  })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => void w.node("parent", parent)))
  expect(await phases(run)).toEqual({ parent: "Error", "parent/x": "Succeeded", "parent/y": "Failed" })
  gates.open("y")
  await bed.settle(run.retry())
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(gates.runs("x", "y")).toEqual([1, 2])
})

test("The first attempts of a run stay in its events after two retries", async () => {
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(
    workflow("one", {}, (w) => void w.node("x", gates.task(true), { input: "x" }))
  )
  await bed.settle(run.retry())
  await bed.ended(run)
  gates.open("x")
  await bed.settle(run.retry())
  await bed.ended(run)
  expect(bed.rowOf(run)).toMatchObject({ phase: "Succeeded", epoch: 3 })
  expect(bed.events(run, "AttemptFailed")).toHaveLength(2)
  expect(bed.events(run, "NodeFinished").map(({ ending }) => ending.phase)).toEqual(["Failed", "Failed", "Succeeded"])
  expect(bed.events(run, "RunFinished")).toHaveLength(3)
})

test("Resubmit starts a new run of the same definition and input, with its labels and its origin", async () => {
  const bed = new TestBed()
  const counter = new Counter()
  const gates = new Gates()
  gates.open("ab")
  const pinnace = bed.open()
  const first: RunHandle<string> = await bed.settle(
    pinnace.start(chain(counter, gates), { name: "b" }, { labels: { team: "blue" }, priority: 3 })
  )
  await bed.ended(first)
  const second = await bed.settle(first.resubmit())
  await bed.ended(second)
  expect(second.id).not.toBe(first.id)
  expect(await second.status()).toMatchObject({
    workflow: "chain",
    phase: "Succeeded",
    origin: first.id,
    labels: { team: "blue" },
    priority: 3
  })
  expect(await bed.settle(second.result())).toBe("dab")
  expect(counter.calls).toHaveLength(6)
})

test("A memoized resubmit keeps the results that are still good and runs the rest, the old run stays as it was", async () => {
  const counter = new Counter()
  const gates = new Gates()
  const { bed, run } = await new TestBed().play(chain(counter, gates), { name: "b" })
  const before = await run.nodes()
  gates.open("ab")
  const second = await bed.settle(run.resubmit({ memoized: true }))
  await bed.ended(second)
  expect(await bed.settle(second.result())).toBe("dab")
  expect(counter.calls.sort()).toEqual(["a", "b", "dab"])
  expect(bed.events(second, "NodeFinished").filter(({ from }) => from === run.id).map(({ path }) => path).sort())
    .toEqual(["a", "b"])
  expect(await run.nodes()).toEqual(before)
})

test("A memoized resubmit with another input runs again what reads the input", async () => {
  const counter = new Counter()
  const gates = new Gates()
  gates.open("ab", "aB")
  const { bed, run } = await new TestBed().play(chain(counter, gates), { name: "b" })
  const second = await bed.settle(run.resubmit({ memoized: true, input: { name: "B" } }))
  await bed.ended(second)
  expect(await bed.settle(second.result())).toBe("daB")
  expect(counter.calls.sort()).toEqual(["B", "a", "b", "daB", "dab"])
})

test("A memoized resubmit keeps what succeeded inside maps and nested workflows", async () => {
  const gates = new Gates()
  gates.open("x", "1", "2")
  const sub = workflow("sub", {}, (w) => {
    const x = w.node("x", gates.task(), { input: "x" })
    w.map("m", ["1", "2", "3"], gates.task(), (gate) => gate, { after: [x] })
  })
  const { bed, run } = await new TestBed().play(workflow("w", {}, (w) => void w.node("sub", sub)))
  gates.open("3")
  const second = await bed.settle(run.resubmit({ memoized: true }))
  expect((await bed.ended(second)).phase).toBe("Succeeded")
  expect(gates.runs("x", "1", "2", "3")).toEqual([1, 1, 1, 2])
})

test("A memoized resubmit keeps the results of the last attempt of a retried map, not of an earlier one", async () => {
  const gates = new Gates()
  let calls = 0
  const count = task("count", {
    input: Schema.String,
    output: Schema.Number,
    errors: [Shut],
    run: (gate) => gate === "" ? Effect.sync(() => ++calls) : Effect.as(gates.pass(gate), 0)
  })
  const one = workflow("w", {}, (w) => w.map("m", ["", "x"], count, (gate) => gate, { retry: { limit: 1 } }))
  const { bed, run } = await new TestBed().play(one)
  expect(await phases(run)).toMatchObject({ "m[0]": "Succeeded", "m#2[0]": "Succeeded" })
  gates.open("x")
  const second = await bed.settle(run.resubmit({ memoized: true }))
  await bed.ended(second)
  expect(await bed.settle(second.result())).toEqual([2, 0])
})

test("Fork starts a new run that keeps all before a node and runs it and what comes after it anew", async () => {
  const counter = new Counter()
  const gates = new Gates()
  gates.open("ab")
  const { bed, run } = await new TestBed().play(chain(counter, gates), { name: "b" })
  const forked = await bed.settle(run.fork("c"))
  await bed.ended(forked)
  expect(await bed.settle(forked.result())).toBe("dab")
  expect((await forked.status()).origin).toBe(run.id)
  expect(counter.calls.sort()).toEqual(["a", "b", "dab", "dab"])
  expect(gates.runs("ab")).toEqual([2])
})

test("Resubmit and fork take an id of their own", async () => {
  const gates = new Gates()
  gates.open("x")
  const { bed, pinnace, run } = await new TestBed().play(
    workflow("one", {}, (w) => void w.node("x", gates.task(), { input: "x" }))
  )
  const second = await bed.settle(run.resubmit({ id: "mine" }))
  await bed.ended(second)
  expect((await (await pinnace.get("mine"))!.status()).origin).toBe(run.id)
  expect((await nodeOf(second, "x")).phase).toBe("Succeeded")
})

test.each<[string, (run: RunHandle, options: object) => Promise<unknown>]>([
  ["retry", (run, options) => run.retry(options)],
  ["retry", (run, options) => run.planRetry(options)],
  ["resubmit", (run, options) => run.resubmit(options)],
  ["fork", (run, options) => run.fork("a", options)],
  ["migrate", (run, options) => run.migrate(workflow("chain", {}, () => {}), options)]
])("An option of %s that does not exist is refused by name, and nothing is started", async (verb, ask) => {
  await using pinnace = await open(":memory:")
  const run = await pinnace.start(workflow("chain", {}, (w) => void w.node("a", task("a", { run: () => 1 }))))
  await run.result()
  await expect(ask(run, { memoised: true })).rejects.toThrow(
    `the options of ${verb}: it has "memoised", which is unknown`
  )
  expect(await pinnace.list()).toHaveLength(1)
})
