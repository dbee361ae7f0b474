import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, describe, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "cli-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const pinnace = (args: ReadonlyArray<string>, started: (child: ReturnType<typeof spawn>) => void = () => {}) =>
  new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "../../src/cli/main.ts"), ...args], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    let [out, err] = ["", ""]
    child.stdout.setEncoding("utf8").on("data", (text: string) => out += text)
    child.stderr.setEncoding("utf8").on("data", (text: string) => err += text)
    child.on("close", (code) => resolve({ code, out, err }))
    started(child)
  })

const script = (source: string) =>
  `kind: Workflow\nmetadata: {name: wf}\nspec:\n  entrypoint: main\n  arguments: {parameters: [{name: n, value: "0"}]}\n  templates:\n  - {name: main, script: {command: [sh], source: ${
    JSON.stringify(source)
  }}}\n`

describe("pinnace run", () => {
  it("gives one JSON object and the exit code of the phase", async () => {
    const manifest = file("a.yaml", script("exit {{workflow.parameters.n}}"))
    const good = await pinnace(["run", manifest, "-o", "json", "--db", join(folder, "s.db")])
    expect(good.code).toBe(0)
    expect(JSON.parse(good.out)).toMatchObject({
      name: "wf",
      phase: "Succeeded",
      nodes: [{ name: "wf", type: "Pod", outputs: { exitCode: "0" } }]
    })
    const bad = await pinnace(["run", manifest, "-p", "n=3"])
    expect(bad.code).toBe(1)
    expect(bad.out).toContain("✖ wf Failed: main: Error (exit code 3)")
  })

  it("starts nothing of an invalid manifest", async () => {
    const { code, err, out } = await pinnace(["run", file("b.yaml", script("{{inputs.parameters.x}}"))])
    expect([code, out]).toEqual([64, ""])
    expect(err).toContain("failed to resolve {{inputs.parameters.x}}")
    expect(err).not.toContain("    at ")
  })

  it("lets an interrupted run clean up", async () => {
    const manifest = file(
      "c.yaml",
      `${
        script("echo up; sleep 300").replace("entrypoint: main", "entrypoint: main\n  onExit: bye")
      }  - {name: bye, container: {command: ["true"]}}\n`
    )
    const ended = await pinnace(["run", manifest], (child) => {
      let [seen, sent] = ["", false]
      child.stdout!.on("data", (text: string) => {
        seen += text
        if (sent || !seen.includes("● wf Running")) return
        sent = true
        child.kill("SIGINT")
      })
    })
    expect(ended.code).toBe(130)
    expect(ended.out).toContain("wf.onExit Succeeded")
  })
})

describe("pinnace lint", () => {
  it("tells problems as text or JSON", async () => {
    const manifest = file("d.yaml", script("x").replace("entrypoint: main", "entrypoint: mian"))
    const text = await pinnace(["lint", manifest])
    expect([text.code, text.out]).toEqual([
      64,
      `${manifest}:4:15: error: The entrypoint: template "mian" is not defined (Did you mean "main"?)\n`
    ])
    const json = JSON.parse((await pinnace(["lint", manifest, "-o", "json"])).out)
    expect(json).toMatchObject([{ code: "template", line: 4, column: 15, hint: 'Did you mean "main"?' }])
    expect((await pinnace(["lint", file("e.yaml", script("x"))])).code).toBe(0)
  })

  it("says how it is used, or what is wrong with what was given", async () => {
    const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: string]> = [
      [["lint"], "Usage: pinnace lint FILE…"],
      [["fly"], "Try: pinnace run FILE"],
      [["run", "--wings"], "Usage: pinnace run FILE…"],
      [["run", join(folder, "none.yaml")], "there is no such file"],
      [["run", file("f.yaml", script("x")), "-p", "n"], "write NAME=VALUE"]
    ]
    for (const [args, says] of wrong) {
      const { code, err } = await pinnace(args)
      expect(code, args.join(" ")).toBe(64)
      expect(err).toContain(says)
    }
  })
})
