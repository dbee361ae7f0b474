/** What a source text imports, told without a parser. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { importsOf } from "../../src/reuse/imports.ts"

test.each<[string, ReadonlyArray<string>, boolean?]>([
  ['import a from "./a.ts"', ["./a.ts"]],
  ['import "./a.ts"; export * from "./b.ts"; export { c } from \'./c.ts\'', ["./a.ts", "./b.ts", "./c.ts"]],
  ['import type { A } from "./a.ts"\nimport { type B, b } from "./b.ts"\nexport type { C } from "./c.ts"', ["./b.ts"]],
  ['import type from "./a.ts"', ["./a.ts"]],
  ['const a = await import("./a.ts"), b = require("b"), c = import(`./c.ts`)', ["./a.ts", "b", "./c.ts"]],
  ["const a = await import(name)", [], true],
  ["const a = await import(`./${name}.ts`)", [], true],
  ['// import "./a.ts"\n/* from "./b.ts" */ const s = "import \'./c.ts\'"', []],
  ['const t = `from "./a.ts" ${await import("./b.ts")} from \'./c.ts\'`', ["./b.ts"]],
  ['const r = /["\'`]/; import a from "./a.ts"', ["./a.ts"]],
  ['const half = a / 2 / b; import("./a.ts")', ["./a.ts"]],
  ["const o = { import(a) { return a }, from: 1 }; o.import('x'); import.meta.url", []],
  ['const all = [...require("a")]', ["a"]],
  ['const load = createRequire(import.meta.url); load("a"); load.resolve("./b.cjs")', ["a", "./b.cjs"]],
  ['const load: NodeJS.Require = module.createRequire(here()); load("a")', ["a"]],
  ['const { createRequire: make } = await import("node:module"); make(here())("a")', ["node:module", "a"]],
  ['import { createRequire as make } from "node:module"; let load; load = make("/"); load("a")', ["node:module", "a"]],
  ['const load = require; load("a"); typeof load', ["a"]],
  ['lazy(require, "./a.cjs")', [], true],
  ['const load = createRequire(here); lazy("./a.cjs", load)', [], true]
])("%s", (source, names, computed = false) => {
  expect(importsOf(source)).toMatchObject({ names, computed })
})

test("Every import of this library's own sources is found", () => {
  const missed: Array<string> = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (path.endsWith(".ts")) {
        const text = readFileSync(path, "utf8")
        const { names } = importsOf(text)
        // Statements at the beginning of a line, as the formatter writes them.
        const plain = text.matchAll(/^(?:import|export) (?!type\b)(?:[\w*{][^;"'`]*? from )?"([^"]+)"$/gm)
        for (const [, name] of plain) if (!names.includes(name!)) missed.push(`${path}: ${name}`)
      }
    }
  }
  visit("src/engine")
  visit("src/argo")
  expect(missed).toEqual([])
})

test.each([
  ["an expression that looks like the beginning of a template", 'if (a) /`/.test(b)\nimport("./a.ts")\n', ["./a.ts"]],
  ["text of a page", 'x = <p>don`t</p>\nexport * from "./a.ts"\n', ["./a.ts"]],
  ["a default import named type", 'import type, { b } from "./a.ts"', ["./a.ts"]],
  ["a worker", 'new Worker(new URL("./a.ts", import.meta.url))', ["./a.ts"]]
])("Nothing is missed after or in %s", (_, source, names) => {
  expect(importsOf(source).names).toEqual(names)
})
