/** What is kept of the fields of a line, whatever an app gives. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { task, workflow } from "../../mod.ts"
import type { TaskContext } from "../../mod.ts"
import { fieldsText } from "../../src/engine/node/logFields.ts"
import { Mask } from "../../src/engine/node/Mask.ts"
import { fieldsOf } from "../../src/run/view.ts"
import { TestBed } from "./TestBed.ts"

const kept = (fields: Record<string, unknown>, mask = new Mask()) => fieldsOf(fieldsText([fields], mask))

const circular: Record<string, unknown> = { name: "a" }
circular["self"] = circular

class Money {
  readonly #amount = 5
  toJSON() {
    return { amount: this.#amount }
  }
}

test.each<[string, Record<string, unknown>, unknown]>([
  ["plain values", { a: 1, b: "x", c: [true, null] }, { a: 1, b: "x", c: [true, null] }],
  ["numbers that JSON has not", { a: NaN, b: 10n }, { a: "NaN", b: "10" }],
  ["dates, errors and what has toJSON", { at: new Date(0), cause: new RangeError("far"), money: new Money() }, {
    at: "1970-01-01T00:00:00.000Z",
    cause: "RangeError: far",
    money: { amount: 5 }
  }],
  [
    "nothing of what is no value",
    { f: () => 1, s: Symbol("s"), u: undefined, m: new Map(), b: new Uint8Array(9) },
    undefined
  ],
  ["the rest where a getter throws", {
    ok: 1,
    get bad(): never {
      throw new Error("no")
    }
  }, { ok: 1 }],
  [
    "names that objects have, too",
    JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
    JSON.parse(
      '{"__proto__":{"a":1},"constructor":2}'
    )
  ]
])("of fields are kept %s", (_, fields, expected) => {
  expect(kept(fields)).toEqual(expected)
})

test("fields are bounded, whatever lies in them: what fits is kept", () => {
  expect(JSON.stringify(kept(circular)).length).toBeLessThan(200)
  const long = kept({ text: "x".repeat(100_000), after: 1 }) as { readonly text: string; readonly after: number }
  expect([long.after, long.text.length < 1_100]).toEqual([1, true])
  const many = fieldsText([Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, at]))], new Mask())!
  expect(many.length).toBeLessThanOrEqual(4_096)
  expect(Object.keys(fieldsOf(many)!).length).toBeGreaterThan(100)
  expect(fieldsText([{ list: Array.from({ length: 100_000 }, () => "y".repeat(500)), after: 1 }], new Mask())).toBe(
    undefined
  )
})

test("secrets are hidden in texts, names and numbers", () => {
  const mask = new Mask()
  mask.add("key", "hunter2!")
  mask.add("pin", "123456")
  expect(kept({ "hunter2!": 'a "hunter2!"', deep: [{ pin: 123456 }] }, mask)).toEqual({
    "<secret key>": 'a "<secret key>"',
    deep: [{ pin: "<secret pin>" }]
  })
})

test("the last object of a line, fields of with(), and annotations of Effect are fields; the text tells all of it", async () => {
  const bed = new TestBed()
  const plain = task("plain", {
    run: (_: void, { log }: TaskContext) => {
      const own = log.with({ tenant: "a" }).with({ code: 1 })
      own.warn("declined", { code: 51 })
      own("no object at the end")
      log({ first: 1 }, "an object elsewhere is none")
    }
  })
  const effect = task("effect", {
    run: () => Effect.logInfo("told", { a: 1 }).pipe(Effect.annotateLogs("order", 7), Effect.withLogSpan("took"))
  })
  const run = await bed.settle(
    bed.open().start(workflow("both", {}, (w) => {
      w.node("effect", effect, { after: [w.node("plain", plain)] })
    }))
  )
  await bed.ended(run)
  expect((await run.logs()).map(({ data, text }) => [text, data])).toEqual([
    ["declined { code: 51 } { tenant: 'a', code: 1 }", { tenant: "a", code: 51 }],
    ["no object at the end { tenant: 'a', code: 1 }", { tenant: "a", code: 1 }],
    ["{ first: 1 } an object elsewhere is none", undefined],
    ["told { a: 1 } { order: 7, took: '0ms' }", { a: 1, order: 7, took: "0ms" }]
  ])
})

test("fields that throw whatever is asked of them fail no line, and leave the others", () => {
  const hostile = new Proxy({}, {
    get: () => {
      throw new Error("get")
    },
    getPrototypeOf: () => {
      throw new Error("getPrototypeOf")
    },
    ownKeys: () => {
      throw new Error("ownKeys")
    }
  })
  expect(fieldsText([{ a: 1 }, hostile], new Mask())).toBe('{"a":1}')
  expect(kept({ a: 1, hostile, deep: { hostile, b: 2 } })).toEqual({ a: 1, deep: { b: 2 } })
})

test("what somebody else has written as fields is none where it is no object", () => {
  for (const text of ["[1]", "1", "null", "{", ""]) expect(fieldsOf(text)).toBe(undefined)
})
