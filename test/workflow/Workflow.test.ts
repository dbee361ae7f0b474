import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { decodeJson, encodeJson } from "../../src/workflow/codec.ts"
import type { AnyTask, AnyWorkflow, NodeDef } from "../../src/workflow/Definition.ts"
import { handler } from "../../src/workflow/Handler.ts"
import { signal } from "../../src/workflow/Signal.ts"
import { task } from "../../src/workflow/Task.ts"
import { workflow } from "../../src/workflow/Workflow.ts"

class Broken extends Schema.TaggedError<Broken>()("Broken", { n: Schema.Number }) {}
class Other extends Schema.TaggedError<Other>()("Other", {}) {}

const one = task("one", { output: Schema.Number, run: () => 1 })
const join = task("join", {
  input: { title: Schema.String, parts: Schema.Array(Schema.Number) },
  output: Schema.Date,
  errors: [Broken],
  run: () => new Date(0)
})

const erased = (given: unknown): AnyWorkflow => given as AnyWorkflow
const node = (given: unknown, name: string): NodeDef => erased(given).nodes.find((def) => def.name === name)!
const recorded = (flow: unknown, value: unknown) => JSON.parse(JSON.stringify(encodeJson(erased(flow).output)(value)))

const deeplyFrozen = (value: unknown, depth = 6): boolean => {
  if (typeof value !== "object" || value === null || Schema.isSchema(value) || depth === 0) return true
  if (!Object.isFrozen(value)) return false
  return Object.entries(value).every(([key, part]) => key === "scope" || deeplyFrozen(part, depth - 1))
}

describe("task()", () => {
  it("is a frozen value with every default filled in", () => {
    const plain = one as unknown as AnyTask
    expect(Object.isFrozen(plain)).toBe(true)
    expect(plain).toMatchObject({ name: "one", onCrash: "rerun", timeouts: { attempt: Infinity, total: Infinity } })
    expect([plain.retry, plain.onExit, plain.error]).toEqual([undefined, undefined, undefined])
  })

  it("takes one duration for each attempt, or one for all attempts together", () => {
    const timeouts = (timeout: Parameters<typeof task>[1]["timeout"]) =>
      (task("t", { ...timeout === undefined ? {} : { timeout }, run: () => 1 }) as unknown as AnyTask).timeouts
    expect(timeouts("2 seconds")).toEqual({ attempt: 2000, total: Infinity })
    expect(timeouts({ total: 50 })).toEqual({ attempt: Infinity, total: 50 })
    expect(timeouts({ attempt: "1 second", total: "1 minute" })).toEqual({ attempt: 1000, total: 60_000 })
    expect(timeouts({ seconds: 3 })).toEqual({ attempt: 3000, total: Infinity })
  })
})

