import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../../", import.meta.url))
const folder = join(root, "test/types/mistakes")

/** The first line of each error, by the name of the file that makes the mistake. */
const firstLines = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  const compiler = join(root, "node_modules/.bin/tsc")
  const { stdout } = spawnSync(compiler, ["--noEmit", "--pretty", "false", "-p", folder], {
    cwd: folder,
    encoding: "utf8"
  })
  const lines = new Map<string, Array<string>>()
  for (const [, file = "", text = ""] of stdout.matchAll(/^(\S+)\.ts\(\d+,\d+\): error TS\d+: (.*)$/gm)) {
    lines.set(file, [...lines.get(file) ?? [], text])
  }
  return lines
}

// One compiler for all mistakes. After a change of the types, read the difference as a newcomer would.
it("the first line of each error names the mistake", async () => {
  const lines = firstLines()
  // That line says nothing: one signature for each number of arguments keeps it away.
  expect(
    [...lines].filter(([, errors]) => errors.some((error) => error.startsWith("No overload"))).map(([name]) => name)
  )
    .toEqual([])
  const mistakes = readdirSync(folder).filter((file) => file.endsWith(".ts") && file !== "parts.ts").sort()
  expect(mistakes.length).toBeGreaterThanOrEqual(25)
  const text = mistakes.map((file) => {
    const name = file.replace(/\.ts$/, "")
    return [name, ...(lines.get(name) ?? ["(compiles)"]).map((line) => `  ${line}`), ""].join("\n")
  })
  await expect(text.join("\n")).toMatchFileSnapshot(join(folder, "messages.txt"))
})
