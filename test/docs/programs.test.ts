/**
 * The README and the pages of `docs/` say what is true: their programs compile, run, and print what stands below them.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { format } from "node:util"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { root, run } from "../examples/program.ts"
import { load } from "../../src/argo/mod.ts"
import { open } from "../../src/embed/open.ts"
import { pages, readPage, resolveEntries } from "./Page.ts"
import { removeTree } from "../removeTree.ts"

const programs = pages().flatMap(({ path, programs }) =>
  programs.map((it, index) => ({ ...it, path, file: `${path.replaceAll(/\W/g, "-")}-${index}.ts` }))
)
let folder = ""

// Programs have to lie inside of the repository to find its packages.
beforeAll(() => {
  mkdirSync(`${root}coverage`, { recursive: true })
  folder = mkdtempSync(`${root}coverage/docs-`)
  for (const { code, file } of programs) writeFileSync(join(folder, file), resolveEntries(code, 2))
  // Files of projects are compiled here; `tutorial.test.ts` runs them.
  for (const { files, path } of pages()) {
    const project = join(folder, path.replaceAll(/\W/g, "-"))
    if (files.length > 0) mkdirSync(project)
    for (const { body, name } of files.filter(({ name }) => name.endsWith(".ts"))) {
      writeFileSync(join(project, name), resolveEntries(body, 3))
    }
  }
})
afterAll(() => removeTree(folder))

/** Runs a program in this process, which has loaded the engine once for all of them; answers what it printed. */
const printed = async (file: string): Promise<string> => {
  const out: Array<string> = []
  const spies = [
    vi.spyOn(console, "log").mockImplementation((...values) => void out.push(`${format(...values)}\n`)),
    vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
      out.push(String(text))
      for (const done of rest) if (typeof done === "function") done()
      return true
    })
  ]
  try {
    await import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return out.join("")
}

it("the manifest of the README runs", async () => {
  const [, manifest] = /^```yaml\n([\s\S]*?)^```$/m.exec(readPage("README.md").text)!
  await using pinnace = await open(":memory:")
  const run = await pinnace.start(load(manifest!), { parameters: {} })
  expect(await run.ending()).toMatchObject({ phase: "Succeeded" })
  expect((await run.logs()).map(({ text }) => text)).toEqual(
    expect.arrayContaining(["Hello, Ada", "Hello, Alan"])
  )
})

describe("a program of the documentation", () => {
  it.each(programs)("in $path under “$heading” prints what stands below it", async ({ file, output }) => {
    expect(await printed(file)).toBe(output)
    expect(output).not.toBe("")
  })

  it.runIf(!("Bun" in globalThis || "Deno" in globalThis))("has no type error", async () => {
    const options = { extends: "../../tsconfig.json", include: ["**/*.ts"], exclude: [] }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options))
    const { code, stdout } = await run(`${root}node_modules/typescript/bin/tsc`, ["--noEmit", "-p", folder])
    expect({ stdout, code }).toEqual({ stdout: "", code: 0 })
  })
})
