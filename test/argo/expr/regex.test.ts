import { describe, expect, it } from "vitest"
import { Budget, maxWork } from "../../../src/argo/language/expr/Budget.ts"
import { ExprError, Refusal } from "../../../src/argo/language/expr/ExprError.ts"
import { compileExpression, evaluateExpression } from "../../../src/argo/language/expr/expression.ts"
import { regex } from "../../../src/argo/language/expr/regex.ts"
import { expand, findAll, replaceAll, splitBy } from "../../../src/argo/language/expr/regexFunctions.ts"
import { elements } from "../../../src/store/s3/xml.ts"
import { isTrue } from "../../../src/argo/language/when/when.ts"

const pattern = (source: string) => regex(source, new Budget())
const value = (source: string, names: Readonly<Record<string, unknown>> = {}) =>
  evaluateExpression(compileExpression(source), names, { now: () => 0 })

describe("RE2's syntax as Go reads it", () => {
  it.each([
    ["a\\z", "ba", true],
    ["a\\z", "a\n", false],
    ["a$", "a\n", false],
    ["(?m)a$", "a\nb", true],
    ["\\Aa", "ba", false],
    ["(?i)HeAds", "heads", true],
    ["(?i:H)eads", "HEADS", false],
    ["(?s)a.b", "a\nb", true],
    ["a.b", "a\nb", false],
    ["(?P<n>a)b", "ab", true],
    ["(?<n>a)b", "ab", true],
    ["^\\pL+$", "éßλ", true],
    ["^\\p{Greek}+$", "λμ", true],
    ["^\\P{Greek}$", "λ", false],
    ["^[[:alpha:]]+$", "abc", true],
    ["^[[:^alpha:]]+$", "123", true],
    ["^[[:alpha:][:digit:]_]+$", "a1_", true],
    ["^\\Qa.b(\\E$", "a.b(", true],
    ["^\\Qa.b\\E$", "axb", false],
    ["^\\w+$", "é", false],
    ["^\\d+$", "٣", false],
    ["^\\s$", "\u00a0", false],
    ["\\bfoo\\b", "a foo b", true],
    ["^.$", "😀", true],
    ["^\\x{1F600}$", "😀", true],
    ["^[^a]$", "\n", true],
    ["\\-\\_\\/", "-_/", true],
    ["a{,2}", "a{,2}", true],
    ["(|a)+b", "aab", true]
  ])("%s on %j: %s", (source, text, expected) => expect(pattern(source).test(text)).toBe(expected))

  it.each([
    ["x(a)\\1", "invalid escape sequence: `\\1` at character 5 of `x(a)\\1`. RE2 has no back-references"],
    ["ab(?=c)", "invalid or unsupported Perl syntax: `(?=` at character 3 of `ab(?=c)`. RE2 has no look-around"],
    ["a(?!c)", "at character 2 of `a(?!c)`. RE2 has no look-around"],
    ["(?<=a)b", "at character 1 of `(?<=a)b`. RE2 has no look-around"],
    ["a++", "invalid nested repetition operator: `++` at character 2"],
    ["[b", "missing closing ]: `[b`"],
    ["(a", "missing closing ): `(a`"],
    ["a{1001}", "invalid repeat count: `{1001}`"],
    ["\\Z", "invalid escape sequence: `\\Z`"],
    ["((abcdefghij){100}){10}".repeat(40), "is too large"],
    ["a".repeat(1_001), "longer than 1000 characters"]
  ])("refuses %s", (source, why) => {
    expect(() => pattern(source)).toThrow(Refusal)
    expect(() => pattern(source)).toThrow(why)
  })

  it("finds, replaces and splits as Go does", () => {
    const replaced = (source: string, text: string, by: string) =>
      replaceAll(pattern(source), text, (match) => expand(by, text, match))
    expect(findAll(pattern("a*"), "baaac", -1)).toEqual(["", "aaa", ""])
    expect(findAll(pattern("a."), "axayaz", 2)).toEqual(["ax", "ay"])
    expect(splitBy(pattern("a*"), "abaabaccadaaae", 5)).toEqual(["", "b", "b", "c", "cadaaae"])
    expect(splitBy(pattern("z+"), "pizza", -1)).toEqual(["pi", "a"])
    expect(replaced("a(x*)b", "-ab-axxb-", "$1W")).toBe("---")
    expect(replaced("(?P<n>x)(y)?", "xyx", "[${n}$2$$]")).toBe("[xy$][x$]")
    expect(replaced("a*", "baac", "-")).toBe("-b-c-")
  })
})

