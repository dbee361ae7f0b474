/** `run` and `lint` of manifests: the support report, and where artifacts are. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

let cli: Cli
let file: string
beforeAll(() => {
  cli = new Cli()
  file = cli.file(
    "makes.yaml",
    `kind: Workflow
metadata: {name: makes}
spec:
  entrypoint: main
  podGC: {strategy: OnPodCompletion}
  templates:
  - name: main
    container: {command: [sh, -c, "echo made > /data/x"], volumeMounts: [{name: data, mountPath: /data}]}
    outputs: {artifacts: [{name: x, path: /data/x, s3: {key: makes/x}}]}
  volumes: [{name: data, emptyDir: {}}]
`
  )
})
afterAll(() => cli?.remove())

it("run says where the artifacts are, also without a state file; the report comes before", async () => {
  const { code, err, out } = await cli.run(["run", file, "--db", ":memory:", "--report"])
  expect(code).toBe(0)
  expect(err).toContain("ignored    spec.podGC: There are no pods [")
  const folder = /^Artifacts are in (.*)$/m.exec(out)![1]!
  expect(readFileSync(join(folder, "makes", "x"), "utf8").trim()).toContain("made")
})

it("delete takes the artifacts along that are to go with their run", async () => {
  const gc = cli.file(
    "gc.yaml",
    readFileSync(file, "utf8").replace("podGC:", "artifactGC: {strategy: OnWorkflowDeletion}\n  podGC:")
  )
  const { code, out } = await cli.run(["run", gc])
  expect(code).toBe(0)
  const made = join(/^Artifacts are in (.*)$/m.exec(out)![1]!, "makes", "x")
  expect(readFileSync(made, "utf8")).toContain("made")
  expect((await cli.run(["delete", "makes"])).out).toMatch(/^Workflow '.*' deleted, and 1 of its artifacts$/m)
  expect(existsSync(made)).toBe(false)
})

it("lint --report tells every field, as text or as data", async () => {
  expect((await cli.run(["lint", file, "--report"])).out).toContain("supported  spec.entrypoint")
  const { out } = await cli.run(["lint", file, "--report", "-o", "json"])
  expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ path: "spec.podGC", support: "Ignored", line: 5 }))
})
