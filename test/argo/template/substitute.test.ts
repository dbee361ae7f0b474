import { describe, expect, it } from "vitest"
import { substitute, substituteAll, Unresolved } from "../../../src/argo/language/template/substitute.ts"
import { namesIn, tagsIn } from "../../../src/argo/language/template/tags.ts"
import { Variables } from "../../../src/argo/language/template/Variables.ts"
import { compileExpression } from "../../../src/argo/language/expr/expression.ts"

const variables = new Variables(
  new Map([
    ["inputs.parameters.x", "one"],
    ["inputs.parameters.a-b", "dash"],
    ["inputs.parameters.n", "3"],
    ["inputs.parameters", '[{"name":"x"}]'],
    ["workflow.name", "wf"],
    ["item", "x"]
  ])
)
const how = { variables, now: () => 0 }

describe("substitute()", () => {
  it.each([
    ["no tags", "no tags"],
    ["{{inputs.parameters.x}}", "one"],
    ["a {{ inputs.parameters.x }} b{{workflow.name}}", "a one bwf"],
    ["{{inputs.parameters.{{item}}}}", "one"],
    ["{{=asInt(inputs.parameters.n) + 1}}", "4"],
    ["{{= inputs.parameters['a-b'] }}", "dash"],
    ["{{=toJson({a: {b: 1}})}}!", '{"a":{"b":1}}!'],
    ["{{=map(1..2, {# * 2})}}", "[2,4]"],
    ["{{=1000000.0}} {{=1e-7}} {{=0.1 + 0.2}}", "1000000 1e-7 0.30000000000000004"],
    ["{{=string(1000000.0)}}", "1e+06"],
    ["{{inputs.parameters}}", '[{"name":"x"}]'],
    ["{{user}} {{ .Values.x }} {{foreign.name}}", "{{user}} {{ .Values.x }} {{foreign.name}}"],
    ["{{ unclosed", "{{ unclosed"],
    ["}} {{", "}} {{"],
    ["{{}}", "{{}}"]
  ])("%s", (source, expected) => expect(substitute(source, how)).toBe(expected))

  it.each([
    ["{{inputs.parameters.y}}", "failed to resolve {{inputs.parameters.y}}"],
    ["{{steps.a.outputs.result}}", "failed to resolve {{steps.a.outputs.result}}"],
    ["{{=asInt('word')}}", "failed to evaluate expression: invalid operation: int(word) (1:1)"],
    ["{{=inputs.parameters.none}}", "its value is nil"],
    ["{{=1 +}}", "failed to resolve {{=1 +}}: unexpected end of expression"]
  ])("refuses %s", (source, why) => {
    expect(() => substitute(source, how)).toThrow(Unresolved)
    expect(() => substitute(source, how)).toThrow(why)
    expect(substitute(source, { ...how, lenient: true })).toBe(source)
  })

  it("does not look at values again", () => {
    const secret = ["{{workflow.name}}", "{{=1 + 1}}", "$&", "$1", "{{", "}}"]
    for (const text of secret) {
      const inside = { ...how, variables: variables.with([["item", text]]) }
      expect(substitute("<{{item}}>", inside)).toBe(`<${text}>`)
      expect(substitute("<{{=item}}>", inside)).toBe(`<${text}>`)
    }
  })
})

describe("substituteAll()", () => {
  it.each(['"}], "args": ["echo pwned', '", "image": "x', "\\", "\n\t\u0000", "{{item}}"])(
    "keeps the structure whatever a value holds: %j",
    (text) => {
      const inside = { ...how, variables: variables.with([["item", text]]) }
      const template = { args: ["{{item}}", "{{=item}}"], env: [{ name: "{{item}}", value: 1 }], on: true, none: null }
      expect(substituteAll(template, inside)).toEqual({
        args: [text, text],
        env: [{ name: text, value: 1 }],
        on: true,
        none: null
      })
    }
  )
})

describe("variables", () => {
  it("shadow those around them", () => {
    const inner = variables.with([["item", "y"]])
    expect(inner.get("item")).toBe("y")
    expect(inner.get("workflow.name")).toBe("wf")
    expect(variables.get("item")).toBe("x")
  })

  it("named like host properties are only names", () => {
    const odd = new Variables(new Map([["__proto__.polluted", "yes"], ["constructor", "c"]]))
    expect(substitute("{{constructor}}{{=constructor}}", { ...how, variables: odd })).toBe("cc")
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined)
    expect(substitute("{{toString}}", how)).toBe("{{toString}}")
  })
})

describe("tagsIn() and namesIn()", () => {
  it("find names, nested ones too", () => {
    expect(tagsIn("{{a.b}} {{c.{{d}}}} {{=e.f}}").map(({ source }) => source)).toEqual([
      "{{a.b}}",
      "{{c.{{d}}}}",
      "{{d}}",
      "{{=e.f}}"
    ])
    const { ast } = compileExpression("steps['a-b'].outputs.x + map(inputs.list, #.y)[workflow.n] ?? len(item?.k)")
    expect(namesIn(ast)).toEqual(["steps.a-b.outputs.x", "inputs.list", "workflow.n", "item.k"])
  })
})
