/** What npm users get: the tarball, unpacked into a project of its own, imported and used on every runtime. */
import { readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parseSource } from "../tidy/Source.ts"
import { recipeTests } from "./recipes.ts"
import { oldNode, root, run, Scratch } from "./Scratch.ts"

let scratch: Scratch
beforeAll(() => {
  scratch = new Scratch()
})
afterAll(() => scratch?.remove())

const program = `
import { open, Schema, task, workflow } from "pinnace"
import * as testing from "pinnace/testing"
import * as effect from "pinnace/effect"

const shout = task("shout", {
  input: { word: Schema.String },
  output: Schema.String,
  run: ({ word }) => word.toUpperCase()
})
const main = workflow("main", { input: { word: Schema.String } }, (w) => {
  return w.node("shout", shout, { input: { word: w.input.word } })
})

const pinnace = await open(":memory:")
const run = await pinnace.start(main, { word: "ahoy" })
console.log(await run.result(), Object.keys(testing).length > 0, Object.keys(effect).length > 0)
await pinnace.close()
`

const runtimes: ReadonlyArray<readonly [name: string, command: ReadonlyArray<string>]> = [
  ["Node", ["node"]],
  ["Bun", ["bun"]],
  ["Deno", ["deno", "run", "-A"]]
]

describe("a project that has installed the npm package", () => recipeTests(() => scratch))

