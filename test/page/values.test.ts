/** Texts and values that the page takes apart: templates of manifests, differences, remedies. */
import { describe, expect, it } from "vitest"
import { jsonDiff } from "../../src/page/views/diff/jsonDiff.ts"
import { templateIn } from "../../src/page/views/run/node/templateIn.ts"
import { remediesOf, type Stand } from "../../src/page/views/run/remedies.ts"
import type { NodeView } from "../../src/view/RunView.ts"

const manifest = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  templates:
  - name: main
    # the parts
    steps:
      - - name: say
          template: say

  - inputs:
      parameters:
        - name: main
    name: "say" # speaks
    container: { image: x }
  arguments:
    parameters:
      - name: none
`

describe("a template", () => {
  it("is found by its own name, as it was written", () => {
    expect(templateIn(manifest, "main")?.split("\n")[1]).toBe("  # the parts")
    expect(templateIn(manifest, "say")).toBe(
      '- inputs:\n    parameters:\n      - name: main\n  name: "say" # speaks\n  container: { image: x }'
    )
    expect(templateIn(manifest, "none")).toBeUndefined()
    expect(templateIn("{}", "x")).toBeUndefined()
  })
})

describe("the difference of values", () => {
  it.each<[unknown, unknown, ReadonlyArray<string>]>([
    [{ a: 1, b: [1, 2] }, { a: 1, b: [1, 3, 4], c: null }, ["b[1]", "b[2]", "c"]],
    [{ "a b": { x: 1 } }, { "a b": { x: 2 } }, ['["a b"].x']],
    [[1], { 0: 1 }, [""]],
    [undefined, 1, [""]],
    [{ __proto__x: 1 }, {}, ["__proto__x"]],
    [{ a: [] }, { a: [] }, []]
  ])("%j and %j", (left, right, places) => {
    expect(jsonDiff(left as never, right as never).map(({ at }) => at)).toEqual(places)
  })

  it("is cut", () => expect(jsonDiff([1, 2, 3], [4, 5, 6], 2)).toHaveLength(2))
})

describe("remedies", () => {
  const stand = (more: Partial<Stand>): Stand => ({
    ...{ id: "r", isManifest: false, isSuspended: false, held: null, node: undefined, locks: [] },
    ...more
  })
  const cause = { path: "a", label: "a", because: "" }
  const node = (waiting: string) => ({ path: "a", waiting, startedAt: 1 }) as unknown as NodeView
  const permit = { weight: 1, since: 0 }
  const api = {
    ...{ name: "api", limit: 1, source: "state file", held: 1 },
    holders: [{ ...permit, run: "x", node: "hold" }],
    queue: [{ ...permit, run: "r", node: "a", reason: "full" }]
  }

  it.each<[string, Partial<Stand>, object, ReadonlyArray<string | undefined>]>([
    ["a person", { node: node("Signal") }, cause, ["pinnace signal r a VALUE"]],
    ["an approval", { node: node("Suspended") }, cause, ["pinnace approve r a"]],
    ["a suspended run", { isSuspended: true }, { ...cause, path: "" }, ["pinnace resume r"]],
    ["a permit", { node: node("Permit"), locks: [api] }, cause, ["pinnace locks set api 2", undefined]],
    ["a limit of code", { node: node("Permit"), locks: [{ ...api, source: "code" }] }, cause, [undefined]],
    ["no process", {}, { ...cause, kind: "unowned" }, ["pinnace resume r --file FILE"]],
    ["another definition", { held: "changed" }, { ...cause, path: "" }, ["pinnace resubmit r --memoized --file FILE"]],
    ["nothing", { node: node("") }, cause, []]
  ])("of %s", (_, more, it, commands) => {
    const found = remediesOf(it as never, stand(more))
    expect(found.map(({ command }) => command && ["pinnace", ...command].join(" "))).toEqual(commands)
  })
})
