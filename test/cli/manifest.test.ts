/** `run` and `lint` of manifests: the support report, and where artifacts are. */
import { readFileSync } from "node:fs"
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

it("run tells the artifacts of a run without a state file too; the report comes before", async () => {
  const { code, err, out } = await cli.run(["run", file, "--db", ":memory:", "--report"])
  expect(code).toBe(0)
  expect(err).toContain("ignored    spec.podGC: There are no pods [")
  expect(out).toContain("Artifacts: 1 (5 B)\n  x  5 B  from makes\n")
})

it("artifacts of a manifest's run are listed and copied, and go with their run if they are to", async () => {
  const gc = cli.file(
    "gc.yaml",
    readFileSync(file, "utf8").replace("podGC:", "artifactGC: {strategy: OnWorkflowDeletion}\n  podGC:")
  )
  const { code } = await cli.run(["run", gc])
  expect(code).toBe(0)
  expect((await cli.run(["artifacts", "makes"])).out).toMatch(/x +makes-\S+ +makes +5 B +live/)
  expect((await cli.run(["cp", "makes", "x"])).code).toBe(0)
  const [artifact] = JSON.parse((await cli.run(["artifacts", "makes", "-o", "json"])).out)
  expect(artifact).toMatchObject({ name: "x", size: 5, state: "live" })
  expect((await cli.run(["delete", "makes"])).out).toMatch(/^Workflow '.*' deleted$/m)
  expect((await cli.run(["gc", "-o", "json"])).code).toBe(0)
})

it("lint --report tells every field, as text or as data", async () => {
  expect((await cli.run(["lint", file, "--report"])).out).toContain("supported  spec.entrypoint")
  const { out } = await cli.run(["lint", file, "--report", "-o", "json"])
  expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ path: "spec.podGC", support: "Ignored", line: 5 }))
})
