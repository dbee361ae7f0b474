/** Which nodes a field selector shows, in runs of manifests and of TypeScript. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace, type RunHandle, task, workflow } from "../../mod.ts"
import { nodeChoice, onlyNodes, selectedNodes } from "../../src/cli/arguments/selectNodes.ts"
import { PlainLines } from "../../src/cli/running/PlainLines.ts"
import { Paint } from "../../src/cli/paint/Paint.ts"
import type { Shell } from "../../src/cli/Shell.ts"
import { parseSelector } from "../../src/argo/commands/selector.ts"
import { flat } from "../../src/view/RunView.ts"
import { viewOf } from "../../src/cli/arguments/rows.ts"
import type { Event } from "../../src/run/Event.ts"
import { Flags } from "../../src/cli/Verb.ts"
import { load } from "../../src/argo/mod.ts"

const gates = `kind: Workflow
metadata: {name: gates}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: ask, template: gate, arguments: {parameters: [{name: who, value: me}]}}
      - {name: far, templateRef: {name: lib, template: gate}, arguments: {parameters: [{name: who, value: you}]}}
  - {name: gate, inputs: {parameters: [{name: who}]}, suspend: {duration: "0"}}
---
kind: WorkflowTemplate
metadata: {name: lib}
spec: {templates: [{name: gate, inputs: {parameters: [{name: who}]}, suspend: {duration: "0"}}]}
`
const typed = workflow(
  "typed",
  {},
  (w) => w.node("second", task("two", { run: () => 2 }), { after: [w.node("first", task("one", { run: () => 1 }))] })
)

let pinnace: Pinnace
let runs: ReadonlyArray<RunHandle>
beforeAll(async () => {
  pinnace = await open(":memory:")
  runs = [await pinnace.start(load(gates), { parameters: {} }), await pinnace.start(typed)]
  await Promise.all(runs.map((run) => run.ending()))
})
afterAll(() => pinnace.close())

const shown = async (run: RunHandle, selector: string): Promise<ReadonlyArray<string>> => {
  const chosen = await selectedNodes(pinnace, run, nodeChoice(new Flags({ "node-field-selector": selector })))
  return flat(onlyNodes(await viewOf(pinnace, run), chosen).nodes).map(({ name }) => name)
}

describe("nodes chosen by a field selector", () => {
  it.each([
    ["phase=Failed", []],
    ["displayName=ask", ["gates[0].ask"]],
    ["templateName=gate", ["gates[0].ask", "gates[0].far"]],
    ["inputs.parameters.who.value=me", ["gates[0].ask"]],
    ["inputs.parameters.who.value!=me,templateName=gate", ["gates[0].far"]],
    ["templateRef.name=lib,templateRef.template=gate", ["gates[0].far"]]
  ])("of a manifest: %s", async (selector, names) => expect(await shown(runs[0]!, selector)).toEqual(names))

  it.each([
    ["phase=Succeeded", ["first", "second"]],
    ["displayName=second", ["second"]],
    ["templateName!=one", ["second"]]
  ])("of TypeScript: %s", async (selector, names) => expect(await shown(runs[1]!, selector)).toEqual(names))

  it("and by a status", async () => {
    const chosen = (flags: Readonly<Record<string, string>>) =>
      selectedNodes(pinnace, runs[1]!, nodeChoice(new Flags(flags)))
    expect(await chosen({ status: "succeeded", "node-field-selector": "displayName=first" })).toEqual(
      new Set(["first"])
    )
    expect(await chosen({ status: "Failed" })).toEqual(new Set())
    expect(await chosen({})).toBeUndefined()
  })

  it("are the only ones that are told of line by line", async () => {
    const lines: Array<string> = []
    const shell = {
      now: () => 0,
      paint: new Paint(false, true),
      print: (line: string) => lines.push(line)
    } as unknown as Shell
    const told = async (run: RunHandle, selector: string) => {
      await new PlainLines(shell, run, parseSelector(selector)).follow(0)
      return lines.splice(0)
    }
    expect(await told(runs[0]!, "displayName=ask,phase=Succeeded")).toEqual(["✔ gates[0].ask Succeeded"])
    expect(await told(runs[1]!, "displayName=second")).toEqual(["● second Running", "✔ second Succeeded"])
  })

  it("are told of again when the process that executed them has ended", async () => {
    const lines: Array<string> = []
    const shell = {
      now: () => 0,
      paint: new Paint(false, true),
      print: (line: string) => lines.push(line)
    } as unknown as Shell
    const events: ReadonlyArray<Event> = [
      { type: "NodeStarted", path: "a", kind: "task", attempts: 3 },
      { type: "AttemptStarted", path: "a", attempt: 2, rerun: 0, attempts: 3 },
      { type: "AttemptStarted", path: "a", attempt: 2, rerun: 1, attempts: 3 }
    ]
    const run = {
      status: () => ({}),
      events: async function* () {
        for (const [index, event] of events.entries()) yield { seq: index + 1, event }
      }
    } as unknown as RunHandle
    await new PlainLines(shell, run).follow(2)
    expect(lines).toEqual(["● a Running: attempt 2/3 again, since its process ended"])
  })

  it("knows its fields", async () => {
    await expect(shown(runs[0]!, "displayname=ask")).rejects.toThrow(
      'Unknown field "displayname" in a selector: known are'
    )
  })
})
