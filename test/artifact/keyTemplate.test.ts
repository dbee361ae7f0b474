import { describe, expect, it } from "vitest"
import { keyProblem } from "../../src/artifact/key.ts"
import { escapeSegment, fillKeyTemplate, parseKeyTemplate } from "../../src/artifact/keyTemplate.ts"

describe("parseKeyTemplate()", () => {
  it("names the holes", () => {
    expect(parseKeyTemplate("{run}/{node}/x-{attempt}.txt")).toEqual({
      names: ["run", "node", "attempt"],
      problem: undefined
    })
    expect(parseKeyTemplate("a{{b}}c")).toEqual({ names: [], problem: undefined })
  })

  it.each(["{", "a}", "{}", "{a b}", "{a", "{{a}"])("finds fault with %s", (template) => {
    expect(parseKeyTemplate(template).problem).toContain("is not a name in braces")
  })
})

describe("fillKeyTemplate()", () => {
  it("fills holes, an array as segments, and doubled braces as single ones", () => {
    const values = { run: "r 1", node: ["a", "b[3]"], attempt: 2 }
    expect(fillKeyTemplate("{run}/{node}/{{{attempt}}}", values)).toBe("r 1/a/b[3]/{2}")
  })

  it("lets no value leave its segment or make the key invalid", () => {
    const hostile = ["../../etc/x", "..", ".", "", "/", "a/../b", "C:", "C:\\x", "a\0b", "\ud800", "%2e", "\\", "\n"]
    const filled = hostile.map((value) => fillKeyTemplate("{value}/{value}", { value }))
    expect(filled.map(keyProblem).filter((it) => it !== undefined)).toEqual([])
    expect(filled.every((key) => key.split("/").length === 2)).toBe(true)
    expect(new Set(filled).size).toBe(hostile.length)
  })

  it("leaves ordinary names as they are", () => {
    for (const name of ["a b", "ü", "x.tgz", "a:b", "日本"]) expect(escapeSegment(name)).toBe(name)
  })

  it("throws for a name without a value, also for one that every object has", () => {
    expect(() => fillKeyTemplate("{run}", {})).toThrow("no value for {run}")
    expect(() => fillKeyTemplate("{constructor}", {})).toThrow("no value for {constructor}")
  })
})
