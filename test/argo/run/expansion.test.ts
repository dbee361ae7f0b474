import { expect, it } from "vitest"
import { expand } from "../../../src/argo/values/expansion.ts"

it.each([
  ["$(A)-$(B)", "1-two"],
  ["$(none) $(date)", "$(none) $(date)"],
  ["$$(A)", "$(A)"],
  ["$$$(A)", "$1"],
  ["$A ${A} $", "$A ${A} $"],
  ["cost: 5$$", "cost: 5$$"],
  ["kill -9 $$", "kill -9 $$"],
  ["$((1 + 2))", "$((1 + 2))"],
  ["$(A", "$(A"],
  ["$(toString) $(__proto__)", "$(toString) $(__proto__)"],
  ["$(C)", "$(A)"]
])("%s becomes %s, as Kubernetes writes it", (text, expanded) => {
  expect(expand(text, { A: "1", B: "two", C: "$(A)" })).toBe(expanded)
})
