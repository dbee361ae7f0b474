/** How instants are told: with their date when it is not today's, and never with an exception. */
import { expect, it } from "vitest"
import { instantText } from "../../src/run/instant.ts"

const now = Date.parse("2026-11-29T14:00:00Z")

it.each([
  [now + 131_000, "14:02:11 UTC"],
  [now + 86_400_000, "2026-11-30 14:00:00 UTC"],
  [8.64e15, "+275760-09-13 00:00:00 UTC"],
  [Number.MAX_SAFE_INTEGER, "after the last date a clock can show"],
  [Infinity, "after the last date a clock can show"],
  [NaN, "after the last date a clock can show"],
  [-1e300, "before any date"]
])("instantText(%s) is %s", (at, text) => {
  expect(instantText(at, now)).toBe(text)
})
