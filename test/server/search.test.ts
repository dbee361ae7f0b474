/** Searching in lines: plain words are found as the pattern of the same letters finds them. */
import { RE2JS } from "re2js"
import { expect, it } from "vitest"
import { matching, patternOf } from "../../src/server/search.ts"

it.each(["a", "a b", "it's", '"q"', "x=1", "#1", "a-b", "50%", "a/b", "<b>", "~", "@x", "A_1", "a,b;c:d", "&!"])(
  "%s is plain, and is found as a pattern would find it",
  (text) => {
    for (const line of [text, `before ${text} after`, text.toUpperCase(), text.slice(1), ""]) {
      expect([line, patternOf(text)!(line)]).toEqual([line, RE2JS.compile(text).matcher(line).find()])
    }
  }
)

it("patterns are patterns, none is everything, and what cannot be read is refused", async () => {
  const lines = [{ text: "is done" }, { text: "is dune" }, { text: "was (odd)" }]
  const found = async (pattern: string | null) =>
    (await matching(lines, patternOf(pattern), new AbortController().signal)).length
  expect([await found("d.ne"), await found("done"), await found("^was"), await found(null)]).toEqual([2, 1, 1, 3])
  expect(() => patternOf("(")).toThrow("cannot be read")
  expect(() => patternOf("a".repeat(2_000))).toThrow("more than")
})
