/** Patterns of lines: what storage looks for first loses nothing that RE2 finds in a line, and adds nothing. */
import { RE2JS } from "re2js"
import { expect, it } from "vitest"
import { isLineMeant } from "../../src/run/select/lineChoice.ts"
import { linePattern } from "../../src/view/linePattern.ts"
import { type Random, seeded } from "../run/random.ts"

const finds = (pattern: string, text: string): boolean => {
  const { choice, test } = linePattern(pattern)
  return isLineMeant({ path: "a", attempt: 1, at: 0, level: "info", text }, choice) && test?.(text) !== false
}

const letters = ["a", "b", "ab", "é", "😀", " ", ":"]
const pieces = [
  ...letters,
  ...letters.flatMap((it) => ["*", "+", "?", "*?", "+?"].map((times) => `${it}${times}`)),
  ".",
  ".*",
  "^",
  "$",
  "|",
  "\\.",
  "\\|",
  "\\w",
  "\\d+",
  "[ab]",
  "(a|b)",
  "a{2}",
  "(?i)A",
  "\\x61",
  "\\Qa*\\E",
  "\\pL"
]

const joined = (random: Random, from: ReadonlyArray<string>, most: number): string =>
  Array.from({ length: random.below(most + 1) }, () => random.pick(from)).join("")

it("finds what RE2 finds, for patterns of any kind", () => {
  const random = seeded(11)
  for (let at = 0; at < 4_000; at++) {
    const pattern = joined(random, pieces, 4)
    const text = joined(random, [...letters, "A", ".", "|", "*", "\n", "7"], 6)
    expect([pattern, text, finds(pattern, text)]).toEqual([pattern, text, RE2JS.compile(pattern).matcher(text).find()])
  }
})

it.each([
  ["done", { texts: ["done"] }, false],
  ["warn|error", { texts: ["warn", "error"] }, false],
  ["a\\.b: 50%", { texts: ["a.b: 50%"] }, false],
  ["lo+g.*done", { texts: ["done"] }, true],
  ["^is|x*", {}, true],
  ["(a|b)c", {}, true],
  ["a|", {}, true]
])("%s: storage looks for %j", (pattern, choice, isTested) => {
  const found = linePattern(pattern)
  expect([found.choice, found.test !== undefined]).toEqual([choice, isTested])
})

it("refuses what cannot be read", () => {
  expect(() => linePattern("(")).toThrow("cannot be read")
  expect(() => linePattern("a".repeat(2_000))).toThrow("more than")
})
