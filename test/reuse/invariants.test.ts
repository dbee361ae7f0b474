/** R1 to R4 as properties of random tasks and runs, on every journal; R2 at every commit. See also `keys.test.ts`. */
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { open, type Pinnace, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import type { CacheMode } from "../../src/run/cacheMode.ts"
import type { Event } from "../../src/run/Event.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { TestBed } from "../engine/TestBed.ts"
import { KillPoint, wrap } from "../crash/killing.ts"
import { brokenMemos } from "../crash/inspect.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "../postgres/server.ts"
import { removeTree } from "../removeTree.ts"
import { brokenReuse } from "../sim/reuse.ts"
import { drawer, keyOf, Kitchen, type Recipe } from "./Recipe.ts"

const folder = mkdtempSync(join(tmpdir(), "pinnace-reuse-"))
afterAll(() => removeTree(folder))

/** Where engines stand, and how their promises are waited for. */
interface Place {
  readonly open: () => Promise<Pinnace>
  readonly wait: <A>(promise: Promise<A>) => Promise<A>
}

const inMemory = (seed: number): Place => {
  const bed = new TestBed(seed)
  return { open: () => Promise.resolve(bed.open()), wait: (promise) => bed.settle(promise) }
}

const at = (address: string): Place => ({ open: () => open(address), wait: (promise) => promise })

const onFile = (seed: number): Place => at(join(folder, `${seed}.db`))
const onServer = (): Place => at(sharedServer().url)

type Finished = Extract<Event, { readonly type: "NodeFinished" }>

const endsOf = async (run: RunHandle<unknown>): Promise<ReadonlyArray<Finished>> => {
  const ends: Array<Finished> = []
  for await (const { event } of run.events()) if (event.type === "NodeFinished" && event.path !== "") ends.push(event)
  return ends
}

/** What is known of all runs that ended. */
class Model {
  /** Keys whose results are remembered. */
  readonly entries = new Set<string>()
  /** What nodes gave, and by which key. */
  readonly #given = new Map<string, readonly [key: string, output: string]>()
  readonly faults: Array<string> = []
  /** How many results were reused. */
  hits = 0

  learn(recipes: ReadonlyArray<Recipe>, run: string, mode: CacheMode, ends: ReadonlyArray<Finished>): void {
    for (const { ending, path, reused } of ends) {
      if (ending.phase !== "Succeeded" || reused !== undefined) continue
      const key = keyOf(recipes[Number(path.slice(1))]!)
      this.#given.set(`${run} ${path}`, [key, JSON.stringify(ending.output)])
      if (mode === "use" || mode === "refresh") this.entries.add(key)
    }
  }

  judge(recipes: ReadonlyArray<Recipe>, before: ReadonlySet<string>, mode: CacheMode, ends: ReadonlyArray<Finished>) {
    const mayRead = mode === "use" || mode === "read"
    for (const { ending, from, path, reused } of ends) {
      const key = keyOf(recipes[Number(path.slice(1))]!)
      if (reused === undefined) {
        if (mayRead && before.has(key)) this.faults.push(`R4 ${path} was computed although ${key} was known`)
        continue
      }
      if (!mayRead) this.faults.push(`R10 ${path} was reused with ${mode}`)
      this.hits++
      const [ofKey, output] = this.#given.get(`${from} ${reused.path}`) ?? []
      if (ofKey !== key) this.faults.push(`R4 ${path} is ${key} and reused ${ofKey}`)
      if (ending.phase !== "Succeeded" || JSON.stringify(ending.output) !== output) {
        this.faults.push(`R1 ${path} ended with ${JSON.stringify(ending)}, not with ${output}`)
      }
    }
  }
}

/** Runs of random tasks in two processes at once; gives what is wrong. */
const play = async ({ open, wait }: Place, seed: number, rounds: number): Promise<Model> => {
  const random = makeRandom(seed)
  const kitchen = new Kitchen(random, random() < 0.5 ? 0 : 0.3)
  const engines = [await open(), await open()]
  const model = new Model()
  const draw = drawer(random)
  // Servers are shared with other tests.
  const prefix = `s${seed}-${createHash("sha256").update(`${folder}`).digest("hex").slice(0, 8)}`
  const named = (recipe: Recipe): Recipe => ({
    ...recipe,
    counts: { ...recipe.counts, name: `${prefix}-${recipe.counts.name}` }
  })
  for (let round = 0; round < rounds; round++) {
    const mode = (["use", "use", "use", "refresh", "read", "off"] as const)[Math.floor(random() * 6)]!
    kitchen.crowded.clear()
    const before = new Set(model.entries)
    const played = await Promise.all(engines.map(async (engine, which) => {
      const recipes = Array.from({ length: 1 + Math.floor(random() * 3) }, () => named(draw()))
      const flow = kitchen.workflow(`${prefix}-${round}-${which}`, recipes)
      const run = await wait(engine.start(flow, undefined, { cache: mode }))
      await wait(run.ending())
      return { recipes, run, ends: await wait(endsOf(run)) }
    }))
    for (const { ends, recipes, run } of played) model.learn(recipes, run.id, mode, ends)
    for (const { ends, recipes } of played) model.judge(recipes, before, mode, ends)
    if (mode === "use") { for (const key of kitchen.crowded) model.faults.push(`R3 ${key} was computed twice at once`) }
    const remembered = (await wait(engines[0]!.remembered())).filter(({ name }) => name.startsWith(prefix))
    const entries = remembered.reduce((sum, of) => sum + of.entries, 0)
    if (entries !== model.entries.size) model.faults.push(`R2 ${entries} results of ${model.entries.size}`)
  }
  for (const engine of engines) await wait(engine.close())
  return model
}

const playAll = async (seeds: number, rounds: number, place: (seed: number) => Place): Promise<number> => {
  let hits = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const model = await play(place(seed), seed, rounds)
    expect(model.faults.map((fault) => `seed ${seed}: ${fault}`)).toEqual([])
    hits += model.hits
  }
  return hits
}

