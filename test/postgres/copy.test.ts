/** From a state file to a database and back. */
import { mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { Digest } from "../../src/copy/Digest.ts"
import { copyState } from "../../src/copy/copyState.ts"
import { tables } from "../../src/copy/tables.ts"
import type { JournalShape, Write } from "../../src/journal/Journal.ts"
import { connecting } from "../../src/postgres/driver.ts"
import { migrate } from "../../src/postgres/migrate.ts"
import { openPostgres } from "../../src/postgres/openPostgres.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { type Asked, promisesOf } from "../journal/answers.ts"
import { createRun, event, type JournalWorld, nodeRow, rate, semaphore } from "../journal/JournalWorld.ts"
import { removeTree } from "../removeTree.ts"
import { type Random, seeded, sweepOf } from "../run/random.ts"
import { slowWith } from "./programs/slow.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "./server.ts"

let folder = ""
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "pinnace-copy-"))))
afterEach(() => removeTree(folder))

const dropped = async (): Promise<void> => {
  const session = await connecting({ url: sharedServer().url })()
  await session.query("DROP SCHEMA IF EXISTS pinnace CASCADE")
  await session.close()
}

const moved = { goesOn: true, now: 1 }

/** What storages hold differently: halves of pairs, characters that end strings, the escape of both. */
const texts = [
  "",
  "plain",
  "NUL \0 SUB \u001a \u001a001a",
  "half \ud800 of a pair",
  "😀 ünïcode",
  '{"a":[1,"\\u0000"]}'
]

/** Random contents of every kind. */
const fill = async (world: JournalWorld, journal: Asked, random: Random): Promise<void> => {
  const text = () => random.pick(texts)
  const writes: Array<Write> = [
    semaphore("db", random.below(9)),
    rate("calls", 5, 1_000),
    { kind: "plan", digest: "d1", workflow: "report", json: JSON.stringify(text()) },
    { kind: "definition", digest: "d2", text: text() }
  ]
  for (let n = random.below(5); n > 0; n--) {
    const phase = random.pick(["Running", "Pending", "Failed", "Succeeded"] as const)
    const labels = random.pick([{ z: "1", team: "blue" }, {}, { a: text() }] as ReadonlyArray<Record<string, string>>)
    const { id, key } = await createRun(world, journal, `${n} ${text()}`, { phase, labels, message: text() })
    for (let seq = 1; seq <= random.below(40); seq++) {
      const data = JSON.stringify({ type: "RunSuspended", text: text() })
      writes.push(
        { ...event(key, seq), row: { run: key, seq, at: seq, type: "RunSuspended", path: null, data } } as Write
      )
    }
    for (const path of ["a", `b/${n}`, "c"].slice(random.below(4))) {
      const progress = random.pick([null, { done: 1, total: 2, note: text() }])
      writes.push({ kind: "node", row: nodeRow(key, path, { progress, message: text() }) })
      writes.push({ kind: "log", row: { run: key, path, attempt: 1, at: 5, level: "info", text: text() } })
    }
    if (random.chance(0.5)) await journal.send(key, "suspend", JSON.stringify({ message: text() }))
    writes.push(artifact(random, key, id, journal.artifacts.nextId()))
  }
  for (let n = random.below(4); n > 0; n--) {
    writes.push({
      kind: "cell",
      space: random.pick(["s", text().toWellFormed()]),
      key: `${n}${text()}`,
      was: null,
      data: '"d"'
    })
    const row = {
      cache: "c",
      key: `${n}`,
      value: '"v"',
      createdAt: n,
      runId: "r",
      path: text(),
      parts: "[]",
      millis: n
    }
    writes.push({ kind: "memo", row })
  }
  await new Promise<void>((resolve, reject) =>
    journal.append(writes, (error) => error === undefined ? resolve() : reject(error))
  )
}

const artifact = (random: Random, run: number, runId: string, id: string): Write => ({
  kind: "artifact",
  row: {
    artifact: id,
    name: "report",
    kind: "file",
    archive: "none",
    store: "memory",
    key: id,
    size: 1,
    sha256: "",
    mediaType: "text/plain",
    gc: "Never",
    run,
    runId,
    path: "a",
    attempt: 1,
    state: random.pick(["live", "due", "failed"] as const),
    pinned: random.chance(0.5),
    error: random.pick([null, "gone"]),
    tries: 0,
    nextAt: 0,
    createdAt: 7
  }
})

/** Everything that can be read of a journal. */
const contents = async (journal: Asked) => {
  const runs = await journal.listRuns({ limit: Infinity })
  // Runtimes differ in what they find by half of a pair; spaces are names of ours.
  const spaces = ["s", ...texts.map((it) => it.toWellFormed())]
  return {
    runs,
    semaphores: await journal.semaphores(),
    plans: [await journal.plan("d1"), await journal.definition("d2")],
    memos: [await journal.memos({}), await journal.memo("c", "1")],
    cells: await Promise.all(spaces.map((space) => journal.cells(space))),
    artifacts: await journal.artifacts.list({ limit: Infinity }),
    commands: await Promise.all(Array.from({ length: 6 }, (_, id) => journal.command(id))),
    ofRuns: await Promise.all(runs.map(async ({ key }) => [
      await journal.nodes(key),
      await journal.events(key, 0),
      await journal.logsAfter(key, 0)
    ]))
  }
}

const reading = async (made: JournalShape): Promise<unknown> => {
  const journal = promisesOf(made)
  const all = await contents(journal)
  await Effect.runPromise(journal.closed)
  return JSON.parse(JSON.stringify(all))
}

const turn = (run: () => void): void => void setImmediate(run)

