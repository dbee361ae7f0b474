/** The tutorial: each example prints what stands beside it, on the runtime the tests run on. */
import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { root, run } from "./program.ts"

const folder = `${root}examples/`
const names = readdirSync(folder).filter((name) => /^\d\d-.*\.ts$/.test(name)).sort()
const read = (name: string): string => readFileSync(folder + name, "utf8")

describe("the tutorial", () => {
  it("is numbered without gaps", () => {
    expect(names.map((name) => Number(name.slice(0, 2)))).toEqual(names.map((_, index) => index + 1))
  })

  it("begins with at most 15 lines", () => expect(read("01-hello.ts").trimEnd().split("\n").length).toBeLessThan(16))

  it("says in its first line what each example shows", () => {
    expect(names.filter((name) => !read(name).startsWith("// "))).toEqual([])
  })

  it("has an expected output for every example, and no other", () => {
    const outputs = readdirSync(folder).filter((name) => name.endsWith(".out")).sort()
    expect(outputs).toEqual(names.map((name) => name.replace(".ts", ".out")))
  })
})

// Those that are one process share one, which loads the engine once; it ends when none of them left anything open.
const isShared = (name: string): boolean => !read(name).includes("process.argv")
const shared = names.filter(isShared)

describe("an example", () => {
  it.concurrent.each(names.filter((name) => !isShared(name)))("%s prints what stands beside it", async (name) => {
    const { code, stderr, stdout } = await run(folder + name)
    expect({ stdout, stderr, code }).toEqual({ stdout: read(name.replace(".ts", ".out")), stderr: "", code: 0 })
  })

  it("prints what stands beside it, as do the others in one process", async () => {
    const { code, stderr, stdout } = await run(`${root}test/examples/gallery.ts`, shared.map((name) => folder + name))
    const expected = shared.map((name) => `=== ${folder}${name}\n${read(name.replace(".ts", ".out"))}`)
    expect({ stdout, stderr, code }).toEqual({ stdout: expected.join(""), stderr: "", code: 0 })
  })
})
