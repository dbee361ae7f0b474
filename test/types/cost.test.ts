import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { check, compiler, writeProject } from "../../bench/types.ts"
import { removeTree } from "../removeTree.ts"

const directory = mkdtempSync(join(tmpdir(), "pinnace-types-"))
afterAll(() => removeTree(directory))

const instantiations = (nodes: number): number => {
  writeProject(directory, nodes)
  const checked = check(directory, compiler)!
  expect(checked.errors).toEqual([])
  return checked.instantiations
}

// A count, not a time, because times differ between machines: 500 a node take about a fifth of a second for 200 nodes.
it("200 nodes type-check within 500 instantiations a node, however many nodes there are", () => {
  const [small, large] = [instantiations(50), instantiations(250)]
  const each = Math.round((large - small) / 200)
  console.info(`${each} instantiations a node`)
  expect(each).toBeLessThan(500)
})
