/**
 * The README says what is true: its programs run and print what
 * it shows, its commands exist, its tables are those of the code.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { defaultLimits } from "../../src/engine/Limits.ts"
import { root, run } from "./program.ts"
import { blocks, files, resolveEntries, scripts, table, text } from "./readme.ts"

const all = blocks()
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"))
let folder = ""

// Programs have to lie inside of the repository to find its packages.
beforeAll(() => {
  mkdirSync(`${root}coverage`, { recursive: true })
  folder = mkdtempSync(`${root}coverage/readme-`)
  for (const [index, { code }] of all.entries()) writeFileSync(join(folder, `${index}.ts`), resolveEntries(code, 2))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("a program of the README", () => {
  it.concurrent.each(all.map(({ heading, output }, index) => ({ heading, index, output })))(
    "under “$heading” prints what stands below it",
    async ({ index, output }) => {
      const { code, stderr, stdout } = await run(join(folder, `${index}.ts`))
      expect({ stdout, stderr, code }).toEqual({ stdout: output, stderr: "", code: 0 })
      expect(output).not.toBe("")
    }
  )

  it.runIf(!("Bun" in globalThis || "Deno" in globalThis))("has no type error", async () => {
    const options = { extends: "../../tsconfig.json", include: ["*.ts"], exclude: [] }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options))
    const { code, stdout } = await run(`${root}node_modules/typescript/bin/tsc`, ["--noEmit", "-p", folder])
    expect({ stdout, code }).toEqual({ stdout: "", code: 0 })
  })
})

describe("the README", () => {
  it("shows a whole program in twenty lines first", () => {
    expect(all[0]?.code.trimEnd().split("\n").length).toBeLessThanOrEqual(20)
  })

  it("names only commands that exist", () => {
    expect(scripts().length).toBeGreaterThan(5)
    expect(scripts().filter((script) => !(script in manifest.scripts))).toEqual([])
  })

  it("links only to files that exist", () => {
    expect(files().filter((file) => !existsSync(root + file))).toEqual([])
  })

  it("names every example", () => {
    const examples = readdirSync(`${root}examples`).filter((name) => /^\d\d-.*\.ts$/.test(name))
    expect(examples.filter((name) => !text.includes(`examples/${name}`))).toEqual([])
  })

  it("states every limit with its default", () => {
    const stated = table("Limits").map(([name = "", value = ""]) => [
      name.replaceAll("`", ""),
      Number(value.replaceAll(",", ""))
    ])
    expect(Object.fromEntries(stated)).toEqual(defaultLimits)
  })

  it("states the versions that are installed", () => {
    const stated = Object.fromEntries(
      table("Versions").map(([name = "", , tested = ""]) => [name.toLowerCase(), tested])
    )
    const { bun, deno, effect, node } = manifest.devDependencies
    expect(stated).toEqual({ node, bun, deno, effect, "better-sqlite3": manifest.dependencies["better-sqlite3"] })
  })
})
