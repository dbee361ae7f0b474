/** What finds the witnesses of fields. */
import { describe, expect, it } from "vitest"
import { decode } from "../../../src/argo/document/decode/decode.ts"
import { caseFolders, casesOf } from "../Case.ts"
import { witnesses } from "./report.ts"
import { rewrite } from "./rewrite.ts"
import { supportedFields } from "./search.ts"
import { unwitnessed } from "./unwitnessed.ts"

const cases = casesOf(caseFolders())
const decoded = (text: string) => {
  const { plugins, stores, workflows } = decode([{ name: "m.yaml", text }])
  return JSON.stringify([workflows.map(({ document }) => document), stores, plugins])
}

describe("rewrite()", () => {
  it("says the same in other words", () => {
    for (const { name, text } of cases) expect(decoded(rewrite(text).text), name).toBe(decoded(text))
  })

  it("leaves out a field of one kind of object, wherever it is, also where it is merged", () => {
    const text = `kind: Workflow
metadata: {name: a, labels: {name: kept}}
spec:
  templates:
  - &one
    name: one
    container: {name: kept, image: x, command: [a, 007]}
  - {<<: *one, metadata: {}}
---
kind: List
items: [{kind: ConfigMap, metadata: {name: c}, data: {name: kept}}]`
    expect(rewrite(text, "Template.name").text).toBe(
      `{"kind": "Workflow", "metadata": {"name": "a", "labels": {"name": "kept"}}, "spec": {"templates": [` +
        `{"container": {"name": "kept", "image": "x", "command": ["a", 007]}}, ` +
        `{"container": {"name": "kept", "image": "x", "command": ["a", 007]}, "metadata": {}}]}}\n---\n` +
        `{"kind": "List", "items": [{"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"name": "kept"}}]}\n`
    )
    expect(rewrite(text, "Metadata.name").text).not.toMatch(/"name": "[ac]"/)
    expect([...rewrite(text).fields]).toContain("Store.data")
  })
})

describe("the witnesses", () => {
  it("are cases that have the field, of fields that are supported", () => {
    const byName = new Map(cases.map((it) => [it.name, it]))
    for (const [field, name] of Object.entries(witnesses())) {
      expect(supportedFields()).toContain(field)
      expect([...rewrite(byName.get(name)?.text ?? "").fields], `${field}: ${name}`).toContain(field)
    }
  })

  it("are there for every supported field of which no sentence says why there can be none", () => {
    const shown = (field: string): boolean => Object.hasOwn(witnesses(), field) || Object.hasOwn(unwitnessed, field)
    expect(supportedFields().filter((field) => !shown(field)), "npm run conformance -- --fields finds them").toEqual([])
  })

  it("leave no field out of which it is said that nothing can show it", () => {
    for (const field of Object.keys(unwitnessed)) {
      expect(supportedFields()).toContain(field)
      expect(witnesses()).not.toHaveProperty([field])
    }
  })
})
