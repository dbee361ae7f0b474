import { describe, expect, it } from "vitest"
import { compileExpression, evaluateExpression, resultText } from "../../../src/argo/language/expr/expression.ts"
import { ExprError } from "../../../src/argo/language/expr/ExprError.ts"

const at = Date.parse("2026-03-04T05:06:07.089Z")
const names = {
  user: { name: "Ada", tags: ["a", "b"], "with-dash": "dashed", nothing: null },
  item: { n: 2, list: [1, 2, 3] },
  inputs: { parameters: { n: "5", "a-b": "x", json: '{"k":[1,2,{"d":"e"}]}' } }
}
const run = (source: string, strict = false) =>
  evaluateExpression(compileExpression(source), names, { strict, now: () => at })

const table = (title: string, rows: ReadonlyArray<readonly [string, unknown]>) =>
  describe(title, () => {
    it.each(rows)("%s", (source, expected) => expect(run(source)).toEqual(expected))
  })

table("literals and arithmetic", [
  ["42", 42n],
  ["0x2A + 0o52 + 0b101010", 126n],
  ["1_000", 1000n],
  [".5", 0.5],
  ["1e3", 1000],
  ["7 / 2", 3.5],
  ["10 / 5", 2],
  ["10 % 3", 1n],
  ["2 ** 3", 8],
  ["2 ^ 3 ** 2", 512],
  ["1 + 2 * 3", 7n],
  ["(1 + 2) * 3", 9n],
  ["-5 + +3", -2n],
  ["1 == 1.0", true],
  ["1 + 0.5", 1.5],
  [`"a" + 'b' + \`c\\n\``, "abc\\n"],
  [`"\\u0041\\x42\\t"`, "AB\t"],
  ["nil", null],
  ["[1, 'a', nil]", [1n, "a", null]],
  ["{a: 1, 'b c': 2, (1 + 1): 3}", new Map<unknown, unknown>([["a", 1n], ["b c", 2n], [2n, 3n]])],
  ["1 // two\n + 2 /* three */", 3n]
])

table("logic and membership", [
  ["true and not false", true],
  ["true && !true || true", true],
  ["1 < 2 < 3", true],
  ["3 > 2 > 2", false],
  ["1 in [1, 2]", true],
  ["'x' not in {x: 1}", false],
  ["'abc' contains 'b' and 'abc' startsWith 'a' and 'abc' endsWith 'c'", true],
  ["'abc' not contains 'd'", true],
  ["'heads' matches '^he'", true],
  ["true ? 1 : 2", 1n],
  ["if 1 > 2 { 'a' } else if 2 > 1 { 'b' } else { 'c' }", "b"],
  ["nil ?? 1", 1n],
  ["user?.nothing?.deep.deeper ?? 'none'", "none"],
  ["user.missing", null],
  ["user['with-dash']", "dashed"],
  ["user.tags[-1]", "b"],
  ["'name' in user", true],
  ["missing == nil", true],
  ["'user' in $env", true],
  ["$env['user'].name", "Ada"],
  ["user.name | lower() | split('d')", ["a", "a"]],
  ["(1..5)[1:4]", [2n, 3n, 4n]],
  ["(1..5)[1:-1]", [2n, 3n, 4n]],
  ["'hello'[1:3]", "el"],
  ["let x = 2; let y = x * 2; x + y", 6n]
])

table("predicates", [
  ["filter(1..6, # % 2 == 0)", [2n, 4n, 6n]],
  ["map(user.tags, {# + '!'})", ["a!", "b!"]],
  ["all(1..3, {# > 0}) and any(1..3, # > 2) and one(1..3, # == 2) and none(1..3, # > 3)", true],
  ["count(1..5, # > 2)", 3n],
  ["count([true, false, true])", 2n],
  ["sum(1..9)", 45n],
  ["sum([{n: 1}, {n: 2}], .n)", 3n],
  ["find([1, 2, 3, 4], # > 2)", 3n],
  ["findIndex([1, 2, 3, 4], # > 2)", 2n],
  ["findLast([1, 2, 3, 4], # > 2)", 4n],
  ["reduce(1..9, #acc + #)", 45n],
  ["reduce([], 5, 0)", 0n],
  ["sortBy([{a: 2}, {a: 1}], .a)[0].a", 1n],
  ["groupBy(1..4, # % 2)[0]", [2n, 4n]],
  ["map(1..2, map(1..2, # * 2))", [[2n, 4n], [2n, 4n]]],
  ["[{v: 'x'}] | map(.v) | first()", "x"],
  ["map(1..3, #index)", [0n, 1n, 2n]]
])