describe("R1, R2, R3, R4 Random tasks in two processes", () => {
  test("in memory", async () => expect(await playAll(20, 8, inMemory)).toBeGreaterThan(100))

  test("on a file", async () => expect(await playAll(3, 8, onFile)).toBeGreaterThan(10))

  test.skipIf(!hasPostgres)(
    `on a server (${withoutPostgres})`,
    async () => expect(await playAll(3, 6, onServer)).toBeGreaterThan(10)
  )
})

/** Six results, of which the first of some fails; each next node waits for one before it. */
const manyResults = () => {
  const tried = new Set<string>()
  const square = task("square", {
    input: Schema.Number,
    output: Schema.Number,
    retry: { limit: 1 },
    cache: { version: 1 },
    run: (n, { attempt, node }) => {
      if (n % 3 === 0 && attempt === 1 && !tried.has(node)) {
        tried.add(node)
        throw new Error("once")
      }
      return n * n
    }
  })
  return workflow("many", {}, (w) => {
    const all = w.map("all", [1, 2, 3], square, (n) => n)
    const last = w.node("last", square, { input: all.at(2) })
    w.node("again", square, { input: 3, after: [last] })
    return last
  })
}

describe("R2 A result is remembered if and only if its success is durable", () => {
  test("whichever commit a process is killed before or after, in memory", async () => {
    for (const when of ["before", "after"] as const) {
      for (let group = 1, isWhole = false; !isWhole; group++) {
        const bed = new TestBed(group)
        const flow = manyResults()
        let kills = 0
        bed.disk.fault = (info) => info.group === group && kills++ === 0 ? { when, what: "kill" } : undefined
        const first = bed.open({ workflows: [flow] })
        const over = first.start(flow, undefined, { id: "many" }).then((run) => run.ending()).then(
          () => isWhole = true,
          () => false
        )
        await bed.until(() => bed.isDead(first) || isWhole)
        expect(brokenReuse(bed.disk)).toEqual([])
        if (isWhole) await over
        bed.disk.fault = undefined
        const next = bed.isDead(first) ? bed.open({ workflows: [flow] }) : first
        const run = await bed.settle(next.start(flow, undefined, { id: "many" }))
        expect(await bed.ended(run)).toMatchObject({ phase: "Succeeded", output: 81 })
        expect(brokenReuse(bed.disk)).toEqual([])
        expect(bed.disk.memos.size).toBe(4)
      }
    }
  })

  test("whichever commit of a file is its last", async () => {
    const file = join(folder, "commits.db")
    const pinnace = await open(file)
    const copies: Array<string> = []
    class Copier extends KillPoint {
      override readonly pass = (point: string): void => {
        if (point !== "before" && point !== "after") return
        const copy = join(folder, `commit-${copies.length}`)
        mkdirSync(copy)
        for (const end of ["", "-wal"]) {
          if (existsSync(file + end)) copyFileSync(file + end, join(copy, `state.db${end}`))
        }
        copies.push(join(copy, "state.db"))
      }
    }
    wrap(pinnace.engine.host.journal, new Copier(undefined), () => {})
    expect(await pinnace.run(manyResults())).toBe(81)
    await pinnace.close()
    expect(copies.length).toBeGreaterThan(10)
    expect(copies.flatMap(brokenMemos)).toEqual([])
  })
})
