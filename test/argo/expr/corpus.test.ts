/**
 * Expressions with what they are by the documentation and the tests
 * of expr-lang, Sprig and Argo: never by what they were here.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { compileExpression, evaluateExpression } from "../../../src/argo/language/expr/expression.ts"
import { ExprError } from "../../../src/argo/language/expr/ExprError.ts"
import { absent } from "../../../src/argo/language/expr/sprig/absent.ts"
import { builtinNames, sprigNames } from "../../../src/argo/language/expr/unknown.ts"

const folder = join(import.meta.dirname, "corpus")
const at = Date.parse("2026-03-04T05:06:07.089Z")
const names = {
  user: { name: "Ada", tags: ["a", "b"], "with-dash": "dashed", nothing: null },
  inputs: { parameters: { n: "5", "a-b": "x", json: '{"k":[1,2,{"d":"e"}]}' } }
}
const run = (source: string) => evaluateExpression(compileExpression(source), names, { now: () => at })

interface Row {
  readonly source: string
  /** The result as a literal, or behind `!` a part of the message. */
  readonly expected: string
}

/** A line, which goes on where a raw string does, is `EXPRESSION ⇒ RESULT`; one that begins with `# ` is a title. */
const rowsOf = (file: string): ReadonlyArray<Row> => {
  const text = readFileSync(join(folder, file), "utf8").replace(/^# .*$\n(?!.*⇒)/gm, "").replace(/^# (?!⇒).*\n/gm, "")
  return [...text.matchAll(/^(.+?) ⇒ ((?:`[^`]*`|.)*)$/gm)].map(([, source, expected]) => ({
    source: source!,
    expected: expected!
  }))
}

const files = readdirSync(folder)
const all = files.flatMap(rowsOf)

const outcome = (source: string): unknown => {
  try {
    return run(source)
  } catch (error) {
    if (error instanceof ExprError) return error.message
    throw error
  }
}

describe.each(files)("%s", (file) => {
  it.each(rowsOf(file))("$source is $expected", ({ expected, source }) => {
    const found = outcome(source)
    if (!expected.startsWith("!")) return expect(found).toEqual(run(expected))
    expect(() => run(source)).toThrow(ExprError)
    expect(found).toContain(expected.slice(1).trim())
  })
})

describe("the corpus", () => {
  it("is large", () => expect(all.length).toBeGreaterThan(600))

  it("has every builtin of expr-lang, with more than one case", () => {
    for (const name of builtinNames) {
      const calls = all.filter(({ source }) => new RegExp(`(?<![\\w.])${name}\\(`).test(source))
      expect(calls.length, name).toBeGreaterThan(1)
    }
  })

  it("has every function of Sprig, or a reason why there is none", () => {
    const documented = readFileSync(join(import.meta.dirname, "sprigNames.txt"), "utf8").trim().split(/\s+/)
    for (const name of documented) {
      expect(sprigNames.has(name) || Object.hasOwn(absent, name), name).toBe(true)
      if (Object.hasOwn(absent, name)) continue
      expect(all.some(({ source }) => source.includes(`sprig.${name}(`)), name).toBe(true)
    }
    expect([...sprigNames].filter((name) => !documented.includes(name))).toEqual([])
  })

  it("has every builtin that the documentation of expr-lang names", () => {
    const documented = readFileSync(join(import.meta.dirname, "builtinNames.txt"), "utf8").trim().split(/\s+/)
    expect(documented.filter((name) => !builtinNames.has(name))).toEqual([])
  })
})
