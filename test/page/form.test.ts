/** What a form asks for, by the JSON Schema of what is wanted. */
import { describe, expect, it } from "vitest"
import { wordsOf } from "../../src/page/form/words.ts"
import { beginningOf, faultsOf, type Schema, shapeOf } from "../../src/page/form/shape.ts"

const number = { anyOf: [{ type: "number" }, { type: "string", enum: ["Infinity", "-Infinity", "NaN"] }] }

describe("a form", () => {
  it.each<[string, Schema, object, unknown]>([
    ["a text", { type: "string" }, { is: "text" }, ""],
    ["a number", number, { is: "number", whole: false }, undefined],
    ["a whole number", { type: "integer", minimum: 1 }, { is: "number", whole: true, least: 1 }, undefined],
    ["a choice", { enum: ["a", "b"] }, { is: "choice", of: ["a", "b"] }, undefined],
    ["nothing", { type: "null" }, { is: "nothing" }, null],
    ["a text or none", { anyOf: [{ type: "string" }, { type: "null" }] }, { is: "maybe", of: { is: "text" } }, null],
    ["a list", { type: "array", items: { type: "boolean" } }, { is: "list", of: { is: "boolean" } }, []],
    ["anything", {}, { is: "json" }, undefined],
    ["constants", { anyOf: [{ const: 1 }, { const: 2 }] }, { is: "choice", of: [1, 2] }, undefined]
  ])("asks for %s", (_, schema, shape, beginning) => {
    expect(shapeOf(schema)).toEqual(shape)
    expect(beginningOf(shapeOf(schema))).toEqual(beginning)
  })

  it.each<[Schema, string]>([
    [{ type: "integer", minimum: 1, maximum: 9 }, "whole number from 1 to 9"],
    [{ enum: ["a", 2] }, "a | 2"],
    [{ type: "array", items: { type: "string" } }, "list of (text)"],
    [{ type: "array", items: { type: "object", properties: { a: {} } } }, "list of records"],
    [{ type: "object", properties: { a: { type: "string" }, b: {} } }, "record of a, b"],
    [{ anyOf: [{ type: "boolean" }, { type: "null" }] }, "yes or no, may be left out"],
    [{}, "any value"]
  ])("%j is told in words: %s", (schema, words) => expect(wordsOf(shapeOf(schema))).toBe(words))

  it("asks for the parts of an object, and for one of several by its tag", () => {
    const tagged = (tag: string, more: Schema): Schema => ({
      type: "object",
      properties: { _tag: { type: "string", enum: [tag] }, it: more },
      required: ["_tag", "it"]
    })
    const shape = shapeOf({ anyOf: [tagged("x", { type: "string" }), tagged("y", number)] })
    expect(shape).toMatchObject({ is: "one", of: [{ title: "x" }, { title: "y" }] })
    expect(beginningOf(shape)).toEqual({ _tag: "x", it: "" })
  })

  it("follows names, also those that name themselves, to a depth", () => {
    const tree: Schema = {
      $ref: "#/$defs/Tree",
      $defs: { Tree: { type: "object", properties: { next: { $ref: "#/$defs/Tree" } } } }
    }
    expect(JSON.stringify(shapeOf(tree))).toContain('"is":"json"')
  })

  it("says what is missing or wrong, with its place", () => {
    const shape = shapeOf({
      type: "object",
      properties: {
        n: { type: "integer", maximum: 9 },
        tags: { type: "array", items: number },
        note: { type: "string" }
      },
      required: ["n", "tags"]
    })
    expect(faultsOf(shape, { tags: [] })).toEqual(["n is missing"])
    expect(faultsOf(shape, { n: 1.5, tags: [1] })).toEqual(["n is not a whole number"])
    expect(faultsOf(shape, { n: 10, tags: [] })).toEqual(["n is more than 9"])
    expect(faultsOf(shape, { n: 1, tags: [1, null] as never })).toEqual(["tags[1] is not a number"])
    expect(faultsOf(shape, { n: 1, tags: [2] })).toEqual([])
  })
})
