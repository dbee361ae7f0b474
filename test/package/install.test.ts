/** Nothing has to be compiled where Pinnace is installed: better-sqlite3 brings its binaries, and npm is told so. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "./Scratch.ts"

const read = (file: string): string => readFileSync(join(root, file), "utf8")

// npm reads this of a package only when there is no lock file, so that `npm ci` would compile; `npm install` drops it.
it("`npm ci` in a clone is told by the lock file that there is nothing to compile", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { gypfile?: boolean }> }
  expect(packages["node_modules/better-sqlite3"]!.gypfile).toBe(false)
})

it("it has nothing else that npm would compile", () => {
  const own = globSync("node_modules/{*,@*/*}/binding.gyp", { cwd: root })
  expect(own).toEqual(["node_modules/better-sqlite3/binding.gyp"])
})

it("images and pipelines of readers install without scripts", () => {
  const pages = globSync(["docs/**/*.md", "examples/**/Dockerfile", "examples/**/*.yml"], { cwd: root })
  const lines = pages.flatMap((file) => read(file).split("\n").filter((line) => /(RUN|run:) npm ci/.test(line)))
  expect(lines.length).toBeGreaterThan(3)
  expect(lines.filter((line) => !line.includes("--ignore-scripts"))).toEqual([])
})