describe("linear time", () => {
  const long = `${"a".repeat(100_000)}!`

  it.each(["^((a+))+$", "^(a|aa)+$", "^(a*)*$", "(a|a)*b", "(.*)*,(.*)*;", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"])(
    "%s ends on a hundred thousand characters",
    (source) => {
      expect(pattern(source).test(long)).toBe(false)
      expect(findAll(pattern(source), long, -1)).toEqual([])
    }
  )

  it("holds in when, in matches and in dates", () => {
    expect(isTrue(`'${long}' =~ '^(a|aa)+$'`)).toBe(false)
    expect(isTrue(`'${long}' !~ '^((a+))+$'`)).toBe(true)
    expect(value("text matches '^((a+))+$'", { text: long })).toBe(false)
    expect(() => value(`date('${"1".repeat(60)}x', '${"1".repeat(50)}')`)).toThrow("invalid date")
    expect(() => value(`duration(text)`, { text: "1".repeat(200_000) })).toThrow("invalid duration")
    expect(() => value(`float(text)`, { text: "1".repeat(200_000) })).toThrow("float")
  })

  it("counts what all searches of an expression read, and ends with a place", () => {
    // Each match has to look at the whole rest: together that is a square.
    expect(() => value("sprig.regexFindAll('a*b|a', text, -1)", { text: long })).toThrow("works for too long")
    const spent = new Budget()
    spent.work(maxWork - 1_000)
    expect(() => regex("^(a|aa)+$", spent).test(long)).toThrow(Refusal)
  })

  it("lets ordinary work on long texts pass", () => {
    const lines = "key=value\n".repeat(100_000)
    expect((value("sprig.regexFindAll('(?m)^k.*$', text, -1)", { text: lines }) as ReadonlyArray<string>).length).toBe(
      100_000
    )
    expect(value("len(sprig.regexSplit('\\n', text, -1))", { text: lines })).toBe(100_001n)
  })
})

describe("an evaluation ends soon, whatever it does", () => {
  const doubling = (times: number) => {
    const lets = Array.from({ length: times }, (_, index) => `let x${index + 1} = [x${index}, x${index}];`)
    return `let x0 = ['a']; ${lets.join(" ")}`
  }
  const b = "b".repeat(100_000)

  it.each([
    ["a copy of copies that is compared", `${doubling(60)} x60 == x59`],
    ["a copy of copies that is written", `${doubling(60)} x60`],
    ["a copy of copies as text", `${doubling(60)} string(x60)`],
    ["a copy of copies that is flattened", `${doubling(60)} len(flatten(x60))`],
    ["a deep value", "reduce(1..20000, [#acc], [])"],
    ["equal lists without end", "uniq(map(1..20000, [#]))"],
    ["the same of sprig", "sprig.uniq(map(1..50000, string(#)))"],
    ["sorting again and again", "map(1..1000, sort(1..10000))"],
    ["a text in a text", "let a = repeat('a', 1000000); let p = repeat('a', 100000); (a + 'c') contains (p + 'b' + p)"],
    ["the same in all functions", "indexOf(repeat('a', 1000000), repeat('a', 100000) + 'b' + repeat('a', 100000))"],
    ["indenting much", "sprig.indent(1000000, repeat('\\n', 1000))"],
    ["replacing by much", "sprig.replace('a', repeat('b', 100000), repeat('a', 100000))"],
    ["replacing matches by much", "sprig.regexReplaceAll('a', repeat('a', 100000), repeat('b', 100000))"],
    ["joining by much", "sprig.join(repeat('b', 100000), 1..100000)"],
    ["repeating much", "sprig.repeat(100000, text)"],
    ["a negative count", "len(sprig.repeat(-1000000000000, 'a')) + len(sprig.repeat(100000000, 'a'))"],
    ["characters one by one", "map(1..1000000, text[0])"],
    ["many large pieces", "map(1..100000, upper(text))"],
    ["descending everywhere", "jsonpath(json, '$" + "..*".repeat(30) + "')"]
  ])("%s", (_, source) => {
    const json = "[".repeat(200) + "]".repeat(200)
    expect(() => value(source, { text: b, json })).toThrow(ExprError)
    expect(() => value(source, { text: b, json })).toThrow(
      /budget exceeded|works for too long|more than|too deeply|deeper than/
    )
  })
})

describe("texts from outside that patterns of ours read", () => {
  it("end on long texts that nearly match", () => {
    const open = "<Key>".repeat(100_000)
    expect(elements(open, "Key")).toEqual([])
    expect(elements("<Key a='1'>x</Key><Key>y</Key>", "Key")).toEqual(["x", "y"])
    expect(elements("<Key ".repeat(100_000) + "</Key>", "Key")).toEqual([])
  })
})
