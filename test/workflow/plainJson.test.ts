import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { describe, expect, it } from "vitest"
import { decodeText, encodeText, jsonCodec } from "../../src/workflow/codec.ts"
import type { AnyCodec } from "../../src/workflow/Definition.ts"
import { fitsOf } from "../../src/workflow/plainJson.ts"
import { forSeeds, type Random } from "../run/random.ts"

const general = (codec: AnyCodec) => {
  const json = jsonCodec(codec)
  const [encode, decode] = [Schema.encodeUnknownSync(json), Schema.decodeUnknownSync(json)]
  return {
    encode: (value: unknown) => JSON.stringify(encode(value)) ?? "null",
    decode: (text: string) => decode(JSON.parse(text) as Schema.Json)
  }
}

const outcome = <A>(what: () => A): { readonly value: A } | { readonly threw: string } => {
  try {
    return { value: what() }
  } catch (error) {
    return { threw: String(error) }
  }
}

class Point {
  readonly x = 1
  readonly y = 2
}

class Told {
  readonly x = 1
  readonly y = 2
  toJSON() {
    return "told"
  }
}

const leaves: ReadonlyArray<Schema.Constraint> = [
  Schema.String,
  Schema.Boolean,
  Schema.Number,
  Schema.Int,
  Schema.Finite,
  Schema.Null,
  Schema.Literal("a"),
  Schema.Literal(1),
  Schema.String.check(Schema.isMaxLength(2)),
  Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(3)),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
  Schema.Date,
  Schema.BigInt,
  Schema.Undefined,
  Schema.NullOr(Schema.String)
]

const names = ["x", "y", "a b", "1", "constructor", "toJSON"] as const

const some = <A>(random: Random, most: number, make: () => A): ReadonlyArray<A> =>
  Array.from({ length: random.below(most + 1) }, make)

const drawSchema = (random: Random, depth = 0): Schema.Constraint => {
  const kind = random.below(10)
  if (depth === 3 || kind < 3) return random.pick(leaves)
  if (kind < 5) return Schema.Array(drawSchema(random, depth + 1))
  const fields = some(random, 3, () => {
    const schema = drawSchema(random, depth + 1)
    return [random.pick(names), random.chance(0.2) ? Schema.optionalKey(schema) : schema] as const
  })
  return Schema.Struct(Object.fromEntries(fields))
}

const oddities = [NaN, -0, Infinity, 1n, undefined, new Date(0), new Point(), new Told(), Symbol.iterator, () => 1]

const simple = ["", "a", "abc", 0, 1, 7, 1.5, true, null]

/** A value that mostly fits a schema. */
const drawValue = (random: Random, ast: SchemaAST.AST, depth = 0): unknown => {
  if (random.chance(0.05)) return random.pick<unknown>(random.chance(0.5) ? oddities : simple)
  if (ast._tag === "Arrays") return some(random, 3, () => drawValue(random, ast.rest[0]!, depth + 1))
  if (ast._tag === "Objects") {
    const entries = ast.propertySignatures.filter(() => !random.chance(0.05))
      .map(({ name, type }) => [name, drawValue(random, type, depth + 1)] as const)
    const all = random.chance(0.1) ? [...entries, [random.pick(names), random.pick(simple)] as const] : entries
    return Object.fromEntries(random.chance(0.1) ? all.toReversed() : all)
  }
  const fitting = [...simple, ...oddities].filter((it) => Schema.is(Schema.make(ast) as Schema.Codec<unknown>)(it))
  return random.pick<unknown>(fitting.length === 0 ? simple : fitting)
}

describe("values that fit their schema as they are", () => {
  it("are recorded and read as the general path does it, and so is all that does not fit", () => {
    let fitting = 0
    forSeeds(2_000, (random) => {
      const codec = drawSchema(random) as AnyCodec
      const value = drawValue(random, codec.ast)
      const slow = general(codec)
      const text = outcome(() => encodeText(codec, value))
      expect(text).toEqual(outcome(() => slow.encode(value)))
      const given = outcome(() => JSON.stringify(value) ?? "null")
      const read = "value" in given ? given.value : "null"
      expect(outcome(() => decodeText(codec, read))).toEqual(outcome(() => slow.decode(read)))
      if (fitsOf(codec.ast)?.(value) === true) fitting++
    })
    expect(fitting).toBeGreaterThan(200)
  })

  it("are those of the schemas that most nodes have", () => {
    const fits = fitsOf(Schema.Struct({ x: Schema.Int, y: Schema.Array(Schema.String) }).ast)!
    expect(fits({ x: 1, y: ["a"] })).toBe(true)
    expect(fits({ y: ["a"], x: 1 })).toBe(false)
    expect(fits({ x: 1, y: ["a"], z: 1 })).toBe(false)
    expect(fits({ x: 1.5, y: [] })).toBe(false)
    expect(fitsOf(Schema.Struct({ x: Schema.Date }).ast)).toBeUndefined()
  })
})
