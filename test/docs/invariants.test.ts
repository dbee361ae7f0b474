/** The table of what always holds: complete, and each row is proved by tests that are run where it says. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../../", import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), "utf8")
const named = (cell: string): string | undefined => /^\("(.+)"\)$/.exec(cell)?.[1]

const rows = read("docs/invariants.md").split("\n").filter((line) => /^\| [A-Z]\d/.test(line))
  .map((line) => line.slice(2, -2).split(" | "))

const texts = (paths: ReadonlyArray<string>): string => paths.map(read).join("\n")

/** The suites that are run on a SQLite file and on a PostgreSQL database alike. */
const stored = [
  "test/embed/lastingSuite.ts",
  "test/embed/acrossSuite.ts",
  "test/embed/reuseSuite.ts",
  "test/journal/journalPermits.ts"
]

it("has a row for each rule, and no rule twice", () => {
  const names = Object.entries({ S: 12, P: 10, U: 8, V: 7, X: 5, F: 6, G: 2, R: 12, L: 6 })
    .flatMap(([letter, count]) => Array.from({ length: count }, (_, at) => `${letter}${at + 1}`))
  expect(rows.map(([name]) => name)).toEqual(names)
})

it("names for each a test without storage that is there, and is called after it or says the same", () => {
  const tests = texts(globSync("test/{cli,crash,engine,schedule,lock,reuse,sim,sqlite}/**/*.test.ts", { cwd: root }))
  const missing = rows.filter(([, , memory = ""]) => !tests.includes(named(memory) ?? "nothing is named"))
  expect(missing).toEqual([])
})

it("names for each a test on storage that both storages run, or that no storage takes part", () => {
  const tests = texts(stored)
  const missing = rows.filter(([, , , cell = ""]) =>
    cell !== "no storage takes part" && !tests.includes(named(cell) ?? "nothing is named")
  )
  expect(missing).toEqual([])
  for (const suite of ["lastingSuite", "acrossSuite", "reuseSuite", "journalSuite"]) {
    for (const storage of ["sqlite", "postgres"]) {
      expect(texts(globSync(`test/${storage}/*.test.ts`, { cwd: root })), `${suite} on ${storage}`).toContain(
        `${suite}(`
      )
    }
  }
})
