/** Templates whose results are reused by what they are made of. */
import { expect, test } from "vitest"
import { load } from "../../../src/argo/mod.ts"
import { TestEngine } from "../../../src/testing/mod.ts"

const manifest = (command: string, more = ""): string =>
  `kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: once, arguments: {parameters: [{name: k, value: one}]}}
    - - {name: b, template: once, arguments: {parameters: [{name: k, value: one}]}}
      - {name: c, template: once, arguments: {parameters: [{name: k, value: two}]}}
  - name: once
    metadata: {annotations: {other: "1"}}
    annotations: {pinnace/cache: auto}
    inputs: {parameters: [{name: k}]}
    container: {image: alpine, command: [sh, -c], args: ["${command} {{inputs.parameters.k}}"]${more}}
`

test("A template with pinnace/cache: auto is computed once for all that it is made of", async () => {
  const calls: Array<string> = []
  const engine = new TestEngine()
  const templates = {
    once: ({ parameters }: { parameters: Readonly<Record<string, string>> }) => void calls.push(parameters["k"]!)
  }
  const play = async (text: string) => {
    const run = await engine.pinnace.start(load(text, { templates }), { parameters: {} })
    await engine.untilEnded(run)
    expect((await run.status()).phase).toBe("Succeeded")
  }
  await play(manifest("echo"))
  expect(calls).toEqual(["one", "two"])
  await play(manifest("echo"))
  expect(calls.length).toBe(2)
  // Another command is another result; what mounts a volume reads more than can be told.
  await play(manifest("printf"))
  expect(calls.length).toBe(4)
  await play(
    manifest("printf", ", volumeMounts: [{name: v, mountPath: /v}]").replace(
      "  templates:",
      "  volumes: [{name: v, emptyDir: {}}]\n  templates:"
    )
  )
  expect(calls.length).toBe(7)
  await engine.close()
})

test("The mode of a run says whether results are looked for, and whether they are remembered", async () => {
  const engine = new TestEngine()
  let calls = 0
  const templates = { once: () => void calls++ }
  const play = async (text: string, cache: "use" | "refresh" | "read" | "off") => {
    calls = 0
    await engine.untilEnded(
      await engine.pinnace.start(load(text, { templates }), { parameters: {} }, { cache })
    )
    return calls
  }
  expect(await play(manifest("echo"), "off")).toBe(3)
  expect(await play(manifest("echo"), "read")).toBe(3)
  expect(await play(manifest("echo"), "use")).toBe(2)
  expect(await play(manifest("echo"), "read")).toBe(0)
  expect(await play(manifest("echo"), "refresh")).toBe(3)
  expect(await play(manifest("echo"), "use")).toBe(0)
  await engine.close()
})