table("builtins", [
  ["len('hello') + len([1]) + len({a: 1})", 7n],
  ["abs(-5)", 5n],
  ["ceil(5)", 5],
  ["round(-2.5)", -3],
  ["int('5') + int(5.5)", 10n],
  ["float('5.5')", 5.5],
  ["string(2.0)", "2"],
  ["trim('__foo___', '_')", "foo"],
  ["trimPrefix('prefix_foo', 'prefix_')", "foo"],
  ["split('a,b,c', ',', 2)", ["a", "b,c"]],
  ["splitAfter('a,b,c', ',', 2)", ["a,", "b,c"]],
  ["replace('a,b,c,d', ',', ';', 2)", "a;b;c,d"],
  ["join(['a', 'b'], ',')", "a,b"],
  ["lastIndexOf('foo,bar,baz', ',')", 7n],
  ["max([1, 2, 4, 10], 20, [29, 23, -19])", 29n],
  ["min(-1, [1.5])", -1n],
  ["mean(10, [1, 2, 3], 1..9)", 4.6923076923076925],
  ["median(1..5, 4.9)", 3.5],
  ["toJSON({foo: 1, bar: [2]})", '{\n  "bar": [\n    2\n  ],\n  "foo": 1\n}'],
  ["toJson({b: 1, a: '<'})", '{"a":"\\u003c","b":1}'],
  ["fromJSON('[1, 2.5]')", [1, 2.5]],
  ["fromBase64(toBase64('hé'))", "hé"],
  ["get([1], 9)", null],
  ["take([1, 2], 9)", [1n, 2n]],
  ["uniq([1, 15, 'a', 1, 'a'])", [1n, 15n, "a"]],
  ["uniq([[1], [1], [2]])", [[1n], [2n]]],
  ["flatten([[1], [2, [3]]])", [1n, 2n, 3n]],
  ["sort([3, 1, 2], 'desc')", [3n, 2n, 1n]],
  ["fromPairs(toPairs({a: 1}))", new Map([["a", 1n]])],
  ["type(1) + type(1.5) + type('') + type(nil) + type([]) + type({})", "intfloatstringnilarraymap"],
  ["bitshl(1, 3)", 8n],
  ["now().Format('2006-01-02T15:04:05.000Z07:00')", "2026-03-04T05:06:07.089Z"],
  ["now().Unix()", 1772600767n],
  ["date('2023-08-14').Year()", 2023n],
  ["date('2023-08-14T10:00:00+02:00').UTC().Hour()", 8n],
  ["(date('2023-08-15') - date('2023-08-14')).Hours()", 24],
  ["duration('1h30m').String()", "1h30m0s"],
  ["date('2023-08-14') + duration('1h') > date('2023-08-14')", true]
])

