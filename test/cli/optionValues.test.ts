import { expect, test } from "vitest"
import { bytesOf, numberOf, priorityOf, rowsOf, spanOf } from "../../src/cli/arguments/optionValues.ts"
import { Flags } from "../../src/cli/Verb.ts"

const limit = (text: string) => rowsOf(new Flags({ limit: text }), "limit")
const span = (text: string) => spanOf(new Flags({ since: text }), "since")
const size = (text: string) => bytesOf(new Flags({ "keep-bytes": text }), "keep-bytes")
const priority = (text: string) => priorityOf(new Flags({ priority: text }))
const next = (text: string) => numberOf(new Flags({ next: text }), "next", { least: 1, most: 1_000 })

test("Options with numbers and times take what the library takes", () => {
  expect([limit("1"), limit("9007199254740991")]).toEqual([1, Number.MAX_SAFE_INTEGER])
  expect([span("90s"), span("1d12h"), span("1.5s")]).toEqual([90_000, 129_600_000, 1_500])
  expect([priority("7"), priority("-7"), priority("+7")]).toEqual([7, -7, 7])
  expect(["7", "1kB", "1.5 MiB", "2GB", "0"].map(size)).toEqual([7, 1000, 1_572_864, 2e9, 0])
  expect([next("1"), next("1000")]).toEqual([1, 1_000])
})

test.each([
  ...["0", "-1", "1.5", "NaN", "Infinity", "", "1e3", "9007199254740992", " 1", "٣"].map((text) =>
    [limit, text, `--limit ${text}: write a whole number from 1`] as const
  ),
  ...["0", "1001"].map((text) => [next, text, `--next ${text}: write a whole number from 1 to 1000`] as const),
  ...["1.5", "Infinity", "9007199254740992", "high"].map((text) =>
    [priority, text, `--priority ${text}: use a whole number; larger goes first`] as const
  ),
  ...["", "-1s", "1", "NaNs", "yesterday"].map((text) => [span, text, "write a time such as 90s, 2h or 7d"] as const),
  ...["", "-1", "1e3", "many", "1 PB", "2g"].map((text) =>
    [size, text, `--keep-bytes ${text}: write a size such as 500MB or 2GiB`] as const
  ),
  [span, "99999999999999999d", "--since 99999999999999999d: use a string like"] as const
])("%o of %j is refused with the way to write it", (read, text, message) => {
  expect(() => read(text)).toThrow(message)
})
