/** Reuse: what a hit costs, a look-up among many entries, and what tells the code of a project. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { keyedSemaphore, open, type Pinnace, Schema, semaphore, task, workflow } from "../mod.ts"
import type { CodeReader, Shelf } from "../src/reuse/Code.ts"
import { makeCodeReader } from "../src/sources/CodeGraph.ts"
import type { CliRow } from "./cli.ts"
import { saveToNode } from "./devLoop.ts"
import { median } from "./statistics.ts"
import { cpuOf } from "./timed.ts"

/** What is measured, by what it is called in the report. */
export const reuseFigures = {
  hits: "a run of 3,000 nodes whose results are all there, cpu",
  hit: "a node whose result is there, of 3,000, cpu",
  lookUp: "a look-up among 1,000,000 results, of 10,000, cpu",
  cold: "the digest of a project of 200 files, never read before, cpu",
  warm: "the digest of a project of 200 files, read before, cpu",
  kept: "the digest of a project of 200 files, read by an earlier process, cpu",
  keyed: "10,000 nodes with a permit for a key of each its own, against one semaphore for all, cpu",
  without: "a node without `cache` beside 1,000,000 results, against one in an empty file, cpu",
  save: "from a save in a loop of pinnace dev until its first node begins",
  load: "the load of that module in a process that is ready for it",
  beside: "from a save until the first node begins, beside the load of the module"
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
const plain = task("plain", { input: Schema.Number, output: Schema.Number, run: (n) => n * n })
const bare = workflow("bare", { input: Schema.Array(Schema.Number) }, (w) => w.map("all", w.input, plain, (n) => n))
const many = workflow("many", { input: Schema.Array(Schema.Number) }, (w) => w.map("all", w.input, square, (n) => n))

/** Every figure; times are medians of `reps`. */
export const measureReuse = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const folder = mkdtempSync(join(scratch, "reuse-"))
  try {
    const all = await onFile(join(folder, "hits.db"), (pinnace) => hits(pinnace, reps))
    const [lookUp, without] = await onFile(join(folder, "entries.db"), async (full) => [
      await lookUps(full),
      await onFile(join(folder, "bare.db"), (empty) => withoutCache(full, empty, reps))
    ])
    const { cold, kept, warm } = await digests(folder, reps)
    const { beside, load, whole } = await saveToNode(folder, 2 * reps)
    return [
      { name: reuseFigures.hits, value: all, unit: "ms" },
      { name: reuseFigures.hit, value: all / nodes, unit: "ms" },
      { name: reuseFigures.lookUp, value: lookUp, unit: "ms" },
      { name: reuseFigures.cold, value: cold, unit: "ms" },
      { name: reuseFigures.warm, value: warm, unit: "ms" },
      { name: reuseFigures.kept, value: kept, unit: "ms" },
      { name: reuseFigures.keyed, value: await keyed(folder, reps), unit: "x" },
      { name: reuseFigures.without, value: without, unit: "x" },
      { name: reuseFigures.save, value: whole, unit: "ms" },
      { name: reuseFigures.load, value: load, unit: "ms" },
      { name: reuseFigures.beside, value: beside, unit: "ms" }
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
    const took = await cpuOf(() => pinnace.run(many, input))
    if (rep >= 0) times.push(took)
  }
  return median(times)
}

/** How many times as much the same nodes cost beside many results, one after the other in each repetition. */
const withoutCache = async (full: Pinnace, empty: Pinnace, reps: number): Promise<number> => {
  const input = Array.from({ length: nodes }, (_, n) => n)
  const cost = (pinnace: Pinnace): Promise<number> => cpuOf(() => pinnace.run(bare, input))
  const ratios: Array<number> = []
  for (let rep = -1; rep < 2 * reps; rep++) {
    // Whoever comes first in a pair pays for what is collected of the one before.
    const [first, second] = rep % 2 === 0 ? [full, empty] : [empty, full]
    const [a, b] = [await cost(first), await cost(second)]
    if (rep >= 0) ratios.push(first === full ? a / b : b / a)
  }
  return median(ratios)
}

const wide = 10_000

/** What keys cost over one semaphore, one after the other in each repetition. */
const keyed = async (folder: string, reps: number): Promise<number> => {
  const tenant = keyedSemaphore("tenant", { each: 1 })
  const shared = semaphore("shared", { limit: wide })
  const own = task("own", { input: Schema.Number, permits: (n) => [tenant.take(1, String(n))], run: () => {} })
  const one = task("one", { input: Schema.Number, permits: () => [shared.take(1)], run: () => {} })
  const input = Array.from({ length: wide }, (_, n) => n)
  const cost = (name: string, rep: number, runnable: typeof own): Promise<number> =>
    onFile(join(folder, `${name}${rep}.db`), (pinnace) => {
      const all = workflow(name, { input: Schema.Array(Schema.Number) }, (w) => {
        w.map("all", w.input, runnable, (n) => n)
      })
      return cpuOf(() => pinnace.run(all, input))
    })
  const ratios: Array<number> = []
  for (let rep = 0; rep < reps; rep++) ratios.push(await cost("keyed", rep, own) / await cost("shared", rep, one))
  return median(ratios)
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
  return await cpuOf(async () => {
    for (let n = 0; n < asked; n++) {
      const found = await Effect.runPromise(journal.reads.memo("task/square", keyAt(n * 7919 % entries)))
      if (found === undefined) throw new Error("A result is not found")
    }
  }) / asked
}

/** As spread as digests are. */
const keyAt = (n: number): string => (n * 2_654_435_761 % 4_294_967_296).toString(16).padStart(32, "0") + n

const digests = async (folder: string, reps: number) => {
  const project = join(folder, "project")
  mkdirSync(project)
  writeFileSync(join(project, "package.json"), "{}")
  for (let n = 0; n < files; n++) {
    const imports = n + 1 < files ? `import { value as next } from "./file${n + 1}.ts"\n` : "const next = 0\n"
    const body = 'export const unused = (text: string): string => text.replace(/a+/g, "b").trim()\n'.repeat(40)
    writeFileSync(join(project, `file${n}.ts`), `${imports}export const value: number = next + ${n}\n${body}`)
  }
  const [cold, warm, kept]: [Array<number>, Array<number>, Array<number>] = [[], [], []]
  // As if the files had been written long ago.
  const now = (): number => Date.now() + 1e6
  for (let rep = 0; rep < reps; rep++) {
    const left = new Map<string, string>()
    const keep: Shelf["keep"] = (read) => read.forEach((text, path) => left.set(path, text))
    const reader = makeCodeReader({ now, shelf: { known: new Map(), keep } })
    // Another URL of the same file is read anew, as far as that is needed.
    cold.push(await digest(reader, join(project, "file0.ts")))
    warm.push(await digest(reader, join(project, "file0.ts/../file0.ts")))
    const next = makeCodeReader({ now, shelf: { known: left, keep } })
    kept.push(await digest(next, join(project, "file0.ts")))
  }
  return { cold: median(cold), warm: median(warm), kept: median(kept) }
}

const digest = (reader: CodeReader, file: string): Promise<number> =>
  cpuOf(() => {
    const code = reader.codeOf({ files: [file], loadedAt: Infinity, isAmbiguous: false })
    if ("why" in code) throw new Error(code.why)
  })
