/** Resource templates: workflows of workflows, and changes of ConfigMaps. */
import { describe, expect, it } from "vitest"
import { lint } from "../../../src/argo/mod.ts"
import { judge, parseCondition } from "../../../src/argo/bodies/resource/condition.ts"
import { Bed, type Fakes } from "./Bed.ts"

const library = `---
kind: WorkflowTemplate
metadata: {name: submittable}
spec:
  entrypoint: say
  arguments: {parameters: [{name: message, value: hello}]}
  templates:
  - name: say
    inputs: {parameters: [{name: message, value: "{{workflow.parameters.message}}"}]}
    container: {command: [x]}
    outputs: {parameters: [{name: said, globalName: said, valueFrom: {path: /said}}]}
`
const child = (more = "") =>
  `kind: Workflow
      metadata: {generateName: child-}
      spec: {workflowTemplateRef: {name: submittable}${more}}`
const creating = (manifest: string, more = "") =>
  `entrypoint: main
templates:
- name: make
  resource:
    action: create
    manifest: |
      ${manifest}
    successCondition: status.phase == Succeeded
    failureCondition: status.phase in (Failed, Error)${more}
- name: main
  steps:
  - [{name: make, template: make}]
  - [{name: after, template: after, arguments: {parameters: [{name: v, value: "{{steps.make.outputs.parameters.phase}}"}]}}]
- {name: after, inputs: {parameters: [{name: v}]}, container: {command: [x]}}`
const reading = `
  outputs: {parameters: [{name: phase, valueFrom: {jsonPath: "{.status.outputs.parameters[0].value}"}}]}`
const fakes = (said: Array<string>): Fakes => ({
  say: ({ parameters }) => {
    said.push(parameters["message"]!)
    return parameters["message"] === "bad" ? { exitCode: 1 } : { parameters: { said: `${parameters["message"]}!` } }
  },
  after: ({ parameters }) => {
    said.push(parameters["v"]!)
    return {}
  }
})

describe("a workflow that a resource template creates", () => {
  it("runs to its end with the templates of the outer one; outputs are read from its status", async () => {
    const said: Array<string> = []
    const given = ", arguments: {parameters: [{name: message, value: welcome}]}"
    const bed = await new Bed(creating(child(given), reading), fakes(said), library).start()
    expect(await bed.end()).toBe("Succeeded")
    expect(said).toEqual(["welcome", "welcome!"])
    expect(Object.keys(bed.phases)).toEqual(["", "[0]", "[0].make", "[1]", "[1].after"])
    expect(bed.view.outputs.parameters).toEqual([])
  })

  it("fails its node by the failure condition, with what it says", async () => {
    const given = ", arguments: {parameters: [{name: message, value: bad}]}"
    const bed = await new Bed(creating(child(given), reading), fakes([]), library).start()
    expect(await bed.end()).toBe("Failed")
    expect(bed.node("[0].make")).toMatchObject({ phase: "Failed", outputs: { exitCode: "64" } })
    expect(bed.node("[0].make")?.message).toContain(
      "failure condition 'status.phase in (Failed, Error)' evaluated true"
    )
  })

  it("goes on after a crash, and is not run again once it has ended", async () => {
    const said: Array<string> = []
    const waits = `kind: Workflow
      metadata: {name: child}
      spec: {entrypoint: main, templates: [{name: main, steps: [[{name: s, templateRef: {name: submittable, template: say}, arguments: {parameters: [{name: message, value: x}]}}], [{name: w, template: wait}]]}, {name: wait, suspend: {duration: 1h}}]}`
    const bed = await new Bed(creating(waits, reading), fakes(said), library).start()
    expect(said).toEqual(["x"])
    await bed.crash()
    await bed.engine.settle()
    expect(await bed.end()).toBe("Succeeded")
    expect(said).toEqual(["x", "x!"])
  })

  it("is stopped with the run", async () => {
    const waits = `kind: Workflow
      metadata: {name: child}
      spec: {entrypoint: wait, templates: [{name: wait, suspend: {}}]}`
    const bed = await new Bed(creating(waits, reading), fakes([]), library).start()
    await bed.run.stop("enough")
    expect(await bed.end()).toBe("Failed")
    expect(bed.phases).not.toHaveProperty("[1].after")
  })

  it("is refused with its problems when it is not valid", async () => {
    const bed = await new Bed(creating("{kind: Workflow, metadata: {name: c}, spec: {entrypoint: nowhere}}", reading))
      .start()
    expect(await bed.end()).toBe("Failed")
    expect(bed.node("[0].make")?.message).toContain("nowhere")
  })

  it("cannot create itself for ever", async () => {
    const self = `---
kind: WorkflowTemplate
metadata: {name: self}
spec:
  entrypoint: again
  templates:
  - name: again
    resource: {action: create, manifest: "{kind: Workflow, metadata: {generateName: s-}, spec: {workflowTemplateRef: {name: self}}}", failureCondition: status.phase != Succeeded}
`
    const spec =
      "entrypoint: m\ntemplates:\n- {name: m, steps: [[{name: a, templateRef: {name: self, template: again}}]]}"
    const bed = await new Bed(spec, {}, self).start()
    expect(await bed.end()).toBe("Failed")
    expect(bed.node("[0].a")?.message).toContain("more than 10 deep")
  })
})

