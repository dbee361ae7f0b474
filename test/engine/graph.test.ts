import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { and, not, or, Schema, task, workflow } from "../../mod.ts"
import type { Condition, NodeRef } from "../../mod.ts"
import { nodeOf, phases, play, TestBed } from "./TestBed.ts"

class No extends Schema.TaggedError<No>()("No", { why: Schema.String }) {}

const ok = task("ok", { run: () => 1 })
const failing = task("failing", { errors: [No], output: Schema.Number, run: () => Effect.fail(new No({ why: "no" })) })
const broken = task("broken", { output: Schema.Number, run: () => Effect.die(new Error("broken")) })
const sum = task("sum", {
  input: { a: Schema.Number, b: Schema.Number },
  output: Schema.Number,
  run: ({ a, b }) => a + b
})
const show = task("show", { input: Schema.Unknown, run: (given) => given as null })

test("References give a node what it needs: mappings, whole values, records of references, parts of values", async () => {
  const point = task("point", { output: { x: Schema.Number, y: Schema.Number }, run: () => ({ x: 1, y: 2 }) })
  const one = workflow("refs", {}, (w) => {
    const p = w.node("p", point)
    const mapped = w.node("mapped", sum, { needs: { p }, input: ({ p }) => ({ a: p.x * 10, b: p.y }) })
    const whole = w.node("whole", sum, { input: { a: p.at("x"), b: mapped } })
    return { mapped, whole, y: p.at("y") }
  })
  const { bed, run } = await new TestBed().play(one)
  expect(await bed.settle(run.result())).toEqual({ mapped: 12, whole: 13, y: 2 })
})

test("Values cross as their type, not as JSON: dates are dates on the other side", async () => {
  const seen: Array<unknown> = []
  const now = task("now", { output: Schema.Date, run: () => new Date(5) })
  const read = task("read", { input: Schema.Date, run: (at) => void seen.push(at) })
  await play(workflow("dates", {}, (w) => w.node("read", read, { input: w.node("now", now) })))
  expect(seen).toEqual([new Date(5)])
})

test("Nodes that only have to come first do", async () => {
  const order: Array<string> = []
  const note = (name: string, millis: number) =>
    task(name, { run: () => Effect.andThen(Effect.sleep(millis), Effect.sync(() => void order.push(name))) })
  await play(workflow("order", {}, (w) => {
    const late = w.node("late", note("late", 100))
    const later = w.node("later", note("later", 10), { after: [late] })
    w.node("last", note("last", 1), { after: [late, later] })
  }))
  expect(order).toEqual(["late", "later", "last"])
})

test("Nodes without edges between them run at the same time", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const slow = task("slow", { run: () => Effect.sleep("10 seconds") })
  await bed.play(workflow("wide", {}, (w) => {
    for (let index = 0; index < 20; index++) w.node(`n${index}`, slow)
  }))
  expect(bed.now - begin).toBe(10_000)
})

test("A failure leaves everything behind it omitted, and the run names the node that caused it", async () => {
  const run = await play(workflow("chain", {}, (w) => {
    const a = w.node("a", failing)
    const b = w.node("b", ok, { after: [a] })
    w.node("c", ok, { after: [b] })
    w.node("other", ok)
  }))
  expect(await phases(run)).toEqual({ a: "Failed", b: "Omitted", c: "Omitted", other: "Succeeded" })
  expect(await nodeOf(run, "b")).toMatchObject({ reason: "Depends" })
  expect(await run.status()).toMatchObject({ phase: "Failed", reason: "ChildFailed" })
})

test("By default running branches finish after a failure (Argo's rule)", async () => {
  const slow = task("slow", { run: () => Effect.sleep("1 hour") })
  const run = await play(workflow("branches", {}, (w) => {
    w.node("bad", failing)
    const a = w.node("a", slow)
    w.node("b", slow, { after: [a] })
  }))
  expect(await phases(run)).toEqual({ bad: "Failed", a: "Succeeded", b: "Succeeded" })
})

