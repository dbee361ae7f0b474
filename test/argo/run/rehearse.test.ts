/** What a run of a manifest would do is found out without doing it. */
import { expect, test } from "vitest"
import { open } from "../../../mod.ts"
import { load } from "../../../src/argo/mod.ts"
import type { Rehearsal } from "../../../src/embed/Rehearsal.ts"
import { rehearse } from "../../../src/embed/rehearse.ts"

const names = ({ mayRun, reused, runs }: Rehearsal) => ({
  runs: runs.map(({ node }) => node),
  mayRun,
  reused: reused.toSorted()
})

const manifest = (fetch: string): string =>
  `kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    dag:
      tasks:
      - {name: fetch, template: fetch}
      - {name: lint, template: lint}
      - {name: never, template: lint, when: "1 == 2"}
      - {name: build, template: build, depends: fetch, withItems: [a, b], arguments: {parameters: [{name: of, value: "{{tasks.fetch.outputs.result}}{{item}}"}]}}
      - {name: ship, template: ship, depends: build && lint}
  - name: fetch
    annotations: {pinnace/cache: auto}
    script: {image: alpine, command: [sh], source: "${fetch}"}
  - name: lint
    annotations: {pinnace/cache: auto}
    retryStrategy: {limit: 2}
    container: {image: alpine, command: [lint]}
  - name: build
    annotations: {pinnace/cache: auto}
    inputs: {parameters: [{name: of}]}
    container: {image: alpine, command: [build, "{{inputs.parameters.of}}"]}
  - name: ship
    steps:
    - - {name: pack, template: lint}
    - - {name: send, template: send}
  - name: send
    container: {image: alpine, command: [send]}
`

test("A rehearsal of a manifest says what runs, may run and is reused, and does nothing", async () => {
  const calls: Array<string> = []
  const of = (name: string, result: string) => () => {
    calls.push(name)
    return { result }
  }
  const templates = { fetch: of("fetch", "same"), lint: of("lint", ""), build: of("build", ""), send: of("send", "") }
  const pinnace = await open(":memory:")
  const plan = async (text: string, cache: "use" | "refresh" | "off" = "use") =>
    names(await rehearse(pinnace.engine, load(text, { templates }) as never, { parameters: {} }, cache))
  try {
    const first = manifest("echo 1")
    expect(await plan(first)).toEqual({ runs: ["fetch", "lint"], mayRun: ["build", "ship"], reused: [] })
    expect(calls).toEqual([])
    expect(await pinnace.list()).toEqual([])
    await pinnace.run(load(first, { templates }), { parameters: {} })
    // What says nothing of its results runs, however deep it lies.
    const again = await plan(first)
    expect(again).toEqual({ runs: ["send"], mayRun: [], reused: ["build(0:a)", "build(1:b)", "fetch", "lint", "pack"] })
    expect(await plan(manifest("echo 2"))).toEqual({ runs: ["fetch"], mayRun: ["build", "ship"], reused: ["lint"] })
    expect((await plan(first, "refresh")).reused).toEqual([])
    expect((await plan(first, "off")).runs).toEqual(["fetch", "lint"])
    expect(calls.length).toBe(5)
    // A command that says the same makes what reads it be reused, as a rehearsal cannot know.
    await pinnace.run(load(manifest("echo 2"), { templates }), { parameters: {} })
    expect(calls.slice(5)).toEqual(["fetch", "send"])
  } finally {
    await pinnace.close()
  }
})
