/**
 * What the README and the pages of `docs/` name exists: commands, files, headings; their tables are those of the code.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { verbs } from "../../src/cli/table.ts"
import { root } from "../examples/program.ts"
import { anchors, pages, readPage, scripts, table } from "./Page.ts"

const all = pages()
const readme = readPage("README.md")
const map = readPage("docs/README.md")
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"))

describe("the README", () => {
  it("shows a whole program in twenty lines first", () => {
    expect(readme.programs[0]?.code.trimEnd().split("\n").length).toBeLessThanOrEqual(20)
  })

  it("has at most 200 lines", () => expect(readme.text.trimEnd().split("\n").length).toBeLessThanOrEqual(200))

  it("leads to the map", () => expect(readme.links).toContain(map.path))
})

describe("the map of the documentation", () => {
  it("leads to every page: add a row to docs/README.md", () => {
    const others = all.map(({ path }) => path).filter((path) => ![readme.path, map.path].includes(path))
    expect(others.filter((path) => !map.links.includes(path))).toEqual([])
  })
})

describe("the documentation", () => {
  it("names only scripts of npm and verbs that exist", () => {
    expect(all.flatMap(scripts).filter((script) => !(script in manifest.scripts))).toEqual([])
    const named = all.flatMap(({ path, text }) =>
      [...text.matchAll(/(?:npx pinnace|`pinnace|dist\/pinnace) ([a-z]+)/g)].map(([, verb]) => ({ path, verb: verb! }))
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter(({ verb }) => !Object.hasOwn(verbs, verb))).toEqual([])
  })

  it("links only to files and headings that exist", () => {
    const broken = all.flatMap(({ links, path }) =>
      links.filter((link) => {
        const [file = "", anchor] = link.split("#")
        if (!existsSync(root + file)) return true
        return anchor !== undefined && !anchors(readPage(file)).includes(anchor)
      }).map((link) => `${path}: ${link}`)
    )
    expect(broken).toEqual([])
  })

  it("names every example", () => {
    const examples = readdirSync(`${root}examples`).filter((name) => /^\d\d-.*\.ts$/.test(name))
    expect(examples.filter((name) => !all.some(({ links }) => links.includes(`examples/${name}`)))).toEqual([])
  })

  it("states the versions that are installed", () => {
    const stated = Object.fromEntries(
      table(readPage("docs/reference/versions.md"), "Supported versions").map(([name = "", , tested = ""]) => [
        name.toLowerCase(),
        tested.split(",")[0]
      ])
    )
    const { bun, deno, effect, node } = manifest.devDependencies
    expect(stated).toMatchObject({ node, bun, deno, effect, "better-sqlite3": manifest.dependencies["better-sqlite3"] })
  })
})
