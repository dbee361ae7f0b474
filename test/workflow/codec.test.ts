import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { anyJson, decodeJson, encodeJson } from "../../src/workflow/codec.ts"
import type { AnyCodec } from "../../src/workflow/Definition.ts"
import { type FieldSpec, toCodec } from "../../src/workflow/codecSpec.ts"

class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", { after: Schema.Number }) {}

const codec = (schema: Schema.Constraint | FieldSpec): AnyCodec => toCodec(schema as AnyCodec)
const recorded = (schema: Schema.Constraint | FieldSpec, value: unknown) =>
  JSON.parse(JSON.stringify(encodeJson(codec(schema))(value)))
const roundTrip = (schema: Schema.Constraint | FieldSpec, value: unknown) =>
  decodeJson(codec(schema))(recorded(schema, value))

describe("encodeJson() and decodeJson()", () => {
  it("bring every kind of value back through JSON text", () => {
    const values: ReadonlyArray<readonly [Schema.Constraint | FieldSpec, unknown]> = [
      [Schema.String, "text"],
      [Schema.Boolean, false],
      [Schema.Number, 1.5],
      [Schema.Number, NaN],
      [Schema.Number, -Infinity],
      [Schema.Date, new Date(0)],
      [Schema.BigInt, 12345678901234567890n],
      [Schema.Option(Schema.Date), Option.some(new Date(1))],
      [Schema.Uint8Array, new Uint8Array([1, 2])],
      [{ a: Schema.Array(Schema.Date), b: Schema.optionalKey(Schema.String) }, { a: [new Date(2)] }],
      [Schema.UndefinedOr(Schema.String), undefined],
      [Schema.NullOr(Schema.String), null],
      [Schema.Unknown, { any: ["thing", 1, null] }]
    ]
    for (const [schema, value] of values) expect(roundTrip(schema, value)).toEqual(value)
  })

  it("bring typed errors back as instances of their class", () => {
    const back = roundTrip(Schema.Union([RateLimited]), new RateLimited({ after: 3 }))
    expect(back).toBeInstanceOf(RateLimited)
    expect(back).toMatchObject({ _tag: "RateLimited", after: 3 })
  })

  it("record no value as null and read it as undefined", () => {
    expect(recorded(Schema.Void, undefined)).toBeNull()
    expect(recorded(Schema.Void, "what a function happened to return")).toBeNull()
    expect(roundTrip(Schema.Void, undefined)).toBeUndefined()
    expect(recorded(Schema.Undefined, undefined)).toBeNull()
  })

  it("respect checks on primitives", () => {
    const short = Schema.String.check(Schema.isMaxLength(2))
    expect(recorded(short, "ab")).toBe("ab")
    expect(() => encodeJson(codec(short))("abc")).toThrow()
    expect(() => decodeJson(codec(short))("abc")).toThrow()
  })

  it("name the path in errors and never quote the value", () => {
    const schema = { users: Schema.Array(Schema.Struct({ name: Schema.String.check(Schema.isPattern(/^[a-z]+$/)) })) }
    const wrong = { users: [{ name: "ok" }, { name: "HUSH-HUSH" }] }
    const attempt = () => encodeJson(codec(schema))(wrong)
    expect(attempt).toThrow(`["users"]`)
    try {
      attempt()
    } catch (error) {
      expect(String(error)).not.toContain("HUSH")
    }
    expect(() => encodeJson(Schema.String)(5)).toThrow(/string/)
    expect(() => decodeJson(Schema.Boolean)("yes")).toThrow(/boolean/)
  })

  it("are compiled once for each schema", () => {
    const schema = codec({ a: Schema.String })
    expect(encodeJson(schema)).toBe(encodeJson(schema))
    expect(decodeJson(schema)).toBe(decodeJson(schema))
  })
})

describe("the codec of outputs without a schema", () => {
  const encode = encodeJson(anyJson)

  it("leaves plain JSON as it is", () => {
    const value = { a: [1, "two", true, null, { b: {} }] }
    expect(encode(value)).toBe(value)
    expect(decodeJson(anyJson)(value)).toBe(value)
    expect(encode(undefined)).toBeNull()
    expect(JSON.stringify(encode({ a: undefined, b: 1 }))).toBe(`{"b":1}`)
  })

  it("refuses everything JSON would change or drop, and names the path", () => {
    class Custom {}
    const loop: Record<string, unknown> = {}
    loop["self"] = loop
    const wrong: ReadonlyArray<readonly [unknown, RegExp]> = [
      [{ at: new Date() }, /Date.*\["at"\]/s],
      [[[new Map()]], /Map.*\[0\]\[0\]/s],
      [{ a: [undefined] }, /undefined.*\["a"\]\[0\]/s],
      [NaN, /NaN/],
      [{ a: 1n }, /bigint/],
      [{ a: () => 1 }, /function/],
      [new Custom(), /Custom/],
      [{ toJSON: () => 1 }, /toJSON/],
      [loop, /contains itself/]
    ]
    for (const [value, message] of wrong) expect(() => encode(value)).toThrow(message)
  })
})
