import { expect, it } from "vitest"
import { compileExpression, evaluateExpression } from "../../../src/argo/language/expr/expression.ts"
import { ExprError } from "../../../src/argo/language/expr/ExprError.ts"
import { seeded } from "../../run/random.ts"

const pieces = [
  ..."()[]{}.,:;?#|+-*/%<>=!&@~\"'`\\ \n0159aé_$".split(""),
  ..."== != <= >= && || ?? ?. .. ** and or not in matches contains startsWith endsWith let if else true false nil"
    .split(" "),
  ..."foo len map filter reduce sum sprig now date duration toJSON fromJSON jsonpath string int float 1.5 0x1f 'a' \"b\""
    .split(" ")
]

const attempt = (source: string): void => {
  try {
    evaluateExpression(compileExpression(source), { foo: { a: [1, "x", null] } }, { now: () => 0 })
  } catch (error) {
    expect(error, `${source}: ${(error as Error).stack}`).toBeInstanceOf(ExprError)
  }
}

it("any text either has a value or fails with an ExprError", () => {
  const { next } = seeded(20_261_121)
  for (let count = 0; count < 10_000; count++) {
    const size = 1 + Math.floor(next() * 14)
    attempt(
      Array.from({ length: size }, () => pieces[Math.floor(next() * pieces.length)]).join(next() < 0.5 ? " " : "")
    )
  }
})

it("deep nesting and long chains fail with an ExprError", () => {
  for (const piece of ["(", "[", "{a:", "-", "not ", "a ? ", "1 + ", "f(", "a.", "let x = ", "map(1..2, "]) {
    attempt(piece.repeat(20_000))
  }
  attempt(`1${" + 1".repeat(20_000)}`)
  attempt(`foo${".a".repeat(20_000)}`)
  attempt(`${"(".repeat(150)}1${")".repeat(150)}`)
})
