/** The files of an author, as the stacks of three runtimes name them. */
import { expect, test } from "vitest"
import { authorFiles, ownSite } from "../../src/workflow/Site.ts"

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
  ]]
])("%s", (_, stack, files) => {
  expect(authorFiles(`Error\n${stack}`, library)).toEqual(files)
})

test("G2 What is defined later in the life of a file was loaded when the file was", () => {
  const { files, loadedAt } = ownSite()
  while (performance.now() <= loadedAt) continue
  expect(ownSite()).toMatchObject({ files, loadedAt })
})
