/** R4 to R6 as properties: what makes another key, of values, closures and files. */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { keyOf } from "../../src/reuse/key.ts"
import type { CachePart } from "../../src/run/Event.ts"
import { makeCodeReader } from "../../src/sources/CodeGraph.ts"
import { makeRandom } from "../../src/testing/World.ts"
import type { CacheOption } from "../../src/workflow/Cache.ts"
import { TestBed } from "../engine/TestBed.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "pinnace-keys-"))
afterAll(() => removeTree(folder))

test("R4 Each part of a key makes another key", () => {
  const random = makeRandom(4)
  const word = (): string => Math.floor(random() * 1e9).toString(36)
  const seen = new Map<string, string>()
  for (let at = 0; at < 1000; at++) {
    const parts: Array<CachePart> = ["name", "code", "input", "output", "errors", `env ${word()}`].map((
      name
    ) => [name, word()])
    const key = keyOf(parts)
    expect(seen.get(key) ?? JSON.stringify(parts)).toBe(JSON.stringify(parts))
    seen.set(key, JSON.stringify(parts))
    const part = Math.floor(random() * parts.length)
    for (
      const changed of [[`${parts[part]![0]}x`, parts[part]![1]], [parts[part]![0], `${parts[part]![1]}x`]] as const
    ) {
      expect(keyOf(parts.with(part, changed))).not.toBe(key)
    }
    expect(keyOf(parts.toSpliced(part, 1))).not.toBe(key)
  }
})

/** Random closures of one name; each says what it closes over, or nothing that tells it from others. */
const closures = (random: () => number, name: string) => {
  const told: ReadonlyArray<CacheOption<number>> = [
    true,
    { dependsOn: { env: ["PATH"] } },
    { ttl: "1 day" },
    { key: (n: number) => n }
  ]
  return [2, 3, 4].map((factor) => {
    const cache = random() < 0.5 ? { dependsOn: { values: { factor } } } : told[Math.floor(random() * told.length)]!
    const scale = task(name, { input: Schema.Number, output: Schema.Number, cache, run: (n) => n * factor })
    const flow = workflow(`${name}-${factor}`, { input: Schema.Number }, (w) => w.node("n", scale, { input: w.input }))
    return { factor, flow }
  })
}

test("R5 No closure is given what another one computed", async () => {
  for (let seed = 1; seed <= 15; seed++) {
    const random = makeRandom(seed)
    const all = closures(random, `scale-${seed}`)
    const bed = new TestBed(seed)
    const pinnace = bed.open()
    for (let round = 0; round < 8; round++) {
      const { factor, flow } = all[Math.floor(random() * all.length)]!
      const n = 1 + Math.floor(random() * 2)
      const given = await bed.play(flow, n, pinnace).then(({ ending }) => ending.output, (error) => error._tag)
      // Those that can be seen to be alike are refused.
      expect([n * factor, "InvalidWorkflow"]).toContain(given)
    }
  }
})

/** A project of eight files that import later ones, and which of them are behind the first. */
const project = (random: () => number) => {
  const imports = Array.from(
    { length: 8 },
    (_, file) => Array.from({ length: 7 - file }, (_, later) => file + 1 + later).filter(() => random() < 0.35)
  )
  const reached = new Set([0])
  for (const file of reached) for (const next of imports[file]!) reached.add(next)
  const files = imports.map((of, file) =>
    `${of.map((it) => `import "./f${it}.ts"\n`).join("")}export const f = ${file}\n`
  )
  return { files, reached }
}

const digestOf = (files: ReadonlyArray<string>): string => {
  const root = mkdtempSync(join(folder, "project-"))
  writeFileSync(join(root, "package.json"), "{}")
  files.forEach((text, at) => writeFileSync(join(root, `f${at}.ts`), text))
  const code = makeCodeReader().codeOf({ files: [join(root, "f0.ts")], loadedAt: Infinity, isAmbiguous: false })
  return "why" in code ? code.why : code.digest
}

test("R6 The digest of code changes with each file behind it and with no other, wherever it lies", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { files, reached } = project(makeRandom(seed))
    const digest = digestOf(files)
    expect(digestOf(files.map((text) => text.replaceAll("\n", "\r\n")))).toBe(digest)
    files.forEach((text, at) => {
      expect([at, digestOf(files.with(at, `${text}// edited`)) !== digest]).toEqual([at, reached.has(at)])
    })
  }
})

/** Ways to say that a file reads another one; each is followed. */
const forms: ReadonlyArray<(file: string) => string> = [
  (file) => `import "./${file}"`,
  (file) => `import * as a${file.length} from "./${file}"`,
  (file) => `export * from "./${file}"`,
  (file) => `export const later = () => import("./${file}")`,
  (file) => `const load = createRequire(import.meta.url); load("./${file}")`,
  (file) => `export const at = new URL("./${file}", import.meta.url)`,
  (file) => `export const at = import.meta.resolve("./${file}")`,
  (file) => `import "linked/${file}"`,
  (file) => `import "#own/${file}"`
]

/** Ways to name another one that are none. */
const others: ReadonlyArray<(file: string) => string> = [
  (file) => `import type { T } from "./${file}"`,
  (file) => `// import "./${file}"`,
  (file) => `const text = 'import "./${file}"'`
]

/** A project of files that name each other in random ways, and which of them are behind the first. */
const graph = (random: () => number) => {
  const pick = <A>(all: ReadonlyArray<A>): A => all[Math.floor(random() * all.length)]!
  const reached = new Set([0])
  const files = Array.from({ length: 8 }, (_, file) => {
    const lines = Array.from({ length: 7 - file }, (_, later) => file + 1 + later).flatMap((later) => {
      if (random() < 0.5) return []
      const isRead = random() < 0.6
      if (isRead && reached.has(file)) reached.add(later)
      return `${pick(isRead ? forms : others)(`f${later}.ts`)}\n`
    })
    return `${lines.join("")}export const f = ${file}\n`
  })
  return { files, reached }
}

test("R4, R6 Whatever the form of imports, the digest changes with what is reached, and with nothing else", () => {
  const digest = (files: ReadonlyArray<string>): string => {
    const root = mkdtempSync(join(folder, "graph-"))
    writeFileSync(join(root, "package.json"), JSON.stringify({ name: "own", imports: { "#own/*": "./*" } }))
    mkdirSync(join(root, "node_modules"))
    // A package that is linked to the sources themselves.
    symlinkSync(root, join(root, "node_modules/linked"))
    files.forEach((text, at) => writeFileSync(join(root, `f${at}.ts`), text))
    const code = makeCodeReader().codeOf({ files: [join(root, "f0.ts")], loadedAt: Infinity, isAmbiguous: false })
    return "why" in code ? code.why : code.digest
  }
  for (let seed = 1; seed <= 12; seed++) {
    const { files, reached } = graph(makeRandom(seed))
    const before = digest(files)
    expect(before).toMatch(/^[0-9a-f]{32}$/)
    files.forEach((text, at) => {
      expect([seed, at, digest(files.with(at, `${text}// edited`)) !== before]).toEqual([seed, at, reached.has(at)])
    })
  }
})
