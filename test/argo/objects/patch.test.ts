import { describe, expect, it } from "vitest"
import { kubectlPath } from "../../../src/argo/bodies/resource/objects/kubectlPath.ts"
import { patched } from "../../../src/argo/bodies/resource/objects/patch.ts"
import { kindOfWord } from "../../../src/argo/bodies/resource/objects/resourceKinds.ts"
import { targetOf } from "../../../src/argo/bodies/resource/objects/target.ts"

const object = {
  metadata: { name: "a", labels: { app: "x", "a/b": "1" } },
  spec: { list: [1, 2, 3], templates: [{ name: "t", n: 1 }, { name: "u", n: 2 }] }
}

describe("a merge patch", () => {
  it.each([
    [{ spec: { list: [9] } }, { ...object, spec: { ...object.spec, list: [9] } }],
    [{ metadata: { labels: { app: null, new: "y" } } }, {
      ...object,
      metadata: { name: "a", labels: { "a/b": "1", new: "y" } }
    }],
    [{ spec: null }, { metadata: object.metadata }],
    [{ metadata: "text" }, { ...object, metadata: "text" }],
    [{ deep: { er: { x: 1, y: null } } }, { ...object, deep: { er: { x: 1 } } }],
    [{ spec: { templates: [{ name: "v" }] } }, { ...object, spec: { ...object.spec, templates: [{ name: "v" }] } }]
  ])("%j", (patch, after) => {
    const before = structuredClone(object)
    expect(patched(object, patch, "merge")).toEqual(after)
    expect(object).toEqual(before)
  })

  it("is a map", () => expect(() => patched(object, [], "merge")).toThrow("The patch is not a map"))
})

describe("a strategic patch", () => {
  it("merges lists by the names of their items", () => {
    const patch = { spec: { templates: [{ name: "u", n: 5, m: 1 }, { name: "t", $patch: "delete" }, { name: "w" }] } }
    expect(patched(object, patch, "strategic")["spec"]).toEqual({
      list: [1, 2, 3],
      templates: [{ name: "u", n: 5, m: 1 }, { name: "w" }]
    })
    expect(patched(object, { metadata: { $patch: "replace", name: "z" } }, "strategic")["metadata"]).toEqual({
      name: "z"
    })
    expect(patched(object, { spec: { list: [7] } }, "strategic")["spec"]).toMatchObject({ list: [7] })
  })

  it("has no other strategy beside it", () =>
    expect(() => patched(object, {}, "other")).toThrow('mergeStrategy "other" is none of strategic, merge, json'))
})

describe("a JSON patch", () => {
  it.each([
    [{ op: "add", path: "/metadata/labels/new", value: "y" }, "metadata.labels.new", "y"],
    [{ op: "add", path: "/spec/list/1", value: 9 }, "spec.list", [1, 9, 2, 3]],
    [{ op: "add", path: "/spec/list/-", value: 9 }, "spec.list", [1, 2, 3, 9]],
    [{ op: "add", path: "/metadata/labels/app", value: "z" }, "metadata.labels.app", "z"],
    [{ op: "remove", path: "/metadata/labels/a~1b" }, "metadata.labels", { app: "x" }],
    [{ op: "remove", path: "/spec/list/0" }, "spec.list", [2, 3]],
    [{ op: "replace", path: "/spec/templates/1/n", value: 7 }, "spec.templates.1.n", 7],
    [{ op: "move", from: "/spec/list/0", path: "/spec/list/2" }, "spec.list", [2, 3, 1]],
    [{ op: "copy", from: "/metadata/name", path: "/metadata/labels/name" }, "metadata.labels.name", "a"],
    [{ op: "test", path: "/spec/templates/0", value: { n: 1, name: "t" } }, "metadata.name", "a"]
  ])("%j", (operation, path, value) => {
    const after = patched(object, [operation], "json")
    expect(path.split(".").reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], after)).toEqual(value)
  })

  it("may not reach what an object inherits", () => {
    expect(() => patched(object, [{ op: "add", path: "/__proto__/polluted", value: 1 }], "json")).toThrow(
      "leads nowhere"
    )
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
  })

  it.each([
    [{ op: "remove", path: "/metadata/none" }, "leads nowhere"],
    [{ op: "replace", path: "/spec/list/9", value: 1 }, "leads nowhere"],
    [{ op: "add", path: "/none/x", value: 1 }, "leads nowhere"],
    [{ op: "add", path: "/spec/list/9", value: 1 }, "leads nowhere"],
    [{ op: "add", path: "spec", value: 1 }, "has to begin with /"],
    [{ op: "test", path: "/metadata/name", value: "b" }, "does not hold"],
    [{ op: "jump", path: "/metadata" }, 'an operation "jump"'],
    [{ op: "replace", path: "", value: 1 }, "leaves no object"]
  ])("%j is refused: %s", (operation, why) => expect(() => patched(object, [operation], "json")).toThrow(why))

  it("is a list", () => expect(() => patched(object, {}, "json")).toThrow("A JSON patch is a list of operations"))
})

describe("kubectl's words", () => {
  it.each([
    ["workflow", "Workflow"],
    ["workflows.argoproj.io", "Workflow"],
    ["wf", "Workflow"],
    ["WorkflowTemplates", "WorkflowTemplate"],
    ["cwft", "ClusterWorkflowTemplate"],
    ["cronwf", "CronWorkflow"],
    ["cm", "ConfigMap"],
    ["secrets", "Secret"],
    ["job", undefined],
    ["constructor", undefined]
  ])("%s is %s", (word, kind) => expect(kindOfWord(word)).toBe(kind))

  it.each([
    [{ action: "get", flags: ["workflow", "a"] }, { kind: "Workflow", name: "a" }],
    [{ action: "get", flags: ["-n argo", "wf/a"] }, { kind: "Workflow", name: "a" }],
    [{ action: "delete", flags: ["--namespace", "argo", "cm", "a"] }, { kind: "ConfigMap", name: "a" }],
    [{ action: "patch", flags: ["cwf a"], manifest: "spec: {suspend: true}" }, { kind: "CronWorkflow", name: "a" }],
    [{ action: "get", manifest: "{kind: Secret, metadata: {name: s}}" }, { kind: "Secret", name: "s" }]
  ])("%j is about %j", (resource, target) => expect(targetOf(resource, false)).toMatchObject(target))

  it("have to name an object", () => {
    expect(() => targetOf({ action: "get", flags: ["workflow"] }, false)).toThrow("The Workflow has no name")
    expect(() => targetOf({ action: "get", flags: ["job", "a"] }, false)).toThrow(
      'Objects of kind "job" need a cluster'
    )
    expect(targetOf({ action: "get", flags: ["job", "a"] }, true)).toBeUndefined()
  })
})

describe("kubectl's JSON path", () => {
  it.each([
    ["{.metadata.name}", "a"],
    [".metadata.name", "a"],
    ["metadata.name", "a"],
    ["{.metadata.none.deeper}", ""],
    ["{.spec.list}", "[1,2,3]"],
    ["{.spec.list[*]}", "1 2 3"],
    ["{.spec.templates[?(@.n>1)].name}", "u"],
    ['{.metadata.name}-{.spec.list[0]}{"\\n"}', "a-1\n"],
    ["name: {.metadata.labels}", 'name: {"a/b":"1","app":"x"}']
  ])("%s", (path, text) => expect(kubectlPath(object, path)).toBe(text))

  it("knows no range", () =>
    expect(() => kubectlPath(object, "{range .spec.list[*]}{@}{end}")).toThrow("which is not known here: use jqFilter"))
})
