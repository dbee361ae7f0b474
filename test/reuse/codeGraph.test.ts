/** The digest of what definitions are made of: G1 to G4, and what changes it. */
import { spawnSync } from "node:child_process"
import {
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath, pathToFileURL } from "node:url"
import { afterAll, expect, test } from "vitest"
import { makeCodeReader } from "../../src/sources/CodeGraph.ts"
import { type Program, thisProgram } from "../../src/sources/standalone.ts"
import { ownSite, type Site } from "../../src/workflow/Site.ts"
import { removeTree } from "../removeTree.ts"

const roots: Array<string> = []
afterAll(() => roots.forEach((root) => removeTree(root)))

type Files = Readonly<Record<string, string>>

const project: Files = {
  "package.json": "{}",
  "flow.ts": 'import { scale } from "./lib/scale.js"\nimport dep from "dep"\nimport type { T } from "./types.ts"\n',
  "lib/scale.ts": 'import "./deep"\nexport const scale = 1\n',
  "lib/deep.ts": "export {}\n",
  "types.ts": "export type T = 1\n",
  "other.ts": "export {}\n",
  "node_modules/dep/package.json": '{"name":"dep","version":"1.0.0"}'
}

const made = (files: Files): string => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-code-")))
  roots.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
    utimesSync(join(root, name), 1, 1)
  }
  return root
}

const codeOf = (root: string, file = "flow.ts", loadedAt = Infinity) =>
  makeCodeReader().codeOf({ files: [join(root, file)], loadedAt, isAmbiguous: false })

const digestOf = (files: Files): string => {
  const code = codeOf(made(files))
  if ("why" in code) throw new Error(code.why)
  return code.digest
}

test("What a package needs is found where pnpm puts it", () => {
  const digest = (version: string): string => {
    const { "node_modules/dep/package.json": _, ...own } = project
    const root = made({
      ...own,
      "node_modules/.pnpm/dep@1/node_modules/dep/package.json":
        '{"name":"dep","version":"1.0.0","dependencies":{"deep":"1"}}',
      "node_modules/.pnpm/deep@1/node_modules/deep/package.json":
        '{"name":"deep","version":"1.0.0","dependencies":{"deeper":"1"}}',
      "node_modules/.pnpm/deeper@1/node_modules/deeper/package.json": `{"name":"deeper","version":"${version}"}`
    })
    const store = join(root, "node_modules/.pnpm")
    symlinkSync(join(store, "dep@1/node_modules/dep"), join(root, "node_modules/dep"))
    symlinkSync(join(store, "deep@1/node_modules/deep"), join(store, "dep@1/node_modules/deep"))
    symlinkSync(join(store, "deeper@1/node_modules/deeper"), join(store, "deep@1/node_modules/deeper"))
    const code = codeOf(root)
    return "why" in code ? code.why : code.digest
  }
  expect(digest("1.0.0")).toBe(digest("1.0.0"))
  expect(digest("1.0.1")).not.toBe(digest("1.0.0"))
})

test("R6, G1 The digest is that of the same files anywhere, on every runtime", () => {
  expect(digestOf(project)).toBe("b18a063c8d1c878105d70b41a689d8c7")
  expect(digestOf({ ...project, "flow.ts": project["flow.ts"]!.replaceAll("\n", "\r\n") })).toBe(digestOf(project))
})

test.each<[string, Files]>([
  ["the file itself", { "flow.ts": `${project["flow.ts"]}//` }],
  ["a helper", { "lib/scale.ts": "export const scale = 2\n" }],
  ["a helper of a helper", { "lib/deep.ts": "export const a = 1\n" }],
  ["the version of what a package needs", {
    "node_modules/dep/package.json": '{"name":"dep","version":"1.0.0","dependencies":{"deep":"1"}}',
    "node_modules/deep/package.json": '{"name":"deep","version":"1.0.1"}'
  }],
  ["the version of a package", { "node_modules/dep/package.json": '{"name":"dep","version":"1.0.1"}' }]
])("R4 It changes with %s", (_, changed) => {
  expect(digestOf({ ...project, ...changed })).not.toBe(digestOf(project))
})

