import { describe, expect, it } from "vitest"
import { labelsMatch, labelTerms } from "../../../src/run/select/labelSelector.ts"

const labels = { app: "web", tier: "", n: "12", "team.example.com/name": "blue-1" }

const matches = (text: string): boolean => labelsMatch(labelTerms(text), labels)

describe("label selectors", () => {
  it.each([
    ["", true],
    ["app=web", true],
    ["app==web", true],
    ["app != web", false],
    ["none!=web", true],
    ["app in (web, api)", true],
    ["app in(web,api)", true],
    ["app notin (web,api)", false],
    ["none notin (web)", true],
    ["none in (web)", false],
    ["app", true],
    ["tier", true],
    ["!tier", false],
    ["!none", true],
    ["! none", true],
    ["tier=", true],
    ["tier in ()", true],
    ["tier in (,x)", true],
    ["none=", false],
    ["n>11", true],
    ["n < 12", false],
    ["app>1", false],
    ["none<1", false],
    ["in", false],
    ["in in (in)", false],
    ["notin notin (x)", true],
    ["team.example.com/name=blue-1", true],
    ["app=web,tier,!none,n in (1,12),team.example.com/name notin (red)", true],
    ["app=web , n=13", false]
  ])("%s", (text, expected) => expect(matches(text)).toBe(expected))

  it.each([
    "=x",
    "a=b=c",
    "a in",
    "a in x",
    "a in (x",
    "a,,b",
    "a,",
    ",a",
    "a b",
    "!",
    "!a=b",
    "a>x",
    "a notin (x) b",
    "a~b,="
  ])(
    "refuses %s",
    (text) => expect(() => labelTerms(text)).toThrow(/^Cannot read ".+" in the label selector /)
  )
})