describe.skipIf(!hasPostgres)(`with a server (${withoutPostgres})`, () => {
  beforeEach(dropped)

  it("what is copied to a database and back reads the same", async () => {
    for (let seed = 1; seed <= sweepOf(20); seed++) {
      await dropped()
      const [from, back] = [join(folder, `from-${seed}.db`), join(folder, `back-${seed}.db`)]
      const journal = promisesOf(openSqlite(from, { turn }))
      const tick = () => new Promise<void>((resolve) => turn(resolve))
      await fill({ open: () => journal, fence: () => {}, tick, dispose: () => {} }, journal, seeded(seed))
      await Effect.runPromise(journal.closed)
      const before = await reading(openSqlite(from, { turn, readOnly: true }))
      const there = await copyState(from, sharedServer().url, moved)
      expect(await reading(await openPostgres({ url: sharedServer().url })), `seed ${seed}`).toEqual(before)
      expect(await copyState(sharedServer().url, back, moved), `seed ${seed}`).toEqual(there)
      expect(await reading(openSqlite(back, { turn, readOnly: true })), `seed ${seed}`).toEqual(before)
    }
  })

  it("every column that both have is copied, but for who has it open and asks for permits", async () => {
    const db = new Database(join(folder, "new.db"))
    openSqlite(join(folder, "new.db"), { turn }).close()
    const ofFile = db.prepare(`SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`).pluck().all()
    db.close()
    const kept = /^(processes|permits|takes|grants|identity|runLabels|deletedRuns)\./
    const copied = tables.flatMap(({ columns, file }) => columns.map((it) => `${file}.${it}`))
    expect(ofFile.filter((it) => !kept.test(it as string)).sort()).toEqual(copied.sort())
    const session = await connecting({ url: sharedServer().url })()
    await migrate(session, "pinnace", true)
    const ofDatabase = await session.query(
      `SELECT c.table_name || '.' || c.column_name AS it FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'pinnace' AND t.table_type = 'BASE TABLE'`
    )
    await session.close()
    const own = /^(meta|processes|watches|permits|takes|deleted_runs)\.|\.claimed$|^commands.token$/
    expect(ofDatabase.map(({ it }) => it as string).filter((it) => !own.test(it)).sort()).toEqual(
      tables.flatMap(({ columns, name }) => columns.map((it) => `${name}.${it}`)).sort()
    )
  })

  it("an open run is suspended in the copy, goes on there, and does nothing again; what is executed is refused", async () => {
    const [file, { url }] = [join(folder, "state.db"), sharedServer()]
    let begins: () => void = () => {}
    const begun = new Promise<void>((resolve) => begins = resolve)
    const waiting = slowWith(() => (begins(), new Promise<string>(() => {})))
    const here = await open(file, { workflows: [waiting], limits: { abortGrace: 0 } })
    await here.start(waiting, undefined, { id: "r" })
    await begun
    await expect(copyState(file, url, moved)).rejects.toMatchObject({ reason: "Locked" })
    await expect(copyState(file, url, moved)).rejects.toThrow(/living processes execute 1 of its runs \(r\)/)
    await here.close()
    expect(await copyState(file, url, { goesOn: false, now: 1 })).toMatchObject({ suspended: 1 })
    const there = await open(url, { workflows: [slowWith(() => Promise.resolve("done"))] })
    onTestFinished(() => there.close())
    const run = (await there.get("r"))!
    expect(await run.status()).toMatchObject({ suspended: true })
    await run.resume()
    expect(await run.result()).toBe("done")
    const ended: Array<string> = []
    for await (const { event } of run.events()) if (event.type === "NodeFinished") ended.push(event.path)
    expect(ended.sort()).toEqual(["first", "second"])
    // Numbers of processes, of which those of runs and artifacts are made, go on after those of the file.
    const other = await there.start(waiting, undefined, { id: "other" })
    expect((await there.list({})).map(({ id }) => id)).toEqual([other.id, "r"])
  })

  it("a target that is not empty or open is refused, and left as it is", async () => {
    const [file, { url }] = [join(folder, "state.db"), sharedServer()]
    const greet = workflow("greet", {}, (w) => w.node("hello", task("hello", { run: () => "Hello" })))
    await using here = await open(file)
    await here.run(greet)
    const there = await open(url)
    await expect(copyState(file, url, moved)).rejects.toThrow(/processes have it open/)
    await there.close()
    expect(await copyState(file, url, moved)).toMatchObject({ counts: { runs: 1 } })
    await expect(copyState(file, url, moved)).rejects.toThrow(/has rows/)
    await expect(copyState(url, file, moved)).rejects.toThrow(/it exists/)
    expect(readdirSync(folder).filter((it) => it.endsWith(".partial"))).toEqual([])
    await expect(copyState(join(folder, "none.db"), url, moved)).rejects.toMatchObject({ reason: "NotFound" })
  })
})

describe("Digest", () => {
  it("tells rows apart, and not their order or that of keys in JSON", () => {
    const [cells] = tables.filter(({ name }) => name === "cells")
    const of = (...rows: ReadonlyArray<Record<string, unknown>>) => {
      const digest = new Digest(cells!)
      digest.add(rows)
      return digest
    }
    const [a, b] = [{ space: "s", key: "a", data: { x: 1, y: 2 } }, { space: "s", key: "b", data: "1" }]
    expect(of(a, b).equals(of(b, { ...a, data: { y: 2, x: 1 } }))).toBe(true)
    expect(of(a).equals(of(a, b))).toBe(false)
    expect(of(a, b).equals(of(a, { ...b, data: "2" }))).toBe(false)
  })
})
