import { expect, it } from "vitest"
import { formatReport, supportReport } from "../../src/argo/mod.ts"

const text = `kind: Workflow
metadata: {name: w}
spec:
  podGC: {strategy: x}
  shutdown: Stop
  templates:
  - {name: a, container: {command: [x]}}
  - {name: b, container: {command: [x]}}
`

it("the report tells of each field once, what is refused first, with why and where", () => {
  const report = supportReport([{ name: "w.yaml", text }])
  expect(report.slice(0, 2)).toEqual([
    {
      path: "spec.shutdown",
      support: "Refused",
      why: "A run is stopped by a command, not by its manifest",
      count: 1,
      file: "w.yaml",
      line: 5
    },
    { path: "spec.podGC", support: "Ignored", why: "There are no pods", count: 1, file: "w.yaml", line: 4 }
  ])
  expect(formatReport(report)).toContain("ignored    spec.podGC: There are no pods [w.yaml:4]\n")
  expect(formatReport(report)).toContain("supported  spec.templates[].name (2 times)")
})