table("what Argo adds", [
  ["asInt(inputs.parameters.n) + 1", 6n],
  ["asFloat('2.5') * 2", 5],
  ["inputs.parameters['a-b']", "x"],
  ["jsonpath(inputs.parameters.json, '$.k[1]')", 2],
  ["jsonpath(inputs.parameters.json, '$.k[2].d')", "e"],
  ["jsonpath(inputs.parameters.json, '$..d')", ["e"]],
  ["jsonpath('[{\"a\":1},{\"a\":5}]', '$[?(@.a > 2)].a')", [5]],
  ["sprig.trim('  c ') + sprig.upper('x')", "cX"],
  ["sprig.default('d', '')", "d"],
  ["sprig.int64('12') + 1", 13n],
  ["sprig.add(1, '2', 3)", 6n],
  ["sprig.splitList(',', 'a,b')", ["a", "b"]],
  ["sprig.dig('a', 'b', 'none', {a: {b: 1}})", 1n],
  ["sprig.ternary('y', 'n', 1 > 2)", "n"],
  ["sprig.regexReplaceAll('a(x*)b', '-ab-axxb-', '${1}W')", "-W-xxW-"],
  ["sprig.untilStep(1, 7, 3)", [1n, 4n]],
  ["sprig.join('-', ['a', 1])", "a-1"],
  ["sprig.dict('a', 1, 'b', 2).b", 2n],
  ["sprig.date('2006', now())", "2026"]
])

describe("an expression that is wrong", () => {
  it.each([
    ["1 +", "unexpected end of expression", 3],
    ["'1' == 1", "mismatched types string and int", 4],
    ["true && 1", "mismatched types bool and int", 5],
    ["fromJSON('1') % 2", "mismatched types float and int", 14],
    ["foo.bar", "cannot fetch bar from nil", 3],
    ["a ?? b || c", "cannot be mixed", 7],
    ["'a' matches '('", "error parsing regexp", 4],
    ["'a' matches '(?=b)'", "look-around", 4],
    ["#", "pointer accessor outside predicate", 0],
    ["unknown()", "unknown name unknown", 0],
    ["len(1)", "invalid argument for len (type int)", 0],
    ["repeat('x', 10009999990)", "memory budget exceeded", 0],
    ["0..100000000", "memory budget exceeded", 1],
    ["reduce(1..2000, #acc + sum(1..#), 0) + sum(map(1..900000, # * 2))", "more than 1000000 steps", 62],
    ["[1][5]", "index out of range", 3],
    ["1 % 0", "integer divide by zero", 2],
    ["filter([1], 2)", "should return boolean", 0],
    ["99999999999999999999", "invalid number literal", 0],
    ["'open", "literal not terminated", 0],
    ["let len = 1; len", "cannot redeclare builtin len", 4]
  ])("%s", (source, why, place) => {
    const error = failure(source)
    expect(error.why).toContain(why)
    expect(error.at).toBe(place)
    expect(error.message).toContain(source)
  })

  it("names line and column", () => {
    expect(failure("1 +\n  @").message).toContain("(2:3)")
  })

  it("may name unknown variables only when not strict", () => {
    expect(run("missing")).toBe(null)
    expect(() => run("missing", true)).toThrow("unknown name missing")
  })
})

const failure = (source: string): ExprError => {
  try {
    run(source)
  } catch (error) {
    if (error instanceof ExprError) return error
    throw error
  }
  throw new Error(`no error from ${source}`)
}

describe("the host", () => {
  it.each([
    "user.constructor",
    "user.__proto__",
    "$env['__proto__']",
    "user['toString']",
    "constructor",
    "sprig.constructor",
    "sprig.env",
    "{}.hasOwnProperty"
  ])("is not reached by %s", (source) => expect(run(source)).toBe(null))

  it("is not reached through functions, instants or lists", () => {
    for (
      const source of ["len.constructor", "now().constructor()", "[].constructor", "'a'.constructor", "sprig.trim.call"]
    ) {
      expect(() => run(source), source).toThrow(ExprError)
    }
  })

  it("keeps a key named __proto__ as a key", () => {
    expect(run(`fromJSON('{"__proto__": 1}')['__proto__']`)).toBe(1)
    expect(run(`toJson(fromJSON('{"__proto__": 1}'))`)).toBe('{"__proto__":1}')
  })
})

describe("resultText()", () => {
  it.each([
    ["1 + 1", "2"],
    ["1.5", "1.5"],
    ["[1, 'a']", "[1 a]"],
    ["{b: 2, a: 1.0}", "map[a:1 b:2]"],
    ["true", "true"],
    ["nil", "<nil>"]
  ])("%s", (source, expected) => expect(resultText(run(source))).toBe(expected))
})