test.each<[string, Files]>([
  ["a file nobody imports", { "other.ts": "export const b = 2\n" }],
  ["types", { "types.ts": "export type T = 2\n" }],
  ["a package's files", { "node_modules/dep/index.js": "export {}\n" }]
])("R4 It does not change with %s", (_, changed) => {
  expect(digestOf({ ...project, ...changed })).toBe(digestOf(project))
})

test("A linked package counts with its files", () => {
  const linked = (text: string) => {
    const root = made({ ...project, "packages/dep/package.json": '{"name":"dep","main":"index.js"}' })
    rmSync(join(root, "node_modules/dep"), { recursive: true })
    writeFileSync(join(root, "packages/dep/index.js"), text)
    utimesSync(join(root, "packages/dep/index.js"), 1, 1)
    symlinkSync("../packages/dep", join(root, "node_modules/dep"))
    const code = codeOf(root)
    return "why" in code ? code.why : code.files.map(([name]) => name)
  }
  expect(linked("export {}")).toContain("packages/dep/index.js")
})

/** The files behind `flow.ts`, of a project with a linked package and an own name for a file. */
const behind = (files: Files): unknown => {
  const root = made({ ...project, ...files })
  rmSync(join(root, "node_modules/dep"), { recursive: true })
  symlinkSync("../packages/dep", join(root, "node_modules/dep"))
  const code = codeOf(root)
  return "why" in code ? code.why : code.files.map(([name]) => name).filter((name) => name.startsWith("packages/"))
}

test.each<[string, string, Files]>([
  ["by conditions", "dep", { exports: '{"import":"./a.mjs","require":"./b.cjs","types":"./t.d.ts"}' }],
  ["by nested conditions", "dep", { exports: '{".":{"node":{"import":"./a.mjs"},"default":"./b.cjs"}}' }],
  ["by a pattern", "dep/x/a", { exports: '{"./x/*":{"import":"./*.mjs","default":"./b.cjs"}}' }],
  ["by main and module", "dep", { exports: "", module: '"./a.mjs","main":"./b.cjs"' }]
])("R4, G5 All files count that an import of a linked package can mean %s", (_, name, { exports, module }) => {
  const says = module === undefined ? `"exports":${exports}` : `"module":${module}`
  expect(behind({
    "flow.ts": `import dep from "${name}"\n`,
    "packages/dep/package.json": `{"name":"dep",${says}}`,
    "packages/dep/a.mjs": "export default 1\n",
    "packages/dep/b.cjs": "module.exports = 1\n",
    "packages/dep/t.d.ts": "export {}\n"
  })).toEqual(["packages/dep/a.mjs", "packages/dep/b.cjs"])
})

test("R4, G5 All files count that an own name of a package can mean, and that a name without an ending can", () => {
  const root = made({
    ...project,
    "package.json": '{"imports":{"#lib/*":{"import":"./lib/*.mjs","default":"./lib/*.cjs"},"#dep":"dep"}}',
    "flow.ts":
      'import "#lib/a"\nimport "#dep"\nconst b = require("./lib/b")\nconst c = import.meta.resolve("./c.bin")\n',
    "lib/a.mjs": "",
    "lib/a.cjs": "",
    "lib/b.js": "",
    "lib/b.ts": "",
    "c.bin": ""
  })
  const code = codeOf(root)
  expect("why" in code ? code.why : code.files.map(([name]) => name)).toEqual(
    ["c.bin", "flow.ts", "lib/a.cjs", "lib/a.mjs", "lib/b.js", "lib/b.ts", "package dep"]
  )
})

