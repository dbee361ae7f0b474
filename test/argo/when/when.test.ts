import { describe, expect, it } from "vitest"
import { isTrue } from "../../../src/argo/language/when/when.ts"
import { WhenError } from "../../../src/argo/language/when/WhenError.ts"
import { seeded } from "../../run/random.ts"

describe("holds()", () => {
  it.each([
    ["", true],
    ["heads == heads", true],
    ["heads == tails", false],
    ["'heads' == heads", true],
    ["heads != tails", true],
    ["5 > 4", true],
    ["5 >= 6", false],
    ["5 < 10 && 5 <= 5", true],
    ["a == a && 5 > 100", false],
    ["a == b || 5 == 5", true],
    ["heads =~ '^he'", true],
    ["heads !~ '^he'", false],
    ["!(heads == heads)", false],
    ["'heads' in ('heads','tails')", true],
    ["x in (heads, tails)", false],
    ["true", true],
    ["false", false],
    ["1 + 2 * 3 == 7", true],
    ["2 ** 3 == 8", true],
    ["-1 < 0", true],
    ["'a b' == \"a b\"", true],
    ["'5' == 5", false],
    ["b > a", true],
    ["[with-dash] == 'with-dash'", true],
    ["true ? true : false", true],
    ["( a == a && ( 1 == 1 ) )", true]
  ])("%s", (condition, expected) => expect(isTrue(condition)).toBe(expected))

  it.each([
    ["heads", "Expected boolean evaluation"],
    ["1 + 1", "Expected boolean evaluation"],
    ["a ==", "Unexpected end of expression"],
    ["a b", "Unexpected token 'b'"],
    ["a @ b", "Invalid token: '@'"],
    ["'a", "Unclosed string literal"],
    ["(a == a", "Unbalanced parenthesis"],
    ["a && true", "it is not a bool"],
    ["a < 1", "cannot be used with the comparator '<'"],
    ["a =~ '(a)\\\\1'", "no back-references"]
  ])("refuses %s", (condition, why) => {
    expect(() => isTrue(condition)).toThrow(WhenError)
    expect(() => isTrue(condition)).toThrow(why)
  })

  it("any text has a truth value or fails with a WhenError", () => {
    const { below, next, pick } = seeded(7)
    const pieces = [
      "a",
      "1",
      "'x'",
      '"',
      "(",
      ")",
      "==",
      "!",
      "&&",
      "in",
      ",",
      "-",
      "?",
      ":",
      "=~",
      "~",
      "é",
      "[",
      "]",
      "\\",
      "true"
    ]
    for (let count = 0; count < 5_000; count++) {
      const text = Array.from({ length: 1 + below(10) }, () => pick(pieces)).join(next() < 0.5 ? " " : "")
      try {
        expect(typeof isTrue(text)).toBe("boolean")
      } catch (error) {
        expect(error, text).toBeInstanceOf(WhenError)
      }
    }
    for (const piece of ["(", "!", "-", "a == "]) expect(() => isTrue(piece.repeat(5_000))).toThrow(WhenError)
  })
})
