/** Which fields of an answer are kept, as Argo's server does it. */
import { expect, it } from "vitest"
import { fieldsOf, picked, wants } from "../../../src/server/argo/fields.ts"

const list = {
  metadata: { resourceVersion: "7" },
  items: [{
    metadata: { name: "a", labels: { x: "1" } },
    spec: { entrypoint: "m" },
    status: { phase: "Failed", phaseOf: 1, nodes: {} }
  }]
}

it.each([
  ["items.metadata.name", { items: [{ metadata: { name: "a" } }] }],
  ["metadata,items.metadata", {
    metadata: { resourceVersion: "7" },
    items: [{ metadata: { name: "a", labels: { x: "1" } } }]
  }],
  ["items.status.phaseOf", { items: [{ status: { phase: "Failed", phaseOf: 1 } }] }],
  ["-items.status,items.spec,items.metadata.labels", {
    metadata: { resourceVersion: "7" },
    items: [{ metadata: { name: "a" } }]
  }],
  ["", list]
])("of %s", (text, kept) => {
  expect(picked(list, fieldsOf(text))).toEqual(kept)
})

it("tells whether costly parts are wanted before they are made", () => {
  expect(wants(fieldsOf("items.metadata,items.status.phase"), "items.status.nodes")).toBe(false)
  expect(wants(fieldsOf("items.status"), "items.status.nodes")).toBe(true)
  expect(wants(fieldsOf("-items.status.nodes"), "items.status.nodes")).toBe(false)
  expect(wants(undefined, "items.status.nodes")).toBe(true)
})
