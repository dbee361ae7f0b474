/** Containers of manifests on workers of pools, as processes: what goes in and out, on a file and on a database. */
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open } from "../../../mod.ts"
import { load, loadKept, viewRun } from "../../../src/argo/mod.ts"
import { diskStore } from "../../../src/store/mod.ts"
import { hasPostgres, PostgresServer, withoutPostgres } from "../../postgres/server.ts"
import { removeTree } from "../../removeTree.ts"

const manifest = `kind: Workflow
metadata: {name: placed}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: make, template: make}
      - {name: settle, template: settle}
      - {name: hide, template: hide}
    - - name: train
        template: train
        arguments:
          parameters: [{name: n, value: "21"}]
          artifacts: [{name: data, from: "{{steps.make.outputs.artifacts.data}}"}]
    - - name: tell
        template: tell
        arguments: {artifacts: [{name: model, from: "{{steps.train.outputs.artifacts.model}}"}]}
  - name: make
    outputs: {artifacts: [{name: data, path: /tmp/data}]}
    script: {command: [sh], source: "echo made by $WHO > /tmp/data"}
  - name: settle
    resource:
      action: create
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mood: calm}
  - name: hide
    resource:
      action: create
      successCondition: status.phase == Succeeded
      manifest: |
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: {generateName: hides-}
        spec:
          entrypoint: keys
          templates:
          - name: keys
            resource: {action: create, manifest: '{kind: Secret, metadata: {name: keys}, stringData: {api: k-1}}'}
  - name: train
    nodeSelector: {pinnace/pool: gpu}
    retryStrategy: {limit: 1}
    inputs: {parameters: [{name: n}], artifacts: [{name: data, path: /tmp/in}]}
    outputs:
      parameters: [{name: twice, valueFrom: {path: /tmp/twice}}]
      artifacts: [{name: model, path: /tmp/model}]
    script:
      command: [sh]
      source: |
        echo $MOOD with $KEY attempt {{retries}} of $WHO
        echo $(( 2 * {{inputs.parameters.n}} )) > /tmp/twice
        mkdir /tmp/model
        (cat /tmp/in; echo trained by $WHO) > /tmp/model/weights
        exit $(( 3 - 3 * {{retries}} ))
      env:
      - {name: MOOD, valueFrom: {configMapKeyRef: {name: settings, key: mood}}}
      - {name: KEY, valueFrom: {secretKeyRef: {name: keys, key: api}}}
  - name: tell
    inputs: {artifacts: [{name: model, path: /tmp/model}]}
    script: {command: [sh], source: "cat /tmp/model/weights; echo told by $WHO"}
`

describe.each(["a file", "a database"])("on %s", (where) => {
  const isDatabase = where === "a database"
  let server: PostgresServer | undefined
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pinnace-placed-"))
    server = isDatabase && hasPostgres ? new PostgresServer() : undefined
  })
  afterAll(() => {
    server?.remove()
    if (folder !== undefined) removeTree(folder)
  })

  it.skipIf(isDatabase && !hasPostgres)(
    `files, values, attempts and lines go to a worker and back${isDatabase ? " through a store that both reach" : ""}`,
    async () => {
      const db = server?.url ?? join(folder, "state.db")
      const artifacts = { store: diskStore(join(folder, "store")), shared: true }
      const optionsOf = (WHO: string) => ({ env: { WHO }, directory: join(folder, WHO) })
      const workflow = load(manifest, optionsOf("owner"))
      await using owner = await open(db, { workflows: [workflow], artifacts })
      await using _worker = await open(db, {
        pools: { gpu: 1 },
        takeOver: false,
        artifacts,
        revive: { manifest: (text) => loadKept(text, [], optionsOf("worker")) as never }
      })
      // As processes leave them that are killed, and one that is there still.
      const alive = `${owner.engine.host.journal.process}.placed`
      const { file } = owner.engine.host.journal.artifacts
      const pools = (who: string, of = file): string => join(folder, who, "pools", of)
      for (const left of [join(pools("owner"), "99998.placed"), join(pools("worker"), "99999.placed")]) {
        mkdirSync(join(left, "runs"), { recursive: true })
      }
      mkdirSync(join(pools("worker"), alive, "runs"), { recursive: true })
      // Of a worker of another state file with the same root, whose numbers are its own.
      mkdirSync(join(pools("worker", "other"), "99999.placed"), { recursive: true })
      const run = await owner.start(workflow, { parameters: {} })
      expect((await run.ending()).phase).toBe("Succeeded")
      const lines = (await run.logs()).map(({ text }) => text)
      expect(lines).toEqual([
        "calm with k-1 attempt 0 of worker",
        "calm with k-1 attempt 1 of worker",
        "made by owner",
        "trained by worker",
        "told by owner"
      ])
      const { nodes } = (await Effect.runPromise(viewRun(owner.engine, run.id)))!
      const attempts = nodes.filter(({ displayName }) => displayName.startsWith("train("))
      expect(attempts.map(({ outputs, phase }) => `${phase} ${outputs.exitCode}`)).toEqual(["Failed 3", "Succeeded 0"])
      const train = nodes.find(({ displayName }) => displayName === "train")!
      expect(train.outputs.parameters).toEqual([{ name: "twice", value: "42" }])
      // Nothing is left of what ran there, nor of the dead.
      expect(readdirSync(pools("worker"))).toEqual([alive])
      expect(readdirSync(pools("owner"))).toEqual([])
      expect(readdirSync(pools("worker", "other"))).toEqual(["99999.placed"])
    }
  )
})

it.skipIf(hasPostgres)(`a database is not tried: ${withoutPostgres}`, () => {})
