import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, expect, it } from "vitest"

const root = fileURLToPath(new URL("../../", import.meta.url))
const directory = mkdtempSync(join(tmpdir(), "pinnace-types-"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const head = [
  `import * as Schema from "effect/Schema"`,
  `import { task } from "${join(root, "src/workflow/Task.ts")}"`,
  `import { workflow } from "${join(root, "src/workflow/Workflow.ts")}"`,
  `class Bad extends Schema.TaggedError<Bad>()("Bad", { n: Schema.Number }) {}`,
  `const shape = { a: Schema.String, n: Schema.Number }`,
  `const t = task("t", { input: shape, output: shape, errors: [Bad], run: ({ a, n }) => ({ a, n }) })`,
  `export const w = workflow("w", { input: shape }, (w) => {`,
  `  const n0 = w.node("n0", t, { input: w.input })`
]

// The four ways to bind an input take turns; each node reads the one before.
const nodeText = (index: number): string => {
  const [own, before] = [`n${index}`, `n${index - 1}`]
  const mapping = `needs: { ${before} }, input: ({ ${before} }) => ({ a: ${before}.a, n: ${before}.n })`
  const kinds = [
    `w.node("${own}", t, { input: { a: ${before}.at("a"), n: 1 }, retry: { while: (error) => error.n > 1 } })`,
    `w.node("${own}", t, { ${mapping} })`,
    `w.node("${own}", t, { ${mapping}, when: ({ ${before} }) => ${before}.n > 1, default: { a: "", n: 1 } })`,
    `w.node("${own}", t, { input: ${before} })`
  ]
  return `  const ${own} = ${kinds[index % kinds.length]}`
}

const instantiations = (nodes: number): number => {
  const body = Array.from({ length: nodes - 1 }, (_, index) => nodeText(index + 1))
  writeFileSync(join(directory, "w.ts"), [...head, ...body, `  return n${nodes - 1}`, `})`, ""].join("\n"))
  const options = { extends: join(root, "tsconfig.json"), files: ["w.ts"], include: [], exclude: [] }
  const compilerOptions = {
    typeRoots: [join(root, "node_modules/@types")],
    paths: { "effect/*": [join(root, "node_modules/effect/dist/*.d.ts")] }
  }
  writeFileSync(join(directory, "package.json"), `{ "type": "module" }`)
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ ...options, compilerOptions }))
  const { status, stdout } = spawnSync(
    join(root, "node_modules/.bin/tsc"),
    ["-p", directory, "--extendedDiagnostics"],
    { encoding: "utf8" }
  )
  expect(stdout.match(/error TS.*/g) ?? []).toEqual([])
  expect(status).toBe(0)
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)![1])
}

// A count, not a time, because times differ between machines: 500 a node take about a tenth of a second for 200 nodes.
it("200 nodes type-check within 500 instantiations a node, however many nodes there are", () => {
  const [small, large] = [instantiations(50), instantiations(250)]
  expect((large - small) / 200).toBeLessThan(500)
})
