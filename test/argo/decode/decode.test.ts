import { describe, expect, it } from "vitest"
import { decode } from "../../../src/argo/document/decode/decode.ts"
import { nearest } from "../../../src/workflow/nearest.ts"
import { supportTable } from "../../../src/argo/document/decode/supportTable.ts"
import { formatIssue } from "../../../src/argo/document/Issue.ts"
import { seeded, sweepOf } from "../../run/random.ts"

const wrap = (spec: string): string => `kind: Workflow\nmetadata: {name: a}\nspec:\n${spec.replace(/^/gm, "  ")}\n`
const issues = (text: string) => decode([{ name: "f.yaml", text }]).issues.map(formatIssue)
const spec = (text: string) => decode([{ name: "f.yaml", text: wrap(text) }]).workflows[0]?.document.spec

describe("decode()", () => {
  it("reads several documents and lists of several files", () => {
    const bundle = decode([
      {
        name: "a",
        text: `${
          wrap("entrypoint: x")
        }---\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: v, n: 2}\n---\n# only a comment\n`
      },
      {
        name: "b",
        text: "kind: List\nitems:\n- kind: Secret\n  metadata: {name: s}\n  data: {p: aGk=}\n  stringData: {q: clear}\n"
      }
    ])
    expect(bundle.issues).toEqual([])
    expect(bundle.workflows.map(({ document }) => document.spec.entrypoint)).toEqual(["x"])
    expect(bundle.stores.map(({ kind, data }) => [kind, { ...data }])).toEqual([
      ["ConfigMap", { k: "v", n: "2" }],
      ["Secret", { p: "hi", q: "clear" }]
    ])
  })

  it("keeps the spelling of values", () => {
    const parameters = "[007, 1e3, 1.0, 0x10, 12345678901234567890, true, yes, ~, '']"
    const values = spec(
      `arguments:\n  parameters: ${parameters.replace(/[^[\], ]+/g, (value) => `{name: n, value: ${value}}`)}`
    )
    expect(values?.arguments?.parameters?.map(({ value }) => value)).toEqual([
      "007",
      "1e3",
      "1.0",
      "0x10",
      "12345678901234567890",
      "true",
      "yes",
      undefined,
      ""
    ])
  })

  it("keeps items of loops as values", () => {
    const items = spec(
      "templates:\n- steps:\n  - - {name: a, withItems: [1, a, true, {k: [1.5]}, 12345678901234567890]}"
    )
    expect(JSON.stringify(items?.templates?.[0]?.steps?.[0]?.[0]?.withItems)).toBe(
      '[1,"a",true,{"k":[1.5]},"12345678901234567890"]'
    )
  })

  it("follows anchors and merges", () => {
    const made = spec(
      "templates:\n- &a {name: a, container: &c {image: x, command: [sh]}}\n- {name: b, container: {<<: *c, image: y}}"
    )
    expect(made?.templates?.[1]?.container).toEqual({ image: "y", command: ["sh"] })
  })

  it("takes continued quotes that are indented as little as their key", () => {
    expect(spec('templates:\n- container:\n    args: ["a\n    b\n    "]\n  name: x')?.templates?.[0]).toEqual({
      container: { args: ["a b "] },
      name: "x"
    })
  })

  it.each([
    ["spec:\n\tx: 1", "f.yaml:2:1: error: Invalid YAML: Tabs are not allowed as indentation"],
    [
      "kind: Workflow\nkind: Workflow",
      "f.yaml:2:1: error: Invalid YAML: Map keys must be unique (Keep one of the two)"
    ],
    ["- 1", "f.yaml:1:1: error: A document must be a map with a kind"],
    ["kind: Worklfow", 'f.yaml:1:7: error: Documents of kind Worklfow cannot be run (Did you mean "Workflow"?)'],
    ["a: *b\nkind: Workflow", "f.yaml:1:4: error: Unknown alias *b"],
    [wrap("entrypont: x"), 'f.yaml:4:14: error: Unknown field spec.entrypont (Did you mean "entrypoint"?)'],
    [
      wrap("entrypoint: 5"),
      'f.yaml:4:15: error: spec.entrypoint is the number 5, it must be a string (Put it in quotes: "5")'
    ],
    [wrap("parallelism: many"), 'f.yaml:4:16: error: spec.parallelism is the text "many", it must be a whole number'],
    [wrap("suspend: x"), 'f.yaml:4:12: error: spec.suspend is the text "x", it must be true or false'],
    [wrap("templates: {}"), "f.yaml:4:14: error: spec.templates is a map, it must be a list"],
    [
      wrap("onExit: {{workflow.name}}"),
      "f.yaml:4:12: error: A key must be a word; braces without quotes are read as a map"
    ],
    [
      wrap("shutdown: Stop"),
      "f.yaml:4:13: error: spec.shutdown cannot be honoured: A run is stopped by a command, not by its manifest"
    ]
  ])("refuses %j", (text, expected) => {
    expect(issues(text).join("\n")).toContain(expected)
  })

  it("tells every problem at once", () => {
    expect(issues(wrap("a: 1\nb: 2\nentrypoint: [x]"))).toHaveLength(3)
  })

  it("tells of one mistake in the syntax once, and of each key that is there twice", () => {
    expect(issues("kind: Workflow\nspec:\n  entrypoint: main\n bad\n  templates: []")).toHaveLength(1)
    expect(issues("kind: Workflow\nkind: Workflow\nspec: {}\nspec: {}")).toHaveLength(2)
  })

  it("refuses what is too large, too deep or too much", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi".split("").map((it, index) => `${it}: &${it} [${`*${"abcdefgh"[index]},`.repeat(9)}]`)
    ]
    const refused = (text: string) => issues(text).join("\n")
    expect(refused(bomb.join("\n") + "\nkind: Workflow")).toContain("more than 300000 values")
    expect(refused(`kind: Workflow\nspec: ${"[".repeat(100_000)}`)).toContain("nested deeper than 200")
    expect(refused(`kind: Workflow\nspec: ${"{a: ".repeat(300)}1${"}".repeat(300)}`)).toContain(
      "nested deeper than 200"
    )
    expect(refused("x".repeat(20_000_001))).toContain("the limit is 20000000")
  })

  it("ends with problems, never with a crash, whatever is changed in a manifest", () => {
    const { below, next } = seeded(11)
    const original = wrap(
      'entrypoint: m\ntemplates:\n- name: m\n  steps: [[{name: a, template: b, when: "{{x}} == 1", withItems: [1, {a: b}]}]]'
    )
    const letters = "{}[]:,-&*!|>'\"%@`#? \n\tab0~<".split("")
    for (let count = 0; count < sweepOf(1_500); count++) {
      let text = original
      for (let edits = 1 + below(4); edits > 0; edits--) {
        const at = below(text.length)
        const put = letters[below(letters.length)]!.repeat(1 + below(3))
        text = next() < 0.5 ? text.slice(0, at) + put + text.slice(at) : text.slice(0, at) + text.slice(at + below(8))
      }
      expect(() => decode([{ name: "f", text }]), text).not.toThrow()
    }
  })
})

describe("the support table", () => {
  it("names only objects that it has", () => {
    const named = JSON.stringify(supportTable).matchAll(/"kind":"object","name":"(\w+)"/g)
    for (const [, name] of named) expect(Object.keys(supportTable)).toContain(name)
  })

  it("says why for everything it does not support", () => {
    for (const [name, fields] of Object.entries(supportTable)) {
      for (const [field, { support }] of Object.entries(fields)) {
        if (support._tag !== "Supported") expect(support.why.length, `${name}.${field}`).toBeGreaterThan(5)
      }
    }
  })
})

describe("nearest()", () => {
  it.each([
    ["entrypont", "entrypoint"],
    ["widthItems", "withItems"],
    ["Steps", "steps"],
    ["setps", "steps"],
    ["zzz", undefined]
  ])("%s", (wrong, expected) => {
    expect(nearest(wrong, ["entrypoint", "withItems", "steps", "templates"])).toBe(expected)
  })
})
