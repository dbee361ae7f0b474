/** Artifacts of manifests in buckets. */
import * as Effect from "effect/Effect"
import { existsSync, mkdtempSync, readdirSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Stream from "effect/Stream"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { open, type Pinnace } from "../../../mod.ts"
import { artifactsOf } from "../../../src/cli/running/artifactsOf.ts"
import type { Shell } from "../../../src/cli/Shell.ts"
import { load, type ManifestRun, viewRun } from "../../../src/argo/mod.ts"
import { s3Store } from "../../../src/store/s3/s3Store.ts"
import { run } from "../StoreWorld.ts"
import type { S3Server } from "./server.ts"
import { removeTree } from "../../removeTree.ts"

/** Tests of a server that is running. */
export const s3Manifests = (serverOf: () => S3Server): void => {
  describe("Artifacts of manifests", () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "s3-manifest-"))
    let pinnace: Pinnace
    let bucket = ""
    let secret = ""
    beforeAll(async () => {
      for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined)
      const { bucket: name, credentials, endpoint } = serverOf()
      const secrets = "accessKeySecret: {name: creds, key: id}, secretKeySecret: {name: creds, key: secret}"
      bucket = `bucket: ${name}, endpoint: "${endpoint.replace("http://", "")}", insecure: true, ${secrets}`
      secret =
        `---\nkind: Secret\nmetadata: {name: creds}\nstringData: {id: ${credentials.accessKeyId}, secret: ${credentials.secretAccessKey}}\n`
      pinnace = await open(":memory:")
    })
    afterAll(async () => {
      vi.unstubAllEnvs()
      await pinnace.close()
      removeTree(folder)
    })

    const play = async (name: string, spec: string, more = secret): Promise<ManifestRun> => {
      const text = `kind: Workflow\nmetadata: {name: ${name}}\nspec:\n${spec.replace(/^/gm, "  ")}\n${more}`
      const handle = await pinnace.start(load(text, { directory: folder, executor: "process" }), { parameters: {} })
      await handle.ending()
      return Effect.runSync(viewRun(pinnace.engine, handle.id))!
    }
    const keys = async (prefix: string) =>
      (await run(Stream.runCollect(s3Store(serverOf()).list(prefix)))).map(({ key }) => key).sort()
    const value = ({ nodes }: ManifestRun) => nodes.flatMap(({ outputs }) => outputs.parameters ?? [])[0]?.value

    /** A template that makes files, and one that gets them; `archive` says how they are packed. */
    const passing = (archive: string, output = "", input = "") =>
      `volumes: [{name: v, emptyDir: {}}]
entrypoint: main
templates:
- name: main
  steps:
  - [{name: make, template: make}]
  - [{name: use, template: use, arguments: {artifacts: [{name: in, from: "{{steps.make.outputs.artifacts.out}}"${input}}]}}]
- name: make
  outputs: {artifacts: [{name: out, path: /v/out${output}${archive}}]}
  script: {command: [sh, -e], source: "mkdir -p /v/out/d; echo one > /v/out/a; echo two > /v/out/d/b", volumeMounts: [{name: v, mountPath: /v}]}
- name: use
  inputs: {artifacts: [{name: in, path: /v/in${archive}}]}
  outputs: {parameters: [{name: read, valueFrom: {path: /v/read}}]}
  script: {command: [sh, -e], source: "cd /v; cat $(find in -type f | sort) > read", volumeMounts: [{name: v, mountPath: /v}]}`

    it.each([
      ["", ["KEY"]],
      [", archive: {tar: {compressionLevel: 1}}", ["KEY"]],
      [", archive: {zip: {}}", ["KEY"]],
      [", archive: {none: {}}", ["KEY/a", "KEY/d/b"]]
    ])("are saved and loaded where they say, packed as they say%s", async (archive, objects) => {
      const key = `m/x${archive.replace(/\W+/g, "")}`
      const played = await play("explicit", passing(archive, `, s3: {${bucket}, key: "${key}"}`))
      expect(played).toMatchObject({ phase: "Succeeded" })
      expect(value(played)).toBe("one\ntwo")
      expect(await keys(`${key}`)).toEqual(objects.map((it) => it.replace("KEY", key)))
      expect(existsSync(join(folder, "artifacts/m"))).toBe(false)
    })

    it("are loaded from a bucket by a key, a part of them, or not at all", async () => {
      const input = (location: string) =>
        `volumes: [{name: v, emptyDir: {}}]
entrypoint: main
templates:
- name: main
  inputs: {artifacts: [{name: in, path: /v/in, ${location}}]}
  outputs: {parameters: [{name: read, valueFrom: {path: /v/read}}]}
  script: {command: [sh, -e], source: "cd /v; test -e in && cat in > read || echo none > read", volumeMounts: [{name: v, mountPath: /v}]}`
      expect(value(await play("part", input(`subPath: d/b, s3: {${bucket}, key: m/xarchivenone}`)))).toBe("two")
      expect(value(await play("none", input(`optional: true, s3: {${bucket}, key: m/nothing}`)))).toBe("none")
      const missing = await play("missing", input(`s3: {${bucket}, key: m/nothing}`))
      expect(missing).toMatchObject({ phase: "Error" })
      expect(missing.message).toContain('there is nothing under the key "m/nothing"')
      const wrong = await play(
        "wrong",
        input(`s3: {${bucket}, key: m/nothing}`),
        secret.replace(/secret: .*/, "secret: x}")
      )
      expect(wrong.message).toContain("S3 bucket pinnace")
    })

    const repositories = (annotation: string) =>
      `${secret}---\nkind: ConfigMap\nmetadata: {name: artifact-repositories${annotation}}\ndata:\n  mine: |\n    s3: {${bucket}, keyFormat: "r/{{workflow.name}}/{{pod.name}}"}\n`

    it("come to the repository that is configured, by its key or by default", async () => {
      const named = await play("named", `artifactRepositoryRef: {key: mine}\n${passing("")}`, repositories(""))
      expect(value(named)).toBe("one\ntwo")
      expect(await keys("r/named/")).toEqual([expect.stringMatching(/^r\/named\/named-make-\d+\/out\.tgz$/)])
      const annotation = ", annotations: {workflows.argoproj.io/default-artifact-repository: mine}"
      expect((await play("default", passing(""), repositories(annotation))).phase).toBe("Succeeded")
      expect((await keys("r/default/")).length).toBe(1)
      const own = await play(
        "own",
        `artifactRepositoryRef: {key: mine}\n${passing("", ', s3: {key: "r/own-key"}')}`,
        repositories("")
      )
      expect([own.phase, await keys("r/own-key")]).toEqual(["Succeeded", ["r/own-key"]])
      const location = passing("").replace(
        "- name: make",
        `- name: make\n  archiveLocation: {s3: {${bucket}, key: "al/{{pod.name}}"}}`
      )
      expect(value(await play("location", location))).toBe("one\ntwo")
      expect(await keys("al/")).toEqual([expect.stringMatching(/^al\/location-make-\d+\/out\.tgz$/)])
      const unknown = await play("unknown", `artifactRepositoryRef: {key: other}\n${passing("")}`, repositories(""))
      expect(unknown.message).toContain('the ConfigMap "artifact-repositories" has no key "other", but mine')
    })

    it("are deleted there when the run has ended", async () => {
      const gone = `artifactGC: {strategy: OnWorkflowCompletion}\n${passing("", `, s3: {${bucket}, key: gone/k}`)}`
      expect(value(await play("gone", gone))).toBe("one\ntwo")
      await pinnace.gc()
      expect(await keys("gone/")).toEqual([])
      const trees = gone.replaceAll("gone/k", "gone/tree").replaceAll(
        "path: /v/out",
        "path: /v/out, archive: {none: {}}"
      )
      expect(value(await play("trees", trees))).toBe("one\ntwo")
      await pinnace.gc()
      expect(await keys("gone/")).toEqual([])
    })

    it("are listed for data templates", async () => {
      const played = await play(
        "data",
        `entrypoint: main
templates:
- name: main
  steps: [[{name: list, template: list}], [{name: echo, template: echo, arguments: {parameters: [{name: l, value: "{{steps.list.outputs.result}}"}]}}]]
- name: list
  data: {source: {artifactPaths: {name: s, s3: {${bucket}, key: m/xarchivenone/}}}, transformation: [{expression: 'filter(data, {# endsWith "b"})'}]}
- {name: echo, inputs: {parameters: [{name: l}]}, container: {command: [echo, "{{inputs.parameters.l}}"]}}`
      )
      expect(played.nodes.find(({ displayName }) => displayName === "echo")?.inputs.parameters?.[0]?.value).toBe(
        '["m/xarchivenone/d/b"]'
      )
    })

    it("are kept in the engine's store when nobody gives credentials for their bucket, and use those of the environment", async () => {
      const spec = passing("", `, s3: {${bucket}, key: "maybe/k"}`)
      expect((await play("local", spec, "")).phase).toBe("Succeeded")
      const places = async () =>
        (await pinnace.artifacts()).filter(({ key }) => key === "maybe/k").map(({ store }) => store)
      expect([await places(), await keys("maybe/")]).toEqual([["default"], []])
      process.env["AWS_ACCESS_KEY_ID"] = serverOf().credentials.accessKeyId
      process.env["AWS_SECRET_ACCESS_KEY"] = serverOf().credentials.secretAccessKey
      expect((await play("remote", spec, "")).phase).toBe("Succeeded")
      expect(await keys("maybe/")).toEqual(["maybe/k"])
      expect(await places()).toEqual(["default", expect.stringMatching(/^s3:\/\/pinnace\/\?region=/)])
    })

    it("are copied, exported and deleted by any process, with the credentials of the environment", async () => {
      const file = join(folder, "state.db")
      const text = (archive: string) =>
        `kind: Workflow\nmetadata: {generateName: far-}\nspec:\n${
          `artifactGC: {strategy: OnWorkflowDeletion}\n${
            passing(archive, `, s3: {${bucket}, key: far/k${archive.length}}`)
          }`
            .replace(/^/gm, "  ")
        }\n`
      const runs: Array<string> = []
      {
        await using first = await open(file)
        for (const archive of ["", ", archive: {none: {}}"]) {
          const run = await first.start(load(text(archive), { directory: folder, executor: "process" }), {
            parameters: {}
          })
          expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
          runs.push(run.id)
        }
      }
      expect(await keys("far/")).toEqual(["far/k0", "far/k21/a", "far/k21/d/b"])
      await using other = await open(file)
      await using elsewhere = await open(join(folder, "elsewhere.db"))
      for (const [index, id] of runs.entries()) {
        const [artifact] = await artifactsOf(other, (await other.get(id))!, { db: file } as Shell)
        expect(artifact).toMatchObject({ name: "out", state: "live", node: expect.stringMatching(/make$/) })
        await artifact!.copy(join(folder, `copied-${index}`))
        await (await other.get(id))!.export(join(folder, `${index}.tgz`))
        const arrived = await elsewhere.import(join(folder, `${index}.tgz`))
        const [again] = await artifactsOf(elsewhere, arrived, { db: "" } as Shell)
        await again!.copy(join(folder, `again-${index}`))
        for (const copy of ["copied", "again"]) {
          expect(readdirSync(join(folder, `${copy}-${index}`)).sort()).toEqual(["a", "d"])
        }
        await (await other.get(id))!.delete()
      }
      await other.gc()
      expect(await keys("far/")).toEqual([])
    })
  })
}