// The ways a node can have ended when it is asked about, a map with one failure of two, and one with two of two.
const outcomes = {
  succeeded: ["Succeeded"],
  failed: ["Failed", "Mixed", "AllItems"],
  errored: ["Error"],
  skipped: ["Skipped"],
  omitted: ["Omitted"],
  anySucceeded: ["Succeeded", "Mixed"],
  allFailed: ["Failed", "AllItems"]
} as const

for (const [question, isMet] of Object.entries(outcomes)) {
  test(`depends on .${question} runs the node after ${isMet.join(" and ")} only`, async () => {
    const item = task("item", {
      input: Schema.Boolean,
      errors: [No],
      run: (good) => good ? Effect.void : Effect.fail(new No({ why: "item" }))
    })
    const run = await play(workflow("asked", {}, (w) => {
      const asked: ReadonlyArray<NodeRef<unknown, unknown>> = [
        w.node("Succeeded", ok),
        w.node("Failed", failing),
        w.node("Error", broken),
        w.node("Skipped", ok, { when: () => false }),
        w.node("Omitted", ok, { depends: w.outcome("Succeeded").failed }),
        w.map("Mixed", [true, false], item, (good) => good),
        w.map("AllItems", [false, false], item, (good) => good)
      ]
      for (const node of asked) {
        const condition = node[question as keyof typeof outcomes] as Condition
        w.node(`after ${node["~node"]}`, ok, { depends: condition })
      }
    }))
    const ran = (await run.nodes()).filter(({ path, phase }) => path.startsWith("after") && phase === "Succeeded")
    expect(ran.map(({ path }) => path.slice("after ".length)).sort()).toEqual([...isMet].sort())
  })
}

test("Conditions combine with and, or and not", async () => {
  const run = await play(workflow("combined", {}, (w) => {
    const good = w.node("good", ok)
    const bad = w.node("bad", failing)
    w.node("and", ok, { depends: and(good.succeeded, bad.succeeded) })
    w.node("or", ok, { depends: or(good.failed, bad.failed) })
    w.node("not", ok, { depends: not(bad.succeeded) })
    w.node("nested", ok, { depends: and(not(or(good.failed, bad.succeeded)), or(bad.failed, good.skipped)) })
  }))
  expect(await phases(run)).toMatchObject({ and: "Omitted", or: "Succeeded", not: "Succeeded", nested: "Succeeded" })
})

test("A condition waits until all nodes it asks about have ended, also when one of them already decides", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const slow = task("slow", { run: () => Effect.sleep("1 minute") })
  const { run } = await bed.play(workflow("waiting", {}, (w) => {
    const a = w.node("a", ok)
    const b = w.node("b", slow)
    w.node("c", ok, { depends: or(a.succeeded, b.succeeded) })
  }))
  expect((await nodeOf(run, "c")).startedAt - begin).toBe(60_000)
})

test("A failure that a dependant took up does not fail the run (the branch rule)", async () => {
  const run = await play(workflow("recovered", {}, (w) => {
    const a = w.node("a", failing)
    w.node("b", ok, { depends: a.failed })
  }))
  expect(await phases(run)).toEqual({ a: "Failed", b: "Succeeded" })
  expect((await run.status()).phase).toBe("Succeeded")
})

test("A failure that one branch took up still fails the run through the branch that did not", async () => {
  const run = await play(workflow("half", {}, (w) => {
    const a = w.node("a", failing)
    w.node("b", ok, { depends: a.failed })
    w.node("c", ok, { after: [a] })
  }))
  expect(await phases(run)).toEqual({ a: "Failed", b: "Succeeded", c: "Omitted" })
  expect(await run.status()).toMatchObject({ phase: "Failed", reason: "ChildFailed" })
})

