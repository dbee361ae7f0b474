import { expect, test } from "vitest"
import { millis } from "../../src/workflow/millis.ts"

test.each(
  [["10ms", 10], ["5s", 5_000], ["1.5m", 90_000], ["2h", 7_200_000], ["7d", 604_800_000], ["2 hours", 7_200_000], [
    5,
    5
  ]] as const
)(
  "%s is a duration of %d milliseconds",
  (input, expected) => expect(millis(input)).toBe(expected)
)

test.each(["5 s", "s", "-5s", "5w", ""])("%j is none", (input) => expect(millis(input as never)).toBeNaN())
