/** The files of an author, as the stacks of three runtimes name them. */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect, onTestFinished, test } from "vitest"
import { makeCodeReader } from "../../src/sources/CodeGraph.ts"
import { authorFiles, ownSite, type Site } from "../../src/workflow/Site.ts"
import { removeTree } from "../removeTree.ts"

const library = "/lib/pinnace/"

test.each([
  [
    "Node",
    "    at task (file:///lib/pinnace/workflow/Task.ts:9:1)\n    at make (file:///app/lib/make.ts:2:3)\n" +
    "    at file:///app/flow.ts:4:5\n    at ModuleJob.run (node:internal/modules/esm:1:2)\n" +
    "    at async load (file:///app/host.ts:1:1)",
    ["file:///app/lib/make.ts", "file:///app/flow.ts"]
  ],
  [
    "Bun",
    "    at task (/lib/pinnace/workflow/Task.ts:9:1)\n    at make (/app/lib/make.ts:2:3)\n" +
    "    at module code (/app/flow.ts:4:5)\n    at run (/app/node_modules/x/index.js:1:1)",
    ["/app/lib/make.ts", "/app/flow.ts"]
  ],
  ["a JavaScriptCore of its own form", "task@/lib/pinnace/workflow/Task.ts:9:1\n@/app/flow.ts:4:5", ["/app/flow.ts"]],
  ["Windows", "    at file:///C:/app/flow.ts:4:5\n    at make (C:\\app\\make.js:1:1)", [
    "file:///C:/app/flow.ts",
    "C:\\app\\make.js"
  ]],
  [
    "folders with parentheses",
    "    at make (file:///app/(group)/make.ts:2:3)\n    at file:///app/(a) (b)/flow.ts:4:5\n" +
    "    at new Flow (C:\\Program Files (x86)\\flow.js:1:1)\n    at o.make [as flow] (/app/odd (/flow.ts:1:2)\n" +
    "    at /app/odd(/bare).ts:1:2\nmake@/app/@(slot)/page.ts:1:2",
    [
      "file:///app/(group)/make.ts",
      "file:///app/(a) (b)/flow.ts",
      "C:\\Program Files (x86)\\flow.js",
      "/app/odd (/flow.ts",
      "/app/odd(/bare).ts",
      "/app/@(slot)/page.ts"
    ]
  ],
  [
    "evaluated text",
    "    at eval (eval at run (file:///app/flow.ts:4:5), <anonymous>:1:1)\n" +
    "    at eval at run (file:///app/flow.ts:4:5), <anonymous>:1:1\n    at run (file:///app/flow.ts:4:5)",
    ["file:///app/flow.ts"]
  ]
])("%s", (_, stack, files) => {
  expect(authorFiles(`Error\n${stack}`, library)).toEqual(files)
})

test("G2 What is defined later in the life of a file was loaded when the file was", () => {
  const { files, loadedAt } = ownSite()
  while (performance.now() <= loadedAt) continue
  expect(ownSite()).toMatchObject({ files, loadedAt })
})

test("A definition in a folder with parentheses has a code that can be told", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-site-")))
  onTestFinished(() => removeTree(root))
  const file = join(root, "app (x86)", "(group)", "flow.mjs")
  mkdirSync(join(file, ".."), { recursive: true })
  writeFileSync(join(root, "package.json"), "{}")
  writeFileSync(join(file, "..", "scale.mjs"), "export const factor = 2\n")
  writeFileSync(
    file,
    'import { factor } from "./scale.mjs"\n' +
      "export const define = (make) => {\n  const made = make(factor)\n  return made\n}\n"
  )
  const { define } = await import(pathToFileURL(file).href) as { readonly define: (make: () => Site) => Site }
  expect(makeCodeReader().codeOf({ ...define(ownSite), loadedAt: Infinity })).toMatchObject({
    files: expect.arrayContaining([
      ["app (x86)/(group)/flow.mjs", expect.any(String)],
      ["app (x86)/(group)/scale.mjs", expect.any(String)]
    ])
  })
})
