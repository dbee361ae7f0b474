/**
 * What types cost whoever writes a workflow of many nodes: how long compilers
 * take, and how much they do, which no load of the machine changes.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import type { CliRow } from "./cli.ts"
import { root } from "./spawnNode.ts"
import { median } from "./statistics.ts"

const sources = join(root, "src/workflow")

const head = [
  `import * as Schema from "effect/Schema"`,
  `import { task } from "${sources}/Task.ts"`,
  `import { workflow } from "${sources}/Workflow.ts"`,
  `class Bad extends Schema.TaggedError<Bad>()("Bad", { n: Schema.Number }) {}`,
  `class Odd extends Schema.TaggedError<Odd>()("Odd", { n: Schema.Number }) {}`,
  `const shape = { a: Schema.String, n: Schema.Number }`,
  `const t = task("t", { input: shape, output: shape, errors: [Bad], run: ({ a, n }) => ({ a, n }) })`,
  `const u = task("u", { input: shape, output: shape, errors: [Odd], run: ({ a, n }) => ({ a, n }) })`,
  `export const w = workflow("w", { input: shape }, (w) => {`,
  `  const n0 = w.node("n0", t, { input: w.input })`
]

/** The ways to write a node take turns; each reads the one before, in chains of `depth`. */
const nodeText = (index: number, depth: number): string => {
  const [own, before] = [`n${index}`, `n${index % depth === 1 ? 0 : index - 1}`]
  const mapping = `needs: { ${before} }, input: ({ ${before} }) => ({ a: ${before}.a, n: ${before}.n })`
  const rest = `s${own}", "1 second", { needs: { ${before} } })], onExit: ({ outcome }) => void outcome.phase`
  const kinds = [
    `w.node("${own}", t, { input: { a: ${before}.at("a"), n: 1 }, retry: { while: (error) => error.n > 1 } })`,
    `w.node("${own}", u, { ${mapping} })`,
    `w.node("${own}", t, { ${mapping}, when: ({ ${before} }) => ${before}.n > 1, default: { a: "", n: 1 } })`,
    `w.node("${own}", t, { input: ${before} })`,
    `w.map("${own}", [1, 2], t, (n, _, { ${before} }) => ({ a: ${before}.a, n }), { needs: { ${before} } }).at(0)`,
    `w.node("${own}", u, { input: { a: "x", n: 1 }, after: [w.sleep("${rest} })`,
    `w.node("${own}", task("o", { input: shape, errors: [Odd], run: async ({ a, n }) => ({ a, n }) }), { ${mapping} })`
  ]
  return `  const ${own} = ${kinds[index % kinds.length]}`
}

/** Makes a project with one workflow of so many nodes. */
export const writeProject = (folder: string, nodes: number, depth = Infinity): void => {
  const body = Array.from({ length: nodes - 1 }, (_, index) => nodeText(index + 1, depth))
  writeFileSync(join(folder, "w.ts"), [...head, ...body, `  return n${nodes - 1}`, `})`, ""].join("\n"))
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`)
  const compilerOptions = {
    // The names that both compilers know.
    lib: ["es2024", "esnext"],
    typeRoots: [join(root, "node_modules/@types")],
    paths: { "effect/*": [join(root, "node_modules/effect/dist/*.d.ts")] }
  }
  const project = { extends: join(root, "tsconfig.json"), files: ["w.ts"], include: [], exclude: [], compilerOptions }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project))
}

/** What a compiler tells of a project: its errors, and its own figures. */
export interface Checked {
  readonly errors: ReadonlyArray<string>
  readonly instantiations: number
  readonly millis: number
}

/** The compiler that this package is developed with. */
export const compiler: ReadonlyArray<string> = [process.execPath, join(root, "node_modules/typescript/bin/tsc")]

/** The one before it, which npm brings when it is asked for. */
const older: ReadonlyArray<string> = ["npx", "--yes", "--package", "typescript@5.9", "tsc"]

/** Checks a project; `undefined` when the compiler cannot be started. */
export const check = (folder: string, [program = "", ...args]: ReadonlyArray<string>): Checked | undefined => {
  const { status, stdout } = spawnSync(program, [...args, "-p", folder, "--extendedDiagnostics"], {
    cwd: folder,
    encoding: "utf8"
  })
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1])
  if (status === null || Number.isNaN(figure("Instantiations"))) return undefined
  return {
    errors: stdout.match(/error TS.*/g) ?? [],
    instantiations: figure("Instantiations"),
    millis: figure("Check time") * 1000
  }
}

const nodes = 200

/** Both compilers, `reps` times; a workflow of one node beside it shows what Effect's own types take. */
export const measureTypes = (
  reps: number,
  scratch: string
): { readonly rows: ReadonlyArray<CliRow>; readonly skipped: ReadonlyArray<string> } => {
  const rows: Array<CliRow> = []
  const skipped: Array<string> = []
  for (const [name, command] of [["TypeScript 7", compiler], ["TypeScript 5.9", older]] as const) {
    for (const size of [1, nodes]) {
      const folder = mkdtempSync(join(scratch, "types-"))
      // Chains, because 5.9 recurses along them and overflows its stack at about 150.
      writeProject(folder, size, 40)
      const checks = Array.from({ length: reps }, () => check(folder, command)).filter((it) => it !== undefined)
      rmSync(folder, { recursive: true, force: true })
      if (checks.length === 0) skipped.push(`${name}: it could not be started, or did not end`)
      else rows.push({ name: `${name} checks ${size} nodes`, value: median(checks.map((it) => it.millis)), unit: "ms" })
    }
  }
  return { rows, skipped }
}
