/** The executable: built, moved to an empty directory, and run there with nothing on its path. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { version } from "../../src/cli/version.ts"
import { casesOf } from "../conformance/Case.ts"
import { isPlain, playCommand } from "../conformance/playCommand.ts"
import { canMount, mountReadOnly } from "../sqlite/mount.ts"
import { removeTree } from "../removeTree.ts"
import { root, run } from "./Scratch.ts"

const work = mkdtempSync(join(tmpdir(), "pinnace-binary-"))
const empty = join(work, "empty")
const bin = join(work, "bin")
beforeAll(() => {
  mkdirSync(empty)
  mkdirSync(bin)
  expect(run(root, "node", "build/binary.ts", join(bin, "pinnace"))).toMatchObject({ code: 0 })
})
afterAll(() => removeTree(work))

/** Runs an executable with an environment that has only an empty path. */
const bare = (name: string, ...args: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = spawnSync(join(bin, name), args, {
    cwd: empty,
    env: { PATH: "" },
    encoding: "utf8"
  })
  return { code: status, out: stdout, err: stderr }
}

const manifest = `kind: Workflow
metadata: {name: bare}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: say}
    - - {name: b, template: tell, arguments: {parameters: [{name: it, value: "{{steps.a.outputs.result}}"}]}}
  - {name: say, script: {command: [/bin/sh], source: echo 42}}
  - {name: tell, inputs: {parameters: [{name: it}]}, script: {command: [/bin/sh], source: "echo it is {{inputs.parameters.it}}"}}
`

const flow = `
import { Artifact, Schema, task, workflow } from "pinnace"
const double = task("double", { input: { n: Schema.Number }, output: Schema.Number, run: ({ n }) => n * 2 })
const save = task("save", { output: Artifact, run: (_: void, { artifacts }: any) => artifacts.put("a.txt", new TextEncoder().encode("a")) })
export const flow = workflow("flow", { input: { n: Schema.Number } }, (w) => {
  w.node("save", save)
  return w.node("double", double, { input: { n: w.input.n } })
})
`

describe("the executable", () => {
  it("runs a manifest", () => {
    writeFileSync(join(empty, "bare.yaml"), manifest)
    const { code, err, out } = bare("pinnace", "run", "bare.yaml", "-o", "json")
    expect([code, err]).toEqual([0, ""])
    expect(JSON.parse(out)).toMatchObject({ name: "bare", phase: "Succeeded" })
    expect(bare("pinnace", "logs", "bare", "b").out).toBe("bare[1].b: it is 42\n")
    expect(bare("pinnace", "version").out).toContain("(Bun ")
  })

  it("runs a TypeScript module, which gets the library from within", () => {
    writeFileSync(join(empty, "flow.ts"), flow)
    expect(bare("pinnace", "run", "flow.ts", "-p", "n=21", "--id", "flow-1")).toMatchObject({
      code: 0,
      out: expect.stringContaining("output = 42\n")
    })
    expect(bare("pinnace", "cp", "flow-1", "a.txt", "--artifact-name", "a.txt")).toMatchObject({ code: 0, err: "" })
    expect(bare("pinnace", "export", "flow-1", "flow.tgz")).toMatchObject({ code: 0, err: "" })
    expect(readdirSync(empty)).toEqual(expect.arrayContaining(["a.txt", "flow.tgz", "pinnace.db"]))
  })

  it("G3 reuses results of a module that it loads by the files of that, whatever it was built of", () => {
    const text = (factor: number) => `
import { Schema, task, workflow } from "pinnace"
const double = task("cached", { input: { n: Schema.Number }, output: Schema.Number, cache: true, run: ({ n }) => n * ${factor} })
export const flow = workflow("flow", { input: { n: Schema.Number } }, (w) => w.node("double", double, { input: { n: w.input.n } }))
`
    const played = (factor: number) => {
      writeFileSync(join(empty, "cached.ts"), text(factor))
      const { out } = bare("pinnace", "run", "cached.ts", "-p", "n=21", "--db", "cached.db")
      return [/output = (\d+)/.exec(out)?.[1], out.includes("reused")]
    }
    expect([played(2), played(2), played(3), played(3)]).toEqual([
      ["42", false],
      ["42", true],
      ["63", false],
      ["63", true]
    ])
    // L5: it is its own generation.
    const loop = bare("pinnace", "dev", "cached.ts", "-p", "n=21", "--once")
    expect(loop).toMatchObject({ code: 0, out: expect.stringContaining("runs 1: double") })
    expect(bare("pinnace", "dev", "cached.ts", "-p", "n=21", "--once").out).toContain("reused 1")
  })

  it.skipIf(!canMount)("looks at a state file that cannot be written", () => {
    const { path, remove } = mountReadOnly(empty)
    try {
      expect(bare("pinnace", "logs", "bare", "b", "--db", join(path, "pinnace.db"))).toEqual({
        code: 0,
        out: "bare[1].b: it is 42\n",
        err: ""
      })
    } finally {
      remove()
    }
  })

  it("writes a starter project that it can run", () => {
    const { code, err, out } = bare("pinnace", "init", "starter")
    expect([code, err, out]).toEqual([
      0,
      "",
      expect.stringMatching(/\nNext: cd starter && \/\S+\/pinnace run hello.yaml\n/)
    ])
    expect(readFileSync(join(empty, "starter/package.json"), "utf8")).toContain(`"pinnace": "${version}"`)
    expect(bare("pinnace", "run", "starter/flow.ts", "--input", '{"cities":["Oslo"]}', "--db", ":memory:").code).toBe(0)
    rmSync(join(empty, "starter"), { recursive: true })
  })

  it("starts itself again to leave a run in the background", () => {
    expect(bare("pinnace", "submit", "flow.ts", "-p", "n=2", "--wait")).toMatchObject({ code: 0, err: "" })
  })

  it.each(
    casesOf([join(root, "test/conformance/cases")]).filter(isPlain).filter((_, at) => at % 12 === 0)
  )("plays $name as the engine does", async (it) => {
    expect(await playCommand(join(bin, "pinnace"), it, "")).toEqual([])
  })

  it("can be made of an app with its own workflows", () => {
    const source = `
import driver from "better-sqlite3/${process.platform}-${process.arch}"
import { task, workflow } from ${JSON.stringify(join(root, "mod.ts"))}
import { cli } from ${JSON.stringify(join(root, "src/cli/mod.ts"))}
const greet = workflow("greet", {}, (w) => w.node("hello", task("hello", { cache: true, run: () => "Hello" })))
await cli([greet], { program: "greeter", driver })
`
    writeFileSync(join(root, "dist/greeter.ts"), source)
    const built = run(
      root,
      "bun",
      "build",
      "--compile",
      "dist/greeter.ts",
      "--external",
      "@aws-sdk/credential-providers",
      "--define",
      'PINNACE_BUILD="first"',
      "--outfile",
      join(bin, "greeter")
    )
    rmSync(join(root, "dist/greeter.ts"))
    expect(built, built.output).toMatchObject({ code: 0 })
    expect(bare("greeter", "run", "greet")).toMatchObject({ code: 0, out: expect.stringContaining("output = Hello\n") })
    expect(bare("greeter", "list").out).toContain("greet-")
    // What it holds is told by its stamp.
    expect(bare("greeter", "run", "greet").out).toContain("reused")
  })
})
