/** What was read of files, kept for later processes: G6, and that it is bounded; the book of uses is bounded too. */
import * as Effect from "effect/Effect"
import fs, { mkdirSync, mkdtempSync, realpathSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, expect, test } from "vitest"
import { open } from "../../mod.ts"
import { sourceShelf } from "../../src/embed/sourceShelf.ts"
import { MemoBook } from "../../src/engine/node/MemoBook.ts"
import { immediate } from "../../src/journal/immediate.ts"
import { Disk } from "../../src/journal/Disk.ts"
import { openMemory } from "../../src/journal/memory.ts"
import type { MemoRow } from "../../src/journal/Journal.ts"
import type { Shelf } from "../../src/reuse/Code.ts"
import { makeCodeReader } from "../../src/sources/CodeGraph.ts"
import { removeTree } from "../removeTree.ts"

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-shelf-")))
afterAll(() => removeTree(folder))

let made = 0
const project = (): string => {
  const root = join(folder, `p${made++}`)
  mkdirSync(root)
  writeFileSync(join(root, "package.json"), "{}")
  writeFileSync(join(root, "a.ts"), 'import "./b.ts"\n')
  writeFileSync(join(root, "b.ts"), "export const b = 1\n")
  return root
}

/** As if all that is on the disk had been written long ago. */
const later = () => Date.now() + 1e6

/** What a process leaves on its shelf that reads the code of a project. */
const leftBy = (root: string, now: () => number, shelf: ReadonlyMap<string, string> = new Map()) => {
  const left = new Map(shelf)
  const kept: Shelf = { known: shelf, keep: (read) => read.forEach((text, path) => left.set(path, text)) }
  const code = makeCodeReader({ now, shelf: kept }).codeOf({
    files: [join(root, "a.ts")],
    loadedAt: Infinity,
    isAmbiguous: false
  })
  return { left, digests: "why" in code ? code.why : Object.fromEntries(code.files) }
}

/** As if `b.ts` had held something else when it was read. */
const doctored = (root: string, left: ReadonlyMap<string, string>, format?: number) => {
  const path = join(root, "b.ts")
  const [of, stamp, , ...more] = JSON.parse(left.get(path)!) as ReadonlyArray<unknown>
  return new Map([...left, [path, JSON.stringify([format ?? of, stamp, "kept", ...more])]])
}

test("G6 A file that is as an earlier process read it is not read again", () => {
  const root = project()
  const { digests, left } = leftBy(root, later)
  expect([...left.keys()].sort()).toEqual([join(root, "a.ts"), join(root, "b.ts")])
  const again = leftBy(root, later, doctored(root, left))
  expect(again.digests).toEqual({ ...digests as object, "b.ts": "kept" })
})

test.each<[string, (file: string) => void]>([
  ["longer", (file) => writeFileSync(file, "export const b = 12\n")],
  ["of the same length, and as old", (file) => {
    const { ctimeMs } = statSync(file)
    writeFileSync(file, "export const b = 2\n")
    // Its change is told in steps of some milliseconds; what was read within two seconds of it is never kept.
    do utimesSync(file, 1, 1)
    while (statSync(file).ctimeMs === ctimeMs)
  }],
  ["another one, put in its place", (file) => {
    writeFileSync(`${file}.new`, "export const b = 3\n")
    renameSync(`${file}.new`, file)
  }]
])("G6 A file that is %s is read again", (_, change) => {
  const root = project()
  utimesSync(join(root, "b.ts"), 1, 1)
  const { left } = leftBy(root, later)
  change(join(root, "b.ts"))
  const { digests } = leftBy(root, later, doctored(root, left))
  expect(digests).toEqual(leftBy(root, later).digests)
  expect(digests).not.toMatchObject({ "b.ts": "kept" })
})

