/** The commands of the page about the server do what it says. */
import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { afterAll, expect, it } from "vitest"
import { Cli } from "../cli/Cli.ts"
import { readPage } from "../docs/Page.ts"

const cli = new Cli()
afterAll(() => cli.remove())

const words = (line: string): ReadonlyArray<string> => line.split(/ +#/)[0]!.trim().split(/ +/)

/** Commands of the page that begin so, as words after it. */
const commands = (start: string): ReadonlyArray<ReadonlyArray<string>> =>
  readPage("docs/server.md").commands.filter((it) => it.startsWith(start)).map((it) => words(it.slice(start.length)))

const hello = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: hello }
spec:
  entrypoint: main
  arguments: { parameters: [{ name: name }] }
  templates: [{ name: main, suspend: { duration: "0" } }]
`

it("serve a directory, list and run on that server, and ask it with curl", async () => {
  mkdirSync(join(cli.folder, "workflows"))
  cli.file("hello.yaml", hello)
  const started = commands("npx pinnace ui").find((it) => it.includes("--port"))!
  const ui = cli.start(["ui", ...started])
  await ui.seen("#token=")
  const [, address = "", token = ""] = /^(http:\S+)\/#token=(\S+)$/m.exec(ui.out) ?? []
  const remote = commands("npx pinnace --server http://127.0.0.1:7070")
  expect(remote.map(([verb]) => verb)).toEqual(["list", "run"])
  for (const args of remote.toReversed()) {
    const { code, err } = await cli.run(["--server", address, ...args], { PINNACE_TOKEN: token, PINNACE_DB: "none.db" })
    expect([code, err]).toEqual([0, ""])
  }
  const listed = await fetch(`${address}/pinnace/v1/runs`, { headers: { authorization: `Bearer ${token}` } })
  const { runs: [run] } = await listed.json() as {
    runs: ReadonlyArray<{ readonly id: string; readonly phase: string }>
  }
  expect(run!.phase).toBe("Succeeded")
  if (spawnSync("curl", ["--version"]).status === 0) {
    const asked = readPage("docs/server.md").commands.filter((it) => it.startsWith("curl ")).map((it) => {
      const line = it.replace("http://127.0.0.1:7070", address).replace("/ID/", `/${run!.id}/`)
      const { status, stdout } = spawnSync("sh", ["-c", line.replace("curl ", "curl -sf ")], {
        encoding: "utf8",
        env: { ...process.env, TOKEN: token }
      })
      return [status, stdout]
    })
    expect(asked).toEqual([
      [0, expect.stringContaining(`"id":"${run!.id}"`)],
      [0, expect.stringMatching(/^event: RunCreated\n[\s\S]*event: end\ndata: \{\}\n\n$/)]
    ])
  }
  ui.child.kill("SIGINT")
  expect((await ui.done).code).toBe(130)
})
