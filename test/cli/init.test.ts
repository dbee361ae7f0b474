/** Where a starter project gets its package from. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, sep } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, expect, it } from "vitest"
import { packageSpec } from "../../src/cli/demo/packageSpec.ts"
import { version } from "../../src/cli/version.ts"
import { Cli } from "./Cli.ts"

let cli: Cli
beforeAll(() => {
  cli = new Cli()
})
afterAll(() => cli?.remove())

it("from a clone, from the clone: its version is on no registry yet", async () => {
  const { code } = await cli.run(["init", "mine"])
  const written = (file: string): string => readFileSync(join(cli.folder, "mine", file), "utf8")
  const { allowScripts, dependencies, devDependencies } = JSON.parse(written("package.json")) as {
    readonly allowScripts: object
    readonly dependencies: { readonly pinnace: string }
    readonly devDependencies: { readonly node?: string }
  }
  expect([code, dependencies.pinnace]).toEqual([0, `file:${join(import.meta.dirname, "../..")}`])
  // Who runs the Node of a package may have no other that is new enough.
  const isOfPackage = process.execPath.includes(`${sep}node_modules${sep}`)
  expect(devDependencies.node).toBe(isOfPackage ? process.versions.node : undefined)
  expect(written(".npmrc")).toBe("install-links=true\n")
  // `npm ci` would compile it, though it brings its binary.
  expect(allowScripts).toMatchObject({ "better-sqlite3": false })
})

it("else from the registry: where it is installed, in executables, and in an app's own command", () => {
  const installed = join(cli.folder, "node_modules/pinnace/dist/bin")
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(installed, "../../package.json"), '{ "name": "pinnace" }')
  writeFileSync(join(installed, "pinnace.js"), "")
  cli.file("package.json", '{ "name": "app" }')
  for (const script of [join(installed, "pinnace.js"), cli.file("main.ts", ""), "/$bunfs/root/pinnace"]) {
    expect(packageSpec(script), script).toBe(version)
  }
})

it("into a package that is there: adds a folder, a script and dependencies, and touches nothing else", async () => {
  const folder = join(cli.folder, "app")
  mkdirSync(folder, { recursive: true })
  const before = { name: "app", version: "3.0.0", scripts: { test: "jest" }, dependencies: { effect: "4.0.0" } }
  writeFileSync(join(folder, "package.json"), JSON.stringify(before, null, 4))
  const { code, out } = await cli.run(["init", "app"])
  expect([code, out]).toEqual([0, expect.stringContaining('scripts.workflows:test = "node --test')])
  const text = readFileSync(join(folder, "package.json"), "utf8")
  expect(JSON.parse(text)).toMatchObject({ ...before, dependencies: { effect: "4.0.0", pinnace: expect.any(String) } })
  expect(JSON.parse(text).scripts.test).toBe("jest")
  expect(text).toContain('\n    "name"')
  expect(readdirSync(folder).sort()).toEqual(["package.json", "workflows"])
  expect(readdirSync(join(folder, "workflows")).sort()).toEqual(["flow.test.ts", "flow.ts"])
  expect((await cli.run(["init", "app"])).code).toBe(64)
})