describe("workflow()", () => {
  it("is frozen, nodes and all", () => {
    const flow = workflow("w", { input: { n: Schema.Number } }, (w) => {
      const a = w.node("a", one, { when: () => true, default: 3 })
      return w.map("b", [1], one, () => undefined, { needs: { a }, item: { retry: { limit: 1 } } })
    })
    expect(deeplyFrozen(flow)).toBe(true)
  })

  it("refuses nodes that are added after the builder function returned", () => {
    let late: (() => void) | undefined
    workflow("w", {}, (w) => {
      late = () => void w.node("late", one)
    })
    expect(late).toThrow(/"late"/)
  })

  it("makes inputs from values, references, lists of references and mappings", () => {
    const flow = workflow("w", { input: { title: Schema.String } }, (w) => {
      const [a, b] = [w.node("a", one), w.node("b", one)]
      w.node("record", join, { input: { title: w.input.title, parts: [a, 5, b] } })
      w.node("whole", join, { input: w.input as never })
      w.node("literal", join, { input: { title: "x", parts: [1] } })
      w.node("mapping", join, { needs: { a, b }, input: ({ a, b }, { title }) => ({ title, parts: [a, b] }) })
      w.node("mixed", join, { needs: { title: a }, input: { title: w.input.title, parts: [] } })
    })
    const bind = (name: string, values: Record<string, unknown>) => node(flow, name).bind(values, { title: "T" })
    const record = node(flow, "record")
    expect(Object.keys(record.needs)).toEqual(["title", "parts.0", "parts.2"])
    expect(bind("record", { title: "t", "parts.0": 1, "parts.2": 2 })).toEqual({ title: "t", parts: [1, 5, 2] })
    expect(bind("whole", { input: { title: "all" } })).toEqual({ title: "all" })
    expect(bind("literal", {})).toEqual({ title: "x", parts: [1] })
    expect(bind("mapping", { a: 1, b: 2 })).toEqual({ title: "T", parts: [1, 2] })
    // A reference in the record never takes the name of an explicit need.
    const mixed = node(flow, "mixed")
    expect(mixed.needs["title"]).toMatchObject({ of: "output", node: "a" })
    expect(bind("mixed", { title: 1, "title.2": "t" })).toEqual({ title: "t", parts: [] })
  })

  it("gives the mapping of a map its item, index, needs and the workflow's input", () => {
    const flow = workflow("w", { input: Schema.String }, (w) => {
      const a = w.node("a", one)
      w.map("m", [10], join, (item, index, { a }, title) => ({ title, parts: [item, index, a] }), { needs: { a } })
    })
    expect(node(flow, "m").bind({ a: 7 }, "T", 10, 0)).toEqual({ title: "T", parts: [10, 0, 7] })
    expect(node(flow, "m").map).toMatchObject({
      concurrency: Infinity,
      failFast: false,
      items: { of: "value", value: [10] }
    })
  })

  it("has references to input fields whatever they are called", () => {
    const fields = {
      of: Schema.String,
      node: Schema.String,
      constructor: Schema.String,
      at: Schema.Struct({ x: Schema.Number })
    }
    workflow("w", { input: fields }, (w) => {
      expect(w.input.of["~ref"]).toMatchObject({ of: "input", at: ["of"] })
      expect(w.input.node["~ref"].at).toEqual(["node"])
      expect(w.input.constructor["~ref"].at).toEqual(["constructor"])
      expect(w.input.at("at").at("x")["~ref"].at).toEqual(["at", "x"])
    })
  })

  it("derives the schema of its output from what is returned", () => {
    const inner = workflow("inner", { input: { since: Schema.Date } }, (w) => w.input.since)
    expect(recorded(inner, new Date(0))).toBe("1970-01-01T00:00:00.000Z")
    const many = workflow("many", {}, (w) => w.map("m", [1], join, () => ({ title: "", parts: [] })))
    expect(recorded(many, [new Date(0)])).toEqual(["1970-01-01T00:00:00.000Z"])
    const record = workflow("record", {}, (w) => ({
      skipped: w.node("a", join, { input: { title: "", parts: [] }, when: () => false }),
      certain: w.node("b", join, { input: { title: "", parts: [] } })
    }))
    const json = recorded(record, { skipped: undefined, certain: new Date(0) })
    expect(json).toEqual({ skipped: null, certain: "1970-01-01T00:00:00.000Z" })
    expect(decodeJson(erased(record).output)(json)).toEqual({ skipped: undefined, certain: new Date(0) })
    expect(erased(workflow("nothing", {}, () => {})).output).toBe(Schema.Void)
  })

  it("waits for a value of the signal's schema, or for nothing when time may run out", () => {
    const flow = workflow("w", {}, (w) => {
      w.suspend(signal("approve", Schema.Boolean))
      w.suspend("timed", { output: Schema.String, duration: "1 hour" })
      w.suspend("certain", { output: Schema.String, duration: "1 hour", default: "none" })
      w.sleep("pause", "2 seconds")
    })
    expect(node(flow, "approve").suspend).toEqual({ output: Schema.Boolean, duration: Infinity })
    expect(encodeJson(node(flow, "timed").suspend!.output)(undefined)).toBeNull()
    expect(() => encodeJson(node(flow, "certain").suspend!.output)(undefined)).toThrow()
    expect(node(flow, "certain").fallback).toEqual({ value: "none" })
    expect(node(flow, "pause").suspend!.duration).toBe(2000)
  })

  it("gives a nested workflow's retry and timeout to its node, unless the node says otherwise", () => {
    const inner = workflow("inner", { retry: { limit: 2 }, timeout: "1 minute" }, (w) => w.node("a", one))
    const flow = workflow("w", {}, (w) => {
      w.node("plain", inner)
      w.node("own", inner, { retry: { limit: 5 }, timeout: "1 second" })
    })
    expect(node(flow, "plain")).toMatchObject({ retry: { limit: 2 }, timeouts: { attempt: Infinity, total: 60_000 } })
    expect(node(flow, "own")).toMatchObject({ retry: { limit: 5 }, timeouts: { attempt: 1000, total: Infinity } })
  })
})

describe("exit handlers", () => {
  const exit = { run: "r", node: "n", attempt: 2 }
  const flow = workflow("w", { errors: [Broken] }, (w) => {
    w.onExit(() => {})
    w.node("mapped", one, { onExit: handler(join, ({ outcome }) => ({ title: outcome.phase, parts: [] })) })
    return w.node("a", join, { input: { title: "", parts: [] }, onExit: () => {} })
  })

  it("are told typed outcomes, also after the outcome went through JSON", () => {
    const { input, task } = erased(flow).onExit!
    const told = [
      { ...exit, outcome: { phase: "Succeeded", output: new Date(0) } },
      { ...exit, outcome: { phase: "Failed", reason: "TaskFailed", message: "m", error: new Broken({ n: 1 }) } },
      { ...exit, outcome: { phase: "Skipped", reason: "When", message: "m" } },
      { ...exit, outcome: { phase: "Running" } }
    ]
    for (const one of told) {
      const json = JSON.parse(JSON.stringify(encodeJson(task.input)(input(one as never))))
      expect(decodeJson(task.input)(json)).toEqual(one)
    }
  })

  it("run all the same when the error is none of the declared ones, which is then left out", () => {
    const { input, task } = node(flow, "a").onExit!
    const outcome = { phase: "Failed", reason: "ChildFailed", message: "m", error: new Other() } as const
    const json = encodeJson(task.input)(input({ ...exit, outcome }))
    expect(json).toEqual({ ...exit, outcome: { phase: "Failed", reason: "ChildFailed", message: "m" } })
  })

  it("may be a task with a mapping", () => {
    const { input, task } = node(flow, "mapped").onExit!
    expect(task.name).toBe("join")
    expect(input({ ...exit, outcome: { phase: "Succeeded", output: 1 } })).toEqual({ title: "Succeeded", parts: [] })
  })
})