it("other kinds and actions are refused before anything runs", () => {
  const issues = (resource: string) =>
    lint([{
      name: "f.yaml",
      text:
        `kind: Workflow\nmetadata: {name: w}\nspec:\n  entrypoint: a\n  templates:\n  - {name: a, resource: ${resource}}\n`
    }]).map(({ message }) => message)
  expect(issues('{action: create, manifest: "kind: Job"}')).toEqual([
    'Resource template "a" is about a Job, which needs a cluster'
  ])
  expect(issues('{action: creat, manifest: "kind: ConfigMap"}')).toEqual([
    'A ConfigMap does not support the action "creat" here'
  ])
  expect(issues("{action: create}")).toEqual(['Resource template "a" has no manifest'])
})

describe("ConfigMaps", () => {
  const action = (name: string, does: string, data: string, more = "") => `
- name: ${name}
  resource: {action: ${does}, manifest: "{kind: ConfigMap, metadata: {name: c}${data}}"}${more}`
  const play = (steps: ReadonlyArray<string>, said: Array<string>) =>
    new Bed(
      `entrypoint: main
templates:${action("create", "create", ", data: {a: one}")}${action("patch", "patch", ", data: {b: two}")}${
        action("get", "get", "", "\n  outputs: {parameters: [{name: b, valueFrom: {jsonPath: '{.data.b}'}}]}")
      }${action("delete", "delete", "")}
- name: after
  inputs: {parameters: [{name: v, valueFrom: {configMapKeyRef: {name: c, key: a}, default: none}}]}
  container: {command: [x]}
- name: main
  steps:
${steps.map((it, at) => `  - [{name: s${at}, template: ${it}}]`).join("\n")}`,
      fakes(said)
    ).start()

  it("that one node creates or changes are read by later ones", async () => {
    const said: Array<string> = []
    const bed = await play(["after", "create", "patch", "get", "after"], said)
    expect(await bed.end()).toBe("Succeeded")
    expect(said).toEqual(["none", "one"])
    expect(bed.node("[3].s3")?.outputs.parameters).toEqual([{ name: "b", value: "two" }])
  })

  it.each([[["get"], "not found"], [["create", "create"], "already exists"], [
    ["create", "delete", "get"],
    "not found"
  ]])(
    "%j fails: %s",
    async (steps, why) => {
      const bed = await play(steps, [])
      expect(await bed.end()).toBe("Failed")
      expect(bed.node(`[${steps.length - 1}].s${steps.length - 1}`)?.message).toContain(why)
    }
  )
})

describe("conditions", () => {
  const object = { status: { phase: "Running", ready: 2, "a.b": "x" }, items: [{ n: 1 }] }
  it.each([
    ["status.phase == Running", true],
    ["status.phase=Running,status.ready > 1", true],
    ["status.phase != Running", false],
    ["status.phase in (Failed, Running)", true],
    ["status.phase notin (Failed, Running)", false],
    ["status.gone notin (a)", true],
    ["status.phase", true],
    ["!status.gone", true],
    ["items.0.n == 1", true],
    ["status.a\\.b == x", true],
    ["status.ready < 2", false]
  ])("%s: %s", (text, expected) => {
    expect(parseCondition(text).every(({ isTrue }) => isTrue(object))).toBe(expected)
  })

  it("are judged failure first", () => {
    expect(judge(object, "status.ready == 2", "status.phase == Running")).toContain("failure condition")
    expect(judge(object, "status.ready == 3", undefined)).toContain("success condition 'status.ready == 3'")
    expect(judge(object, undefined, "status.phase == Failed")).toBeUndefined()
    expect(() => parseCondition("a b c")).toThrow("Cannot read")
  })
})
