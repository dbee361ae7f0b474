import { describe, expect, it } from "vitest"
import { fieldsMatch, fieldTerms } from "../../../src/run/select/fieldSelector.ts"

const node: Readonly<Record<string, string>> = { phase: "Failed", name: "wf.a", odd: "x,y=z\\" }

const matches = (text: string): boolean => fieldsMatch(fieldTerms(text), (field) => node[field])

describe("field selectors", () => {
  it.each([
    ["", true],
    ["phase=Failed", true],
    ["phase==Failed", true],
    ["phase!=Failed", false],
    ["phase=Failed,name=wf.b", false],
    ["phase=Failed,name!=wf.b,", true],
    [" phase = Failed , name != wf.b ", true],
    ["nothing=", true],
    ["nothing!=", false],
    ["nothing!=x", true],
    ["odd=x\\,y\\=z\\\\", true],
    ["odd=x\\,y\\=z\\\\,phase=Failed", true],
    ["odd=x\\,y\\=z\\\\,phase=Error", false]
  ])("%s", (text, expected) => expect(matches(text)).toBe(expected))

  it.each(["phase", "=x", "a=b=c", "a=\\n", "!a", "a in (b)", "a=b\\"])("refuses %s", (text) => {
    expect(() => fieldTerms(text)).toThrow(`Cannot read "${text}" in a field selector`)
  })
})
