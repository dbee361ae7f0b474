import { type Answered, answersOf } from "../journal/answers.ts"
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import type { JournalShape, Notice } from "../../src/journal/Journal.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { createRun } from "../journal/JournalWorld.ts"
import { Child, hasRuntime, makeDirectory, runtime } from "./Child.ts"
import type { Runtime } from "./Child.ts"

const open = (file: string): JournalShape & Answered => {
  const journal = answersOf(openSqlite(file))
  onTestFinished(() => journal.close())
  return journal
}

const heard = (journal: JournalShape, type: Notice["type"]): Promise<Notice> =>
  new Promise((resolve) => journal.subscribe((notice) => notice.type === type && resolve(notice)))

describe("A process that is killed", () => {
  it("is noticed by the others, which take its runs at once (N10)", async () => {
    const file = join(makeDirectory(), "state.db")
    const [owner, survivor] = [new Child(), open(file)]
    const dead = await owner.call("open", file)
    await owner.call("create", "r")
    const died = heard(survivor, "died")
    expect(survivor.claim({})).toEqual([])
    owner.signal("SIGKILL")
    expect(await died).toEqual({ type: "died", process: dead })
    expect(survivor.isAlive(dead)).toBe(false)
    expect(survivor.claim({})).toMatchObject([{ id: "r", owner: survivor.process }])
    expect(readdirSync(`${file}-owners`).some((name) => name.startsWith(`${dead}.`))).toBe(false)
  })

  it("loses no acknowledged write, and its files are cleaned when the state file is opened next", async () => {
    const file = join(makeDirectory(), "state.db")
    const owner = new Child()
    const dead = await owner.call("open", file)
    const run = await owner.call("create", "r")
    await owner.call("keepWriting", run)
    let acknowledged = 0
    while (acknowledged < 50) acknowledged = await owner.call("acknowledged")
    owner.signal("SIGKILL")
    await owner.end()
    expect(existsSync(join(`${file}-owners`, `${dead}.lock`))).toBe(true)
    const next = open(file)
    const seqs = next.events(run, 0).map(({ seq }) => seq)
    expect(seqs.length).toBeGreaterThanOrEqual(acknowledged)
    expect(seqs).toEqual(seqs.map((_, n) => n + 1))
    expect(existsSync(join(`${file}-owners`, `${dead}.lock`))).toBe(false)
    expect(next.claim({ workflows: ["report"] })).toHaveLength(1)
  })
})

describe("A process that stands still", () => {
  it("keeps its runs, and goes on when it wakes", async () => {
    const file = join(makeDirectory(), "state.db")
    const [owner, other] = [new Child(), open(file)]
    const stopped = await owner.call("open", file)
    const run = await owner.call("create", "r")
    owner.signal("SIGSTOP")
    expect(other.isAlive(stopped)).toBe(true)
    expect(other.claim({ workflows: ["report"] })).toEqual([])
    owner.signal("SIGCONT")
    expect(await owner.call<string>("event", run, 1)).toBe("stored")
  })

  it("commits nothing when it was declared dead meanwhile (J3)", async () => {
    const file = join(makeDirectory(), "state.db")
    const [owner, other] = [new Child(), open(file)]
    const zombie = await owner.call("open", file)
    const run = await owner.call("create", "r")
    owner.signal("SIGSTOP")
    const db = new Database(file)
    db.exec(`DELETE FROM processes WHERE id = ${zombie}`)
    db.close()
    expect(other.claim({})).toHaveLength(1)
    owner.signal("SIGCONT")
    expect(await owner.call<string>("event", run, 1)).toBe("Fenced")
    expect(other.lastSeq(run)).toBe(0)
  })
})

const mixed: ReadonlyArray<Runtime> = ["node", "bun", "deno"]

describe.each(mixed.filter(hasRuntime))(`A ${runtime} process beside one on %s`, (name) => {
  it("wakes it with each command", async () => {
    const file = join(makeDirectory(), "state.db")
    const [owner, sender] = [new Child(name), open(file)]
    await owner.call("open", file)
    const run = await owner.call("create", "r")
    for (let round = 0; round < 5; round++) {
      sender.send(run, `verb-${round}`, "{}")
      await owner.notice("commands")
    }
    expect(await owner.call<ReadonlyArray<string>>("inbox")).toEqual(["verb-0", "verb-1", "verb-2", "verb-3", "verb-4"])
  })

  it("hears of its commits, its commands and its death", async () => {
    const file = join(makeDirectory(), "state.db")
    const other = new Child(name)
    const number = await other.call("open", file)
    const own = open(file)
    const world = { tick: () => new Promise<void>((resume) => setImmediate(resume)) }
    const mine = await createRun({ ...world, open: () => own, fence: () => {}, dispose: () => {} }, own, "mine")
    own.watch()
    const [foreign, commands, died] = [heard(own, "foreign"), heard(own, "commands"), heard(own, "died")]
    const run = await other.call("create", "r")
    let seq = 0
    let isTold = false
    void foreign.then(() => {
      isTold = true
    })
    while (!isTold) await other.call("event", run, ++seq)
    await other.call("send", mine.key, "stop")
    await commands
    expect(own.inbox()).toMatchObject([{ verb: "stop" }])
    other.signal("SIGKILL")
    expect(await died).toEqual({ type: "died", process: number })
    expect(own.claim({})).toHaveLength(1)
  })
})

describe("A state file with a long path", () => {
  it("has its sockets elsewhere, and processes reach each other all the same", async () => {
    const directory = join(makeDirectory(), "d".repeat(90))
    mkdirSync(directory)
    const file = join(directory, "state.db")
    const [owner, sender] = [new Child(), open(file)]
    const number = await owner.call("open", file)
    sender.send(await owner.call("create", "r"), "stop", "{}")
    await owner.notice("commands")
    expect(readdirSync(`${file}-owners`).sort()).toEqual([`${number}.lock`, `${sender.process}.lock`].sort())
    owner.signal("SIGKILL")
    await heard(sender, "died")
  })
})

describe("Several processes", () => {
  it("write, list, claim and send at once without any failing (DB-01)", async () => {
    const file = join(makeDirectory(), "state.db")
    const children = [new Child(), new Child(), new Child(), new Child()]
    await Promise.all(children.map((child) => child.call("open", file, { durability: "process" })))
    const failures = await Promise.all(
      children.map((child, n) => child.call<ReadonlyArray<string>>("bustle", `p${n}`, 100))
    )
    expect(failures).toEqual([[], [], [], []])
    const reader = open(file)
    const runs = reader.listRuns({ limit: 1000 })
    expect(runs).toHaveLength(400)
    expect(runs.map(({ key }) => reader.lastSeq(key))).toEqual(Array(400).fill(2))
  })

  it("may all open a file that does not exist yet", async () => {
    const file = join(makeDirectory(), "state.db")
    const children = [new Child(), new Child(), new Child(), new Child()]
    const numbers = await Promise.all(children.map((child) => child.call("open", file)))
    expect(new Set(numbers).size).toBe(4)
  })
})