test("G2 A package or a link that was put in its place after it was loaded is not taken for what runs", () => {
  const root = made(project)
  symlinkSync("deep.ts", join(root, "lib/link.ts"))
  writeFileSync(join(root, "flow.ts"), 'import "./lib/link.ts"\n')
  writeFileSync(join(root, "other.ts"), 'import "dep"\n')
  const later = performance.now() + 60_000
  for (const file of ["flow.ts", "other.ts"]) expect(codeOf(root, file, later)).toMatchObject({ unseen: [] })
  for (const at of ["lib/link.ts", "node_modules/dep/package.json"]) {
    lutimesSync(join(root, at), new Date(Date.now() + 120_000), new Date(Date.now() + 120_000))
  }
  expect(codeOf(root, "flow.ts", later)).toEqual({
    why: `${join(root, "lib/link.ts")} was changed after it was loaded`
  })
  expect(codeOf(root, "other.ts", later)).toEqual({ why: "package dep was changed after it was loaded" })
})

test("R4 A directory is told from a file, holds itself without end, and may hold what has no bytes", () => {
  const root = made({ "a/file.txt": "text" })
  const { digestOf } = makeCodeReader()
  const before = digestOf(join(root, "a"))
  writeFileSync(join(root, "same"), JSON.stringify([["file.txt", 0, digestOf(join(root, "a/file.txt"))]]))
  expect(digestOf(join(root, "same"))).not.toBe(before)
  symlinkSync(".", join(root, "a/one"))
  symlinkSync("..", join(root, "a/two"))
  expect(digestOf(join(root, "a"))).not.toBe(before)
  // Nobody ever writes into it.
  if (spawnSync("mkfifo", [join(root, "a/pipe")]).status === 0) expect(digestOf(join(root, "a/pipe"))).toBe("special")
})

test("What cannot be followed is named", () => {
  const code = codeOf(made({ ...project, "lib/deep.ts": 'import(name)\nimport("./gone.ts")\n' }))
  expect(code).toMatchObject({
    unseen: ["lib/deep.ts imports ./gone.ts, which is not found", "lib/deep.ts imports by a computed name"]
  })
})

test("G4 The code is not told where a file that has to be there is not found, as by an alias of another tool", () => {
  expect(codeOf(made({ ...project, "lib/deep.ts": 'import { a } from "@/lib/aliased.ts"\n' }))).toEqual({
    why: "lib/deep.ts imports @/lib/aliased.ts, which is not found"
  })
})

test("G2 A file that was written after it was loaded is not taken for what runs", () => {
  const root = made(project)
  utimesSync(join(root, "lib/deep.ts"), new Date(), new Date())
  expect(codeOf(root, "flow.ts", performance.now() + 60_000)).toMatchObject({ unseen: [] })
  expect(codeOf(root, "lib/deep.ts", 0)).toEqual({ why: "lib/deep.ts was changed after it was loaded" })
})

test("G2 A file is not taken for the one in whose place it was put, however old it is", () => {
  const root = made(project)
  // It bears a time of long ago.
  renameSync(join(root, "other.ts"), join(root, "lib/deep.ts"))
  expect(codeOf(root, "lib/deep.ts", 0)).toEqual({ why: "lib/deep.ts was changed after it was loaded" })
})

test("X4 What a directory holds counts, not when it was written", () => {
  const [a, b] = [made(project), made(project)]
  utimesSync(join(b, "lib/deep.ts"), 5, 5)
  const { digestOf, digestOfEnv } = makeCodeReader()
  expect(digestOf(a)).toBe(digestOf(b))
  writeFileSync(join(b, "lib/deep.ts"), "changed")
  expect(digestOf(a)).not.toBe(digestOf(b))
  expect(digestOf(join(a, "gone"))).toBe("missing")
  expect(digestOfEnv("PINNACE_NO_SUCH_VARIABLE")).toBe("unset")
})

