/** What the command does with manifests, at its shortest. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

let cli: Cli
beforeAll(() => {
  cli = new Cli()
})
afterAll(() => cli?.remove())

const script = (source: string) =>
  `kind: Workflow\nmetadata: {name: wf}\nspec:\n  entrypoint: main\n  arguments: {parameters: [{name: n, value: "0"}]}\n  templates:\n  - {name: main, script: {command: [sh], source: ${
    JSON.stringify(source)
  }}}\n`

describe("pinnace run", () => {
  it("gives one JSON object and the exit code of the phase", async () => {
    const manifest = cli.file("a.yaml", script("exit {{workflow.parameters.n}}"))
    const good = await cli.run(["run", manifest, "-o", "json"])
    expect(good.code).toBe(0)
    expect(JSON.parse(good.out)).toMatchObject({
      name: "wf",
      phase: "Succeeded",
      nodes: [{ name: "wf", type: "Pod", outputs: { exitCode: "0" } }]
    })
    const bad = await cli.run(["run", manifest, "-p", "n=3"])
    expect(bad.code).toBe(1)
    expect(bad.out).toContain("✖ wf Failed: main: Error (exit code 3)")
  })

  it("starts nothing of an invalid manifest", async () => {
    const { code, err, out } = await cli.run(["run", cli.file("b.yaml", script("{{inputs.parameters.x}}"))])
    expect([code, out]).toEqual([64, ""])
    expect(err).toContain("failed to resolve {{inputs.parameters.x}}")
    expect(err).not.toContain("    at ")
  })

  it("lets an interrupted run clean up", async () => {
    const manifest = cli.file(
      "c.yaml",
      `${
        script("echo up; sleep 300").replace("entrypoint: main", "entrypoint: main\n  onExit: bye")
      }  - {name: bye, container: {command: ["true"]}}\n`
    )
    const started = cli.start(["run", manifest])
    await started.seen("● wf Running")
    started.child.kill("SIGINT")
    const ended = await started.done
    expect(ended.code).toBe(130)
    expect(ended.out).toContain("wf.onExit Succeeded")
  })
})

describe("pinnace lint", () => {
  it("tells problems as text or JSON", async () => {
    const manifest = cli.file("d.yaml", script("x").replace("entrypoint: main", "entrypoint: mian"))
    const text = await cli.run(["lint", manifest])
    expect([text.code, text.out]).toEqual([
      64,
      `${manifest}:4:15: error: The entrypoint: template "mian" is not defined (Did you mean "main"?)\n`
    ])
    const json = JSON.parse((await cli.run(["lint", manifest, "-o", "json"])).out)
    expect(json).toMatchObject([{ code: "template", line: 4, column: 15, hint: 'Did you mean "main"?' }])
    expect((await cli.run(["lint", cli.file("e.yaml", script("x"))])).code).toBe(0)
  })

  it("says how it is used, or what is wrong with what was given", async () => {
    const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: string]> = [
      [["lint"], "Usage: pinnace lint FILE…"],
      [["fly"], "Try: pinnace run FILE"],
      [["run", "--wings"], "Usage: pinnace run FILE…"],
      [["run", "none.yaml"], "there is no such file"],
      [["run", cli.file("f.yaml", script("x")), "-p", "n"], "write NAME=VALUE"]
    ]
    for (const [args, says] of wrong) {
      const { code, err } = await cli.run(args)
      expect(code, args.join(" ")).toBe(64)
      expect(err).toContain(says)
    }
  })
})
