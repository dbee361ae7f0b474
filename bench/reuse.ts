/** Reuse: what a hit costs, a look-up among many entries, and what tells the code of a project. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { open, type Pinnace, Schema, task, workflow } from "../mod.ts"
import { makeCodeReader } from "../src/sources/CodeGraph.ts"
import type { CliRow } from "./cli.ts"
import { median } from "./statistics.ts"

/** What is measured, by what it is called in the report. */
export const reuseFigures = {
  hits: "a run of 3,000 nodes whose results are all there",
  hit: "a node whose result is there, of 3,000",
  lookUp: "a look-up among 1,000,000 results, of 10,000",
  cold: "the digest of a project of 200 files, never read before",
  warm: "the digest of a project of 200 files, read before"
} as const

const nodes = 3_000
const entries = 1_000_000
const batch = 10_000
const files = 200

const square = task("square", {
  input: Schema.Number,
  output: Schema.Number,
  cache: { version: 1 },
  run: (n) => n * n
})
const many = workflow("many", { input: Schema.Array(Schema.Number) }, (w) => w.map("all", w.input, square, (n) => n))

/** Every figure; times are medians of `reps`. */
export const measureReuse = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const folder = mkdtempSync(join(scratch, "reuse-"))
  try {
    const all = await onFile(join(folder, "hits.db"), (pinnace) => hits(pinnace, reps))
    const lookUp = await onFile(join(folder, "entries.db"), lookUps)
    const { cold, warm } = digests(folder, reps)
    return [
      { name: reuseFigures.hits, value: all, unit: "ms" },
      { name: reuseFigures.hit, value: all / nodes, unit: "ms" },
      { name: reuseFigures.lookUp, value: lookUp, unit: "ms" },
      { name: reuseFigures.cold, value: cold, unit: "ms" },
      { name: reuseFigures.warm, value: warm, unit: "ms" }
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const onFile = async <A>(file: string, use: (pinnace: Pinnace) => Promise<A>): Promise<A> => {
  const pinnace = await open(file, { cache: { maxEntries: 2 * entries } })
  try {
    return await use(pinnace)
  } finally {
    await pinnace.close()
  }
}

const hits = async (pinnace: Pinnace, reps: number): Promise<number> => {
  const input = Array.from({ length: nodes }, (_, n) => n)
  await pinnace.run(many, input)
  const times: Array<number> = []
  for (let rep = -1; rep < reps; rep++) {
    const began = performance.now()
    await pinnace.run(many, input)
    if (rep >= 0) times.push(performance.now() - began)
  }
  return median(times)
}

/** Milliseconds of one. */
const lookUps = async ({ engine }: Pinnace): Promise<number> => {
  const { journal } = engine.host
  const where = { cache: "task/square", value: "1", createdAt: 1, runId: "run", path: "path", parts: "[]", millis: 1 }
  for (let from = 0; from < entries; from += batch) {
    journal.append(
      Array.from({ length: batch }, (_, n) => ({ kind: "memo", row: { ...where, key: keyAt(from + n) } }) as const)
    )
    await Effect.runPromise(journal.drained)
  }
  const asked = 10_000
  const began = performance.now()
  for (let n = 0; n < asked; n++) {
    const found = await Effect.runPromise(journal.reads.memo("task/square", keyAt(n * 7919 % entries)))
    if (found === undefined) throw new Error("A result is not found")
  }
  return (performance.now() - began) / asked
}

/** As spread as digests are. */
const keyAt = (n: number): string => (n * 2_654_435_761 % 4_294_967_296).toString(16).padStart(32, "0") + n

const digests = (folder: string, reps: number) => {
  const project = join(folder, "project")
  mkdirSync(project)
  writeFileSync(join(project, "package.json"), "{}")
  for (let n = 0; n < files; n++) {
    const imports = n + 1 < files ? `import { value as next } from "./file${n + 1}.ts"\n` : "const next = 0\n"
    const body = 'export const unused = (text: string): string => text.replace(/a+/g, "b").trim()\n'.repeat(40)
    writeFileSync(join(project, `file${n}.ts`), `${imports}export const value: number = next + ${n}\n${body}`)
  }
  const [cold, warm]: [Array<number>, Array<number>] = [[], []]
  for (let rep = 0; rep < reps; rep++) {
    const reader = makeCodeReader()
    // Another URL of the same file is read anew, as far as that is needed.
    const digest = (url: string) => {
      const began = performance.now()
      const code = reader.codeOf({
        files: [`${join(project, "file0.ts")}${url}`],
        loadedAt: Infinity,
        isAmbiguous: false
      })
      if ("why" in code) throw new Error(code.why)
      return performance.now() - began
    }
    cold.push(digest(""))
    warm.push(digest("/../file0.ts"))
  }
  return { cold: median(cold), warm: median(warm) }
}
