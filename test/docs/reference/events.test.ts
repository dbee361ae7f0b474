/** The page of events names every type of event, and every field of each. */
import { expect, it } from "vitest"
import { eventFields } from "../../../src/run/eventSchema.ts"
import { readPage, table } from "../Page.ts"

const page = readPage("docs/reference/events.md")

const rows = ["Of the run", "Of a node"].flatMap((heading) => table(page, heading)).map(([type = "", fields = ""]) =>
  [type.replaceAll("`", ""), [...fields.matchAll(/`(\w+)\??`/g)].map(([, name]) => name).toSorted()] as const
)

it("tells every event with its fields", () => {
  const known = Object.entries(eventFields).map(([type, fields]) => [type, fields.toSorted()] as const)
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(known))
})
