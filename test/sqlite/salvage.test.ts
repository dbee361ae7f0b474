/** `doctor --salvage`: what can be read of a file with damaged pages, and what is said to be lost. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { salvage, type Salvaged } from "../../src/copy/salvage.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { Here } from "../cli/Here.ts"
import { runsIn } from "../operations/operations.ts"
import { makeDirectory } from "./Child.ts"

const talks = task("talks", { run: (_, { log }) => (log("x".repeat(300)), "y".repeat(300)) })
const flow = workflow("flow", { labels: { team: "blue" } }, (w) => {
  w.node("last", talks, { after: [w.node("first", talks)] })
})
const waits = workflow("waits", {}, (w) => void w.suspend("go"))
const page = 4_096
const ids = [...Array.from({ length: 8 }, (_, at) => `run-${at}`), "waits"]

const here = new Here()
afterAll(() => here[Symbol.dispose]())
const texts = new Map<string, string>()

/** All that is known of each run, but for its log. */
const textsOf = async (file: string): Promise<ReadonlyMap<string, string>> => {
  await using pinnace = await open(file, { readOnly: true })
  const { reads } = pinnace.engine.host.journal
  const found = new Map<string, string>()
  for (const { id } of await pinnace.list({ limit: Infinity })) {
    const { key } = (await Effect.runPromise(reads.findRun(id)))!
    found.set(
      id,
      JSON.stringify([await Effect.runPromise(reads.events(key, 0)), await Effect.runPromise(reads.nodes(key))])
    )
  }
  return found
}

beforeAll(async () => {
  const pinnace = await open(here.db, { durability: "process" })
  for (const id of ids.slice(0, -1)) await pinnace.run(flow, undefined, { id })
  await (await pinnace.start(waits, undefined, { id: "waits" })).waitFor("go", "waiting")
  await pinnace.close()
  for (const [id, text] of await textsOf(here.db)) texts.set(id, text)
})

/** The file with one page changed. */
const damaged = (at: number, change: (bytes: Buffer) => void): string => {
  const file = join(makeDirectory(), "state.db")
  const bytes = readFileSync(here.db)
  change(bytes.subarray(at * page, (at + 1) * page))
  writeFileSync(file, bytes)
  return file
}

/** Saves a file and looks at what came out; `undefined` where nothing could be read at all. */
const saved = async (file: string): Promise<Salvaged | undefined> => {
  const to = join(file, "../saved.db")
  const before = readFileSync(file)
  const told = await salvage(file, to, 1_000).catch((error: Error) => error)
  expect(readFileSync(file).equals(before)).toBe(true)
  expect(readdirSync(join(file, "..")).filter((name) => name.includes("partial"))).toEqual([])
  if (told instanceof Error) {
    expect(told).toMatchObject({
      _tag: "JournalError",
      message: expect.stringMatching(/damaged|not a SQLite file|program/)
    })
    expect(existsSync(to)).toBe(false)
    return undefined
  }
  const runs = await runsIn(to)
  expect(runs.length).toBe(told.runs)
  for (const [id, text] of await textsOf(to)) {
    const isWhole = texts.has(id) && !told.cut.includes(id) && id !== "waits"
    if (isWhole) expect(text).toBe(texts.get(id))
  }
  // Nobody is forgotten: each is there, or is said to be lost, by its id or by its place.
  expect(told.runs + told.lost.length).toBe(ids.length)
  for (const id of ids) {
    if (!runs.includes(id) && !told.lost.includes(id)) expect(told.damaged).toContain("runs")
  }
  return told
}

describe("what can be read of a damaged file", () => {
  it("is all of one that is whole; what is open is suspended", async () => {
    expect(await saved(damaged(0, () => {}))).toEqual({
      runs: ids.length,
      cut: [],
      lost: [],
      damaged: [],
      suspended: 1
    })
  })

  it("is all but what one page held, whichever that is", async () => {
    const pages = statSync(here.db).size / page
    let [refused, whole, some] = [0, 0, 0]
    for (let at = 0; at < pages; at += 2) {
      const told = await saved(damaged(at, (bytes) => bytes.fill(0)))
      if (told === undefined) refused++
      else if (told.damaged.length === 0 && told.lost.length + told.cut.length === 0) whole++
      else some++
    }
    // Without what says which tables there are, nothing can be read; of indexes all can be done without.
    expect(refused).toBeLessThan(9)
    expect(whole).toBeGreaterThan(3)
    expect(some).toBeGreaterThan(5)
  })

  it("is what stands before the end of one that was cut short", async () => {
    const bytes = readFileSync(here.db)
    const found: Array<number> = []
    for (const part of [0.5, 0.75, 0.95]) {
      const file = join(makeDirectory(), "state.db")
      writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * part)))
      found.push((await saved(file))?.runs ?? 0)
    }
    expect(found.at(-1)).toBeGreaterThan(0)
    const file = damaged(0, (bytes) => bytes.fill(0, 100))
    await expect(salvage(file, join(file, "../saved.db"), 1_000)).rejects.toThrow(/lists its tables is damaged/)
  })

  it("is nothing impossible where a page holds what nobody wrote", async () => {
    let seed = 7
    const chance = (): number => (seed = (seed * 48_271) % 2_147_483_647)
    const pages = statSync(here.db).size / page
    for (let at = 1; at < pages; at += 5) {
      const file = damaged(at, (bytes) => {
        for (let many = 0; many < 40; many++) bytes[chance() % page] = chance() % 256
      })
      await saved(file)
    }
  })
})

it("the command says what is lost, and how to go on; it never takes the name of a file", async () => {
  const db = new Database(here.db, { readonly: true })
  const root = Number(db.value("SELECT rootpage FROM sqlite_master WHERE name = 'runs'"))
  db.close()
  writeFileSync(here.db, readFileSync(here.db).fill(0, (root - 1) * page, root * page))
  const to = join(here.folder, "saved.db")
  const { code, err, out } = await here.run("doctor", "--salvage", to)
  expect([code, err]).toEqual([1, ""])
  expect(out).toContain(
    `saved.db: ${ids.length} runs\nNot all was readable of: runs\n1 open run suspended. To let them go on:\n`
  )
  expect(await here.run("doctor", "--salvage", to)).toMatchObject({ err: expect.stringMatching(/it exists.*another/) })
  expect(await here.run("backup", join(here.folder, "copy.db"))).toMatchObject({
    err: expect.stringContaining("doctor --salvage")
  })
})

it("numbers what begins in the new file after all that is in it", async () => {
  using here = new Here()
  for (const id of ["a", "b", "c"]) {
    await using pinnace = await open(here.db, { durability: "process" })
    await pinnace.run(flow, undefined, { id })
  }
  const to = join(here.folder, "saved.db")
  await salvage(here.db, to, 1_000)
  await using pinnace = await open(to, { durability: "process" })
  await pinnace.run(flow, undefined, { id: "d" })
  expect(new Set((await pinnace.list()).map(({ id }) => id))).toEqual(new Set(["a", "b", "c", "d"]))
})
