/** "attempt n/m": of how many attempts is in the file, so that a process without the definition can say it. */
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Cli } from "./Cli.ts"

const library = join(import.meta.dirname, "../../mod.ts")

/** Each attempt ends when the file that is named after it is there. */
const flow = `
import { existsSync, watch } from "node:fs"
import { task, workflow } from ${JSON.stringify(library)}
const gate = (who: string, name: string) => new Promise<void>((resolve) => {
  const watcher = watch(".", () => look())
  const look = () => existsSync(name) && (watcher.close(), resolve())
  console.log(who, "at", name)
  look()
})
const busy = (limit?: number) => task("busy" + limit, {
  retry: { limit },
  run: async (_, { attempt }) => {
    if (attempt > 1) await gate("busy" + limit, "go" + attempt)
    if (limit === undefined && attempt > 2) return
    throw new Error("no luck")
  }
})
export const tries = workflow("tries", {}, (w) => {
  w.node("bounded", busy(2))
  w.node("endless", busy())
})
`

const manifest = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: again }
spec:
  entrypoint: main
  arguments: { parameters: [{ name: times, value: "2" }] }
  templates:
    - name: main
      steps: [[{ name: busy, template: busy }, { name: endless, template: endless }]]
    - name: busy
      retryStrategy: { limit: "{{workflow.parameters.times}}" }
      script: { image: x, command: [sh], source: "exit 3" }
    - name: endless
      retryStrategy: {}
      script: { image: x, command: [sh], source: "exit {{=retries == '1' ? 0 : 4}}" }
`

let cli: Cli
beforeAll(() => {
  cli = new Cli()
  cli.file("flow.ts", flow)
  cli.file("again.yaml", manifest)
})
afterAll(() => cli.remove())

test("The tree, why and the report tell how many attempts there may be, and only the number where nothing bounds them", async () => {
  const run = cli.start(["run", "flow.ts", "--id", "r", "-o", "plain"])
  await run.seen("busy2 at go2\n")
  await run.seen("busyundefined at go2\n")
  const tree = await cli.run(["get", "r", "--no-utf8"])
  expect(tree.out).toMatch(/bounded +busy2 +\S+ +attempt 2\/3$/m)
  expect(tree.out).toMatch(/endless +busyundefined +\S+ +attempt 2$/m)
  expect((await cli.run(["why", "r", "bounded"])).out).toBe("bounded: it is running (attempt 2/3)\n")
  expect((await cli.run(["why", "r", "endless"])).out).toBe("endless: it is running (attempt 2)\n")
  cli.file("go2", "")
  cli.file("go3", "")
  const { err, out } = await run.done
  expect(`${out}${err}`).toContain("bounded: attempt 2/3 failed; next in 0ms: no luck")
  expect(`${out}${err}`).toContain("endless: attempt 1 failed; next in 0ms: no luck")
  expect(out).toContain("bounded (attempt 3/3): no luck")
  expect(out).toMatch(/^ {2}attempt 1\/3 .*no luck\n {2}attempt 2\/3 .*no luck\n {2}attempt 3\/3 .*no luck/m)
  const data = JSON.parse((await cli.run(["get", "r", "-o", "json"])).out)
  expect(data.nodes.map((it: { readonly attempts?: number }) => it.attempts)).toEqual([3, undefined])
})

test("A limit of a manifest may be a parameter; one more attempt than it says is made", async () => {
  const { out } = await cli.run(["run", "again.yaml", "--id", "m", "-o", "tree", "--no-utf8"])
  expect(out).toMatch(/busy\(1\) +busy +\S+ +attempt 2\/3; main: Error \(exit code 3\)/)
  expect(out).toMatch(/endless\(1\) +endless +\S+ +attempt 2$/m)
  expect(out).toMatch(/busy\(2\) \(attempt 3\/3\): /)
  expect(out).toMatch(/^ {2}attempt 1\/3 .*exit code 3.*\n {2}attempt 2\/3 .*\n {2}attempt 3\/3 /m)
})