test("A guard that answers false skips the node; its readers go on with the default or with undefined", async () => {
  const bed = new TestBed()
  const one = workflow("guards", { input: { go: Schema.Boolean } }, (w) => {
    const plain = w.node("plain", ok, { when: (_, { go }) => go })
    const filled = w.node("filled", ok, { when: (_, { go }) => go, default: 7 })
    const read = w.node("read", show, {
      needs: { plain, filled },
      input: ({ filled, plain }) => [plain === undefined, filled]
    })
    return read
  })
  const off = await bed.play(one, { go: false })
  expect(await phases(off.run)).toEqual({ plain: "Skipped", filled: "Skipped", read: "Succeeded" })
  expect(await nodeOf(off.run, "plain")).toMatchObject({ reason: "When" })
  expect(await bed.settle(off.run.result())).toEqual([true, 7])
  const on = await bed.play(one, { go: true })
  expect(await bed.settle(on.run.result())).toEqual([false, 1])
})

test("A guard sees what its node needs; a guard that throws ends the node in Error", async () => {
  const run = await play(workflow("guards", {}, (w) => {
    const a = w.node("a", ok)
    w.node("one", ok, { needs: { a }, when: ({ a }) => a === 1 })
    w.node("throws", ok, {
      when: () => {
        throw new Error("guard broke")
      }
    })
  }))
  expect(await phases(run)).toMatchObject({ one: "Succeeded", throws: "Error" })
  expect(await nodeOf(run, "throws")).toMatchObject({
    reason: "BadGuard",
    message: expect.stringContaining("guard broke")
  })
  expect(await run.status()).toMatchObject({ phase: "Error", reason: "ChildErrored" })
})

test("continueOn lets readers go on after the kind of failure it names, and only that", async () => {
  const run = await play(workflow("going", {}, (w) => {
    const a = w.node("a", failing, { continueOn: { failed: true }, default: 5 })
    w.node("after a", show, { input: a })
    const b = w.node("b", broken, { continueOn: { failed: true } })
    w.node("after b", show, { input: b })
    const c = w.node("c", broken, { continueOn: { error: true } })
    w.node("after c", show, { needs: { c }, input: ({ c }) => c === undefined })
  }))
  expect(await phases(run)).toEqual({
    a: "Failed",
    b: "Error",
    c: "Error",
    "after a": "Succeeded",
    "after b": "Omitted",
    "after c": "Succeeded"
  })
  expect((await nodeOf(run, "after a")).output).toBe(5)
  expect((await nodeOf(run, "after c")).output).toBe(true)
  expect(await run.status()).toMatchObject({ phase: "Error" })
})

test("A run whose failures are all continued on succeeds", async () => {
  const run = await play(workflow("going", {}, (w) => void w.node("a", failing, { continueOn: { failed: true } })))
  expect((await run.status()).phase).toBe("Succeeded")
})

test("A node can read how another one ended, with its typed error", async () => {
  const seen: Array<unknown> = []
  const look = task("look", { input: Schema.Unknown, run: () => {} })
  await play(workflow("outcomes", {}, (w) => {
    const a = w.node("a", failing)
    const good = w.node("good", ok)
    w.node("look", look, {
      needs: { a: a.outcome, good: good.outcome },
      depends: and(a.failed, good.succeeded),
      input: ({ a, good }) => void seen.push(a, good)
    })
  }))
  expect(seen[0]).toMatchObject({ phase: "Failed", reason: "TaskFailed", error: new No({ why: "no" }) })
  expect(seen[1]).toEqual({ phase: "Succeeded", output: 1 })
})

test("A workflow without nodes succeeds", async () => {
  const run = await play(workflow("empty", {}, () => {}))
  expect(await run.status()).toMatchObject({ phase: "Succeeded" })
  expect(await run.nodes()).toEqual([])
})

test("An output that cannot be read fails the run with its reason", async () => {
  const bad = workflow(
    "bad",
    { output: Schema.Number },
    (w) => w.node("text", task("text", { run: () => "five" as unknown as number }))
  )
  const run = await play(bad)
  expect(await run.status()).toMatchObject({ phase: "Error", reason: "BadOutput" })
})
