/**
 * The command with an environment that is empty, or as good as empty: programs are found where a container has them.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

const manifest = `kind: Workflow
metadata: {name: bare}
spec:
  entrypoint: main
  templates:
  - name: main
    script: {command: [sh], source: 'echo "$PATH"; echo "$HOME"; echo one | grep one; env python --version >/dev/null 2>&1; argosay'}
`

const standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

let cli: Cli
beforeAll(() => {
  cli = new Cli()
  cli.file("bare.yaml", manifest)
})
afterAll(() => cli?.remove())

const none = { PATH: undefined, HOME: undefined, TMPDIR: undefined, LANG: undefined, SHELL: undefined, USER: undefined }

/** A directory of the node's, or in the sandbox root's. */
const homeOfNode = expect.stringMatching(/^bare: (?:\/root|.*\/nodes\/.*)$/)

describe.each([
  ["nothing", none],
  ["an empty path", { ...none, PATH: "" }]
])("an environment with %s", (_, env) => {
  it.each(["process", "auto"])("lets nodes find programs, with the executor %s", async (executor) => {
    const { code, err, out } = await cli.run(["run", "bare.yaml", "--executor", executor, "-o", "name"], env)
    expect([code, err]).toEqual([0, ""])
    const logs = (await cli.run(["logs", out.trim()], env)).out
    expect(logs.split("\n")).toEqual([
      expect.stringMatching(new RegExp(`^bare: ${standard}:/.*bin$`)),
      homeOfNode,
      "bare: one",
      "bare: hello argo",
      ""
    ])
  })
})

it("what the environment says of PATH goes before; HOME is the node's own", async () => {
  mkdirSync(join(cli.folder, "home"))
  const home = join(cli.folder, "home")
  const path = `/usr/bin:/bin:${home}`
  const { out } = await cli.run(["run", "bare.yaml", "-o", "name", "--executor", "process"], { PATH: path, HOME: home })
  const logs = (await cli.run(["logs", out.trim()])).out
  expect(logs).toMatch(new RegExp(`^bare: ${path}:/.*bin\nbare: (?!${home}\n).*nodes/.*\n`))
})
