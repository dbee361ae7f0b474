import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

/** What every node passes through. */
const path = ["node/program", "node/body", "node/spec", "node/attempts", "graph/Pool", "graph/map", "permits/permits"]

test("No function is assigned to a property where every node passes: V8 would keep all it names for long", () => {
  const assigned = path.flatMap((name) => {
    const source = readFileSync(new URL(`../../src/engine/${name}.ts`, import.meta.url), "utf8")
    return source.split("\n").filter((line) => /\.#?\w+ \??\??=(?!=) (async )?(\([^()]*\)|\w+) =>/.test(line))
  })
  expect(assigned).toEqual([])
})