/** Each look at a path, and each reading of a file, while something is done. */
const looksDuring = (work: () => void): ReadonlyArray<string> => {
  const looks: Array<string> = []
  const real = { lstatSync: fs.lstatSync, statSync: fs.statSync, readFileSync: fs.readFileSync }
  for (const [name, look] of Object.entries(real)) {
    Object.assign(fs, {
      [name]: (path: unknown, ...more: Array<unknown>) => {
        looks.push(String(path))
        return (look as (...args: Array<unknown>) => unknown)(path, ...more)
      }
    })
  }
  syncBuiltinESMExports()
  try {
    work()
    return looks
  } finally {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
}

// Bun and Deno do not tell those who have imported a function that it was replaced.
test.skipIf("bun" in process.versions || "deno" in process.versions)(
  "G6 Of a project that an earlier process has read, each file costs one look and no reading",
  () => {
    const root = project()
    const { left } = leftBy(root, later)
    const looks = looksDuring(() => leftBy(root, later, left)).filter((path) => path.endsWith(".ts"))
    expect(looks.sort()).toEqual([join(root, "a.ts"), join(root, "b.ts")])
  }
)

test("G6 What was read of a file that had just been written counts for nobody", () => {
  const began = Date.now()
  const { left } = leftBy(project(), () => began)
  expect([...left]).toEqual([])
})

test("G6 What another version has read counts for nobody", () => {
  const root = project()
  const { digests, left } = leftBy(root, later)
  expect(leftBy(root, later, doctored(root, left, 0)).digests).toEqual(digests)
})

test("G6 A state file keeps what was read for whoever opens it next", async () => {
  const root = project()
  const { left } = leftBy(root, later)
  const file = join(root, "state.db")
  const first = await open(file)
  const shelf = await sourceShelf(first.engine.host.journal)
  shelf.keep(doctored(root, left))
  await first.close()
  const next = await open(file)
  const reader = await next.engine.host.code()
  const code = reader.codeOf({ files: [join(root, "a.ts")], loadedAt: Infinity, isAmbiguous: false })
  expect(code).toMatchObject({ files: expect.arrayContaining([["b.ts", "kept"]]) })
  await next.close()
})

test("R11 What is kept of files is bounded, and what nobody else keeps at the same time", async () => {
  const journal = openMemory(new Disk(), immediate)
  const named = (from: number, count: number) =>
    new Map(Array.from({ length: count }, (_, n) => [`/f${from + n}.ts`, `${from + n}`]))
  const cells = async () => {
    await Effect.runPromise(journal.drained)
    return await Effect.runPromise(journal.reads.cells("sources"))
  }
  const [shelf, other] = [await sourceShelf(journal), await sourceShelf(journal)]
  shelf.keep(named(0, 15_000))
  other.keep(named(14_999, 2))
  expect((await cells()).length).toBe(15_000)
  shelf.keep(named(14_999, 6_000))
  expect((await cells()).map(({ data }) => Number(data)).sort((a, b) => a - b)[0]).toBe(14_999)
  shelf.keep(named(0, 30_000))
  expect((await cells()).length).toBe(20_000)
  // One that was faster is not fought with.
  other.keep(named(50_000, 1))
  expect((await cells()).length).toBe(20_000)
})

test("R11 Much that was read is kept in pieces, and is bounded though any of them is refused", async () => {
  for (const lost of [0, 7, 31]) {
    const journal = openMemory(new Disk(), immediate)
    const lengths: Array<number> = []
    const append: typeof journal.append = (writes, done) => {
      lengths.push(writes.length)
      if (lengths.length - 1 !== lost) journal.append(writes, done)
    }
    const shelf = await sourceShelf({ ...journal, append })
    const named = (from: number, count: number) =>
      new Map(Array.from({ length: count }, (_, n) => [`/f${from + n}.ts`, `${from + n}`]))
    shelf.keep(named(0, 15_000))
    shelf.keep(named(9_000, 20_000))
    await Effect.runPromise(journal.drained)
    expect(Math.max(...lengths)).toBe(500)
    const { length } = await Effect.runPromise(journal.reads.cells("sources"))
    expect(length).toBeLessThanOrEqual(20_000)
    expect(length).toBeGreaterThan(19_000)
  }
})

test("R11 Machines that come and go, as containers do, leave no more than one that stays", async () => {
  const journal = openMemory(new Disk(), immediate)
  for (const machine of ["a", "b", "c"]) {
    const shelf = await sourceShelf(journal, machine)
    expect(shelf.known.size).toBe(0)
    shelf.keep(new Map(Array.from({ length: 9_000 }, (_, n) => [`/f${n}.ts`, machine])))
    await Effect.runPromise(journal.drained)
    expect(new Set((await sourceShelf(journal, machine)).known.values())).toEqual(new Set([machine]))
  }
  expect((await Effect.runPromise(journal.reads.cells("sources"))).length).toBeLessThanOrEqual(20_000)
})

test("R11 The book of uses forgets whose use was written longest ago", () => {
  const book = new MemoBook({ entries: 1, bytes: 1 })
  const row = (key: string): MemoRow =>
    ({ cache: "c", key, value: "1", createdAt: 0, runId: "r", path: "p", parts: "[]", millis: 1 }) as MemoRow
  expect(book.used(row("first"), 0)).toEqual([expect.objectContaining({ uses: 1 })])
  expect(book.used(row("first"), 0)).toEqual([])
  for (let n = 0; n < 10_000; n++) book.used(row(`${n}`), 0)
  expect(book.used(row("first"), 0)).toEqual([expect.objectContaining({ uses: 1 })])
})
