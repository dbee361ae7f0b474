/** What a body throws reaches whoever asks, whole and bounded; what it logs is printed as the console does. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { open, RunFailed, task, workflow } from "../../mod.ts"
import { boundedError } from "../../src/run/bounded.ts"
import { encodeThrown, errorBounds, errorWords, toError } from "../../src/run/thrown.ts"
import type { EncodedError } from "../../src/run/Event.ts"

class Undeclared extends Schema.TaggedError<Undeclared>()("Undeclared", { status: Schema.Number }) {}
class Declared extends Schema.TaggedError<Declared>()("Declared", { status: Schema.Number }) {}

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED", port: 9 })
const fetchFailed = new TypeError("fetch failed", { cause: refused })
const both = new AggregateError([refused, new RangeError("two")], "")
const throwing = (what: string): never => {
  throw new Error(what)
}
const hostile = new Proxy(new Error("inner"), {
  get: () => throwing("get"),
  has: () => throwing("has"),
  ownKeys: () => throwing("ownKeys"),
  getPrototypeOf: () => throwing("getPrototypeOf")
})
const cyclic = new Error("round")
cyclic.cause = cyclic
const getters = Object.defineProperty(new Error("x"), "cause", { get: () => throwing("cause") })

const failing = async (thrown: unknown): Promise<RunFailed> => {
  const body = task("body", { run: () => Promise.reject(thrown) })
  const flow = workflow("flow", {}, (w) => void w.node("body", body))
  const pinnace = await open(":memory:")
  const failure = await pinnace.run(flow).then(() => undefined, (error: unknown) => error)
  await pinnace.close()
  expect(failure).toBeInstanceOf(RunFailed)
  return failure as RunFailed
}

const told: ReadonlyArray<readonly [unknown, string]> = [
  [fetchFailed, "fetch failed: connect ECONNREFUSED 127.0.0.1:9"],
  [both, "connect ECONNREFUSED 127.0.0.1:9; two"],
  [new Undeclared({ status: 503 }), 'Undeclared: {"status":503}'],
  [new Error("outer", { cause: new Error("outer: no, inner") }), "outer: outer: no, inner"],
  [new Error("the disk said: full", { cause: new Error("full") }), "the disk said: full"],
  [
    Object.assign(new Error("no route"), { code: "EHOSTUNREACH", address: "10.0.0.1", port: 80 }),
    "no route (EHOSTUNREACH, 10.0.0.1:80)"
  ],
  [new Error(), "Error"],
  [cyclic, "round"],
  [getters, "x"],
  ["a string", "a string"],
  [{ a: 1n }, '{"a":"1"}'],
  [null, "null"],
  [undefined, "undefined"],
  [Symbol("s"), "Symbol(s)"]
]

const sizeOf = (error: EncodedError): number =>
  1 + (error.cause === undefined ? 0 : sizeOf(error.cause)) + (error.errors ?? []).reduce((n, it) => n + sizeOf(it), 0)

describe("What a body throws", () => {
  it.each(told)("%# is told in one line with causes, members and fields", async (thrown, text) => {
    const failure = await failing(thrown)
    expect(failure.message).toBe(`node "body" Error: ${text}`)
    expect(failure.node).toBe("body")
  })

  it("reaches the caller as a chain of errors with their stacks", async () => {
    const { cause, stack } = await failing(fetchFailed)
    expect(cause).toMatchObject({ name: "TypeError", message: "fetch failed", cause: { message: refused.message } })
    expect((cause as Error).stack).toContain("thrown.test")
    expect(stack).toContain("thrown.test")
    const members = (await failing(both)).cause
    expect(members).toBeInstanceOf(AggregateError)
    expect((members as AggregateError).errors.map(({ message }: Error) => message)).toEqual([refused.message, "two"])
  })

  it("knows the author's own place", () => {
    expect(encodeThrown(fetchFailed).at).toMatch(/test\/engine\/thrown\.test\.ts:\d+:\d+$/)
  })

  it("keeps stack and cause of a declared error", async () => {
    const body = task("body", {
      errors: [Declared],
      run: () => Promise.reject(Object.assign(new Declared({ status: 1 }), { cause: refused }))
    })
    const flow = workflow("flow", { errors: [Declared] }, (w) => void w.node("body", body))
    const pinnace = await open(":memory:")
    const failure = await pinnace.run(flow).then(() => undefined, (error: unknown) => error as Declared)
    await pinnace.close()
    expect(failure).toBeInstanceOf(Declared)
    expect(failure?.stack).toContain("thrown.test")
    expect((failure?.cause as Error).message).toBe(refused.message)
  })

  it("stays within bounds and never throws, whatever it is", () => {
    const long = new Error("m".repeat(1_000_000), {
      cause: new AggregateError(Array.from({ length: 500 }, () => refused))
    })
    let deep = new Error("deep")
    for (let at = 0; at < 100; at++) deep = new Error("deep", { cause: deep })
    for (const thrown of [long, deep, hostile, cyclic, getters, Object.create(null), () => 1, new Date(NaN)]) {
      const encoded = boundedError(encodeThrown(thrown), { message: 16_384 })
      expect(sizeOf(encoded)).toBeLessThanOrEqual(errorBounds.errors)
      expect(JSON.stringify(encoded).length).toBeLessThan(150_000)
      expect(typeof errorWords(encoded)).toBe("string")
      expect(toError(JSON.parse(JSON.stringify(encoded)) as EncodedError)).toBeInstanceOf(Error)
    }
  })
})

describe("log()", () => {
  const cycle: Record<string, unknown> = { map: new Map([["k", new Set([1n])]]) }
  cycle["self"] = cycle
  const values: ReadonlyArray<readonly [unknown, ReadonlyArray<string>]> = [
    [fetchFailed, ["TypeError: fetch failed", "thrown.test", "[cause]: Error: connect ECONNREFUSED 127.0.0.1:9"]],
    [cycle, ["Map(1)", "Set(1) { 1n }", "[Circular *1]"]],
    [{
      get x(): never {
        return throwing("x")
      }
    }, ["x: [Getter]"]],
    [{ [inspect.custom]: () => throwing("custom") }, [""]],
    [{
      toString: () => throwing("toString"),
      get [Symbol.toStringTag](): string {
        return throwing("tag")
      }
    }, [""]],
    [hostile, [""]],
    [Object.create(null), ["[Object: null prototype] {}"]],
    [Symbol("s"), ["Symbol(s)"]]
  ]

  it.each(values)("%# prints as the console does and never fails the body", async (value, parts) => {
    const body = task("body", {
      run: (_, { log }) => {
        log("it is", value)
        log.error("%s!", value)
        return 1
      }
    })
    const effect = task("effect", { run: () => Effect.as(Effect.logError("it is", value), 1) })
    const flow = workflow("flow", {}, (w) => {
      w.node("body", body)
      if (value !== hostile) w.node("effect", effect)
    })
    const pinnace = await open(":memory:")
    const run = await pinnace.start(flow)
    expect((await run.ending()).phase).toBe("Succeeded")
    // Effect looks at what it logs before any logger is asked, and so meets the traps itself.
    for (const node of value === hostile ? ["body"] : ["body", "effect"]) {
      for (const part of parts) expect((await run.logs(node))[0]?.text).toContain(part)
    }
    await pinnace.close()
  })
})