test("R4 A file that is loaded anew under another URL is read anew", () => {
  const root = made(project)
  const reader = makeCodeReader()
  const digestUnder = (query: string) => {
    const files = [`${pathToFileURL(join(root, "flow.ts")).href}${query}`]
    const code = reader.codeOf({ files, loadedAt: Infinity, isAmbiguous: false })
    return "why" in code ? code.why : code.digest
  }
  const before = digestUnder("")
  writeFileSync(join(root, "flow.ts"), "export {}")
  utimesSync(join(root, "flow.ts"), 2, 2)
  expect(digestUnder("")).toBe(before)
  expect(digestUnder("?v=2")).not.toBe(before)
})

test("What is remembered of code is bounded, also where modules are loaded anew again and again", () => {
  const root = made(project)
  const reader = makeCodeReader()
  const codeUnder = (query: string) =>
    reader.codeOf({ files: [`${join(root, "other.ts")}${query}`], loadedAt: Infinity, isAmbiguous: false })
  const first = codeUnder("/../other.ts")
  for (let n = 0; n < 999; n++) codeUnder(`${"/../other.ts".repeat(2)}${"/.".repeat(n)}`)
  expect(codeUnder("/../other.ts")).toBe(first)
  codeUnder("")
  expect(codeUnder("/../other.ts")).not.toBe(first)
})

test("R4 It changes with each byte of a file that is no text", () => {
  const withByte = (byte: number) => {
    const root = made({ ...project, "flow.ts": 'import wasm from "./a.wasm"\n' })
    writeFileSync(join(root, "a.wasm"), Uint8Array.of(byte))
    utimesSync(join(root, "a.wasm"), 1, 1)
    const code = codeOf(root)
    return "why" in code ? code.why : code.digest
  }
  expect(withByte(0x80)).not.toBe(withByte(0x81))
})

const within = "/$bunfs/root/app"

test.each<[string, Partial<Program>, (root: string) => ReadonlyArray<string>, object]>([
  ["of what it holds is that of its build", { stamp: "b1" }, () => [within], { files: [["build", "b1"]] }],
  ["of a module on the disk is that of the module, whatever its build", { stamp: "b1" }, (root) => [
    within,
    join(root, "flow.ts")
  ], { digest: digestOf(project) }],
  ["of such a module needs no stamp", {}, (root) => [join(root, "flow.ts")], { digest: digestOf(project) }],
  ["of what it holds cannot be told without a stamp", {}, () => [within], {
    why: "this executable was built without PINNACE_BUILD"
  }]
])("R6, G3 In an executable the code %s", (_, says, files, expected) => {
  const program = { isStandalone: true, stamp: undefined, holds: (file: string) => file === within, ...says }
  const site = { files: files(made(project)), loadedAt: Infinity, isAmbiguous: false }
  expect(makeCodeReader({ program }).codeOf(site)).toMatchObject(expected)
})

test("G3 A stamp in the environment tells no code of files", () => {
  const site = { files: [join(made(project), "flow.ts")], loadedAt: Infinity, isAmbiguous: false }
  const code = makeCodeReader({ program: { ...thisProgram(), stamp: "b1" } }).codeOf(site)
  expect(code).toMatchObject({ digest: digestOf(project) })
})

test("G2 A bundle with a map of its sources is told by itself, not by them", async () => {
  const map = { version: 3, sources: ["flow.ts"], sourcesContent: [""], names: [], mappings: "AAAA;AAAA;AAAA;AAAA" }
  const inline = `//# sourceMappingURL=data:application/json;base64,${btoa(JSON.stringify(map))}`
  const root = made({ ...project, "out.mjs": `export const define = (here) => ({ ...here() })\n${inline}\n` })
  process.setSourceMapsEnabled?.(true)
  const file = join(root, "out.mjs")
  const { define } = await import(pathToFileURL(file).href) as { readonly define: (here: () => Site) => Site }
  const names = define(ownSite).files.map((name) => name.startsWith("file:") ? fileURLToPath(name) : name)
  expect(names).toContain(file)
  expect(names).not.toContain(join(root, "flow.ts"))
})