describe("the npm package", () => {
  it("holds the build with the page, the documentation and the licence, and nothing else", () => {
    const built = /^dist\/(bin\/[\w-]+\.js|(mod|src\/.*)(\.js|\.d\.ts))$|^docs\/[\w/-]+\.md$/i
    // `npm run build:reference` makes llms.txt for a release.
    const others = scratch.files().filter((file) => !built.test(file) && file !== "llms.txt")
    expect(others).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist/page.js", "package.json"])
  })

  it("has every file that its exports name", () => {
    const { exports } = JSON.parse(scratch.read("package.json")) as {
      exports: Record<string, string | Record<string, string>>
    }
    const named = Object.values(exports).flatMap((it) => (typeof it === "string" ? [it] : Object.values(it)))
    expect(named.filter((file) => !scratch.files().includes(file.replace("./", "")))).toEqual([])
    expect(named.length).toBeGreaterThan(3)
  })

  it("declares every package that it imports", () => {
    const packageOf = (specifier: string) => specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/")
    const { dependencies, imports, peerDependencies } = JSON.parse(scratch.read("package.json"))
    const declared = Object.keys({ ...dependencies, ...imports, ...peerDependencies })
    const imported = scratch.files().filter((file) => /\.(js|ts)$/.test(file)).flatMap((file) =>
      parseSource(file, scratch.read(file)).imports.map(({ specifier }) => specifier)
    )
    const foreign = new Set(imported.filter((it) => !it.startsWith(".") && !it.startsWith("node:")))
    expect([...foreign].filter((it) => !declared.includes(packageOf(it)) || builtinModules.includes(it)))
      .toEqual([])
    expect([...foreign]).toContain("effect/Effect")
  })

  it.each(runtimes)("runs a workflow on %s", (name, [command = "", ...args]) => {
    const file = scratch.write("main.mjs", program)
    expect(run(scratch.directory, command, ...args, file), name).toEqual({ code: 0, output: "AHOY true true\n" })
  })

  it("can be required, each of its entries, by CommonJS on Node", () => {
    const { exports } = JSON.parse(scratch.read("package.json")) as { exports: Record<string, object | string> }
    const names = Object.keys(exports).filter((name) => name !== "./package.json").map((name) =>
      `pinnace${name.slice(1)}`
    )
    const file = scratch.write(
      "main.cjs",
      `console.log(${JSON.stringify(names)}.map((it) => typeof require(it)).join())`
    )
    expect(run(scratch.directory, "node", file)).toEqual({ code: 0, output: `${names.map(() => "object").join()}\n` })
  })

  it("brings the command, which runs the project's own modules with the engine they import", () => {
    const { bin } = JSON.parse(scratch.read("package.json")) as { bin: Record<string, string> }
    const pinnace = (...args: ReadonlyArray<string>) =>
      run(scratch.directory, "node", join(scratch.installed, bin["pinnace"]!), ...args)
    const flow = program.slice(0, program.indexOf("const pinnace")).replace("const main", "export const main")
    scratch.write("flow.ts", flow)
    const { code, output } = pinnace("run", "flow.ts", "-p", "word=ahoy", "--id", "one")
    expect([code, output]).toEqual([0, expect.stringContaining("  output = AHOY\n✔ one Succeeded")])
    expect(pinnace("list", "-o", "name")).toEqual({ code: 0, output: "one\n" })
    expect(pinnace("get", "one").output).toContain("Status:              Succeeded\n")
    expect(pinnace("doctor").output).toContain("No problems found")
    expect(pinnace("export", "one").output).toContain("one.tgz")
    scratch.write(
      "due.ts",
      `import { every, schedule } from "pinnace"
import { main } from "./flow.ts"
export const hourly = schedule("hourly", every("1 hour"), main, { input: () => ({ word: "ahoy" }) })`
    )
    const due = ["--file", "due.ts"]
    expect(pinnace("schedule", "trigger", "hourly", ...due).output).toContain(" Succeeded")
    expect(pinnace("backfill", "hourly", ...due, "--from", "2026-01-01T00:00Z", "--to", "2026-01-01T02:00Z").output)
      .toContain("2 succeeded, 0 failed")
  })

  describe("a starter project that it writes", () => {
    const folder = () => join(scratch.directory, "starter")
    const pinnace = (...args: ReadonlyArray<string>) =>
      run(folder(), "node", join(scratch.installed, "dist/bin/pinnace.js"), ...args)
    beforeAll(() => {
      const main = join(scratch.installed, "dist/bin/pinnace.js")
      expect(run(scratch.directory, "node", main, "init", folder())).toMatchObject({ code: 0 })
      expect(run(scratch.directory, "node", main, "init", folder())).toMatchObject({ code: 64 })
    })

    it.each([["node", ["--test"]], ["bun", ["test"]], ["deno", ["test", "-A"]]] as const)(
      "passes its own test on %s",
      (command, args) => {
        const { code, output } = run(folder(), command, ...args)
        expect(code, output).toBe(0)
        expect(output).toMatch(/pass 1|1 pass|1 passed/)
      }
    )

    it("has no problems, and runs", () => {
      expect(pinnace("lint", "hello.yaml")).toEqual({ code: 0, output: "no problems found\n" })
      const { output } = pinnace("run", "flow.ts", "--input", '{"cities":["Oslo","Rome"]}', "--db", ":memory:")
      expect(output).toContain("output = 12\n")
    })
  })

  it("does in the starter project what the page of the command line says", () => {
    const folder = join(scratch.directory, "starter-readme")
    const main = `node "${join(scratch.installed, "dist/bin/pinnace.js")}"`
    expect(run(scratch.directory, "sh", "-c", `${main} init "${folder}"`)).toMatchObject({ code: 0 })
    const page = readFileSync(join(root, "docs/command-line.md"), "utf8")
    const lines = /```sh\n([\s\S]*?)```/.exec(page)![1]!.trim().split("\n")
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) {
      const { code, output } = run(folder, "sh", "-c", line.replace("npx pinnace", main))
      expect(code, `${line}\n${output}`).toBe(0)
    }
  })

  it("type-checks in a strict project that has no types of the driver", () => {
    scratch.write("main.ts", program)
    const compilerOptions = {
      module: "nodenext",
      target: "es2022",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: ["node"]
    }
    scratch.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["main.ts"] }))
    expect(run(scratch.directory, "tsc", "-p", ".")).toEqual({ code: 0, output: "" })
  })

  it("brings the command to a clone as well", () => {
    expect(run(root, "npx", "--no", "pinnace", "version").output).toMatch(/^pinnace \d/m)
  })

  const old = oldNode()
  // Skipped where no Node before 22 is on the PATH: there is nothing to try it on.
  it.skipIf(old === undefined)("says in one sentence what to do on a Node that is too old", () => {
    const command = run(scratch.directory, old ?? "", join(scratch.installed, "dist/bin/pinnace.js"), "lint", "x")
    expect(command).toMatchObject({
      code: 2,
      output: expect.stringMatching(/^pinnace: this is Node .*needs Node 22.19 or/)
    })
    const { code, output } = run(scratch.directory, old ?? "", scratch.write("main.mjs", program))
    expect(code).toBe(1)
    expect(output).toMatch(/Node 20\.\S+: .*needs Node 22/)
  })
})
