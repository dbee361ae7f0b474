import * as Effect from "effect/Effect"
import { type Answered, answersOf } from "../journal/answers.ts"
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { describe, expect, it, onTestFinished } from "vitest"
import type { JournalError } from "../../src/journal/JournalError.ts"
import type { JournalShape, Write } from "../../src/journal/Journal.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import type { SqliteOptions } from "../../src/sqlite/openSqlite.ts"
import { append, createRun, event, noticesOf, until } from "../journal/JournalWorld.ts"
import type { JournalWorld } from "../journal/JournalWorld.ts"
import { Child, makeDirectory, runtime } from "./Child.ts"
import { canMount, mountTmpfs } from "./mount.ts"

const world: JournalWorld = {
  open: () => answersOf(openSqlite(":memory:")),
  fence: () => {},
  tick: () => new Promise((resume) => setImmediate(resume)),
  dispose: () => {}
}

const open = (file: string, options?: SqliteOptions): JournalShape & Answered => {
  const journal = answersOf(openSqlite(file, options))
  onTestFinished(() => journal.close())
  return journal
}

const bigEvent = (run: number, seq: number, length: number): Write => ({
  kind: "event",
  row: { run, seq, at: 1, type: "RunSuspended", path: null, data: JSON.stringify("x".repeat(length)) }
})

const write = (journal: Answered, ...writes: ReadonlyArray<Write>): Promise<JournalError | undefined> =>
  append(world, journal, writes)

const isIntact = (file: string): unknown => {
  const db = new Database(file)
  try {
    return db.value("PRAGMA integrity_check")
  } finally {
    db.close()
  }
}

const hasStrace = ((): boolean => {
  try {
    execFileSync("strace", ["-V"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})()

describe("A full disk", () => {
  it.skipIf(!canMount)(
    "fails the group as Full and keeps what was committed (skipped without root on Linux)",
    async () => {
      const file = join(mountTmpfs("1m"), "state.db")
      const journal = open(file)
      const { key } = await createRun(world, journal, "r")
      const notices = noticesOf(journal)
      let stored = 0
      let error = await write(journal, bigEvent(key, 1, 20_000))
      for (; error === undefined; error = await write(journal, bigEvent(key, stored + 1, 20_000))) stored++
      expect(error).toMatchObject({ reason: "Full", isRetryable: false })
      expect(error.message).toContain("Free some space")
      expect(await write(journal, event(key, 9999))).toBe(error)
      expect(journal.lastSeq(key)).toBe(stored)
      expect(notices.filter(({ type }) => type === "lost")).toEqual([{ type: "lost", error }])
      journal.close()
      const copy = join(makeDirectory(), "state.db")
      for (const suffix of ["", "-wal"]) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
      expect(isIntact(copy)).toBe("ok")
      expect(open(copy).lastSeq(key)).toBe(stored)
    }
  )
})

describe("A disk that fails", () => {
  it.skipIf(!hasStrace)(
    "fails the group as Io, and what was acknowledged is there later (skipped without strace)",
    async () => {
      const directory = makeDirectory()
      const file = join(directory, "state.db")
      const faults = ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=20+"]
      const child = new Child(runtime, ["strace", "-f", "-qq", "-o", join(directory, "strace.log"), ...faults])
      await child.call("open", file)
      const run = await child.call("create", "r")
      let acknowledged = 0
      let answer = await child.call<string>("event", run, 1)
      for (; answer === "stored"; answer = await child.call<string>("event", run, acknowledged + 1)) acknowledged++
      expect([answer, await child.call("event", run, 1000)]).toEqual(["Io", "Io"])
      child.signal("SIGKILL")
      await child.end()
      expect(acknowledged).toBeGreaterThan(5)
      expect(prefixLength(file, run)).toBeGreaterThanOrEqual(acknowledged)
    }
  )
})

describe("A file that another program holds locked", () => {
  it("does not stop the event loop, and the queue goes on when the lock is gone (DB-04)", async () => {
    const file = join(makeDirectory(), "state.db")
    const journal = open(file)
    const { key } = await createRun(world, journal, "r")
    const locker = new Child()
    await locker.call("lock", file)
    const answers: Array<JournalError | undefined> = []
    journal.append([event(key, 1)], (error) => answers.push(error))
    let turns = 0
    for (const start = performance.now(); turns < 6 && performance.now() - start < 20_000; turns++) await world.tick()
    expect(answers).toEqual([])
    // With the driver's default waiting of 5 seconds a turn they do not fit.
    expect(turns).toBe(6)
    expect(journal.lastSeq(key)).toBe(0)
    await locker.call("unlock")
    await until(world, () => answers.length > 0)
    expect(answers).toEqual([undefined])
    expect(journal.lastSeq(key)).toBe(1)
  })

  it("fails the group as Locked after a bounded number of tries", async () => {
    const file = join(makeDirectory(), "state.db")
    const journal = open(file, { tries: 3 })
    const { key } = await createRun(world, journal, "r")
    const locker = new Child()
    await locker.call("lock", file)
    const error = await write(journal, event(key, 1))
    expect(error).toMatchObject({ reason: "Locked", isRetryable: true })
    expect(error?.message).toContain(file)
    expect(await write(journal, event(key, 2))).toBe(error)
    await locker.call("unlock")
    expect(await write(journal, event(key, 3))).toBe(error)
    expect(journal.lastSeq(key)).toBe(0)
  })
})

describe("A file that another program holds locked", () => {
  it("is asked again until it is given back, and nothing is lost", async () => {
    const file = join(makeDirectory(), "state.db")
    const journal = open(file)
    const { key } = await createRun(world, journal, "r")
    const locker = new Child()
    await locker.call("lock", file)
    let answers = 0
    journal.append([event(key, 1)], () => answers++)
    const released = Effect.runPromise(journal.claims.release([key]))
    await new Promise((resolve) => setImmediate(resolve))
    expect(answers).toBe(0)
    await locker.call("unlock")
    await released
    expect([answers, journal.lastSeq(key), journal.getRun(key)?.owner]).toEqual([1, 1, null])
  })

  it("close() tells the appends that were lost", async () => {
    const file = join(makeDirectory(), "state.db")
    const journal = open(file)
    const { key } = await createRun(world, journal, "r")
    const locker = new Child()
    await locker.call("lock", file)
    const answers: Array<string | undefined> = []
    journal.append([event(key, 1)], (error) => answers.push(error?.reason))
    journal.close()
    journal.append([], (error) => answers.push(error?.reason))
    await until(world, () => answers.length === 2)
    expect(answers).toEqual(["Locked", "Closed"])
    await locker.call("unlock")
    expect(open(file).claim({ workflows: ["report"] })).toHaveLength(1)
  })
})

describe("Durability", () => {
  const countSyncs = async (options: SqliteOptions): Promise<number> => {
    const directory = makeDirectory()
    const log = join(directory, "strace.log")
    const child = new Child(runtime, ["strace", "-f", "-qq", "-o", log, "-e", "trace=fsync,fdatasync"])
    await child.call("open", join(directory, "state.db"), options)
    const run = await child.call("create", "r")
    const syncs = (): number =>
      readFileSync(log, "utf8").split("\n").filter((line) => /\bf(data)?sync\(/.test(line)).length
    const before = syncs()
    for (let seq = 1; seq <= 20; seq++) await child.call("event", run, seq)
    return syncs() - before
  }

  it.skipIf(!hasStrace)(
    `is "power", with a sync for each group, unless asked otherwise (skipped without strace)`,
    async () => {
      expect(await countSyncs({})).toBeGreaterThanOrEqual(20)
      expect(await countSyncs({ durability: "process" })).toBe(0)
    }
  )
})

describe("The write-ahead log", () => {
  it("is emptied again when a reader has let it grow past its bound, and at close", async () => {
    const file = join(makeDirectory(), "state.db")
    const longestLog = 8 * 1024 * 1024
    const journal = open(file, { durability: "process", longestLog })
    const log = (): number => statSync(`${file}-wal`).size
    const { key } = await createRun(world, journal, "r")
    const reader = new Database(file)
    reader.exec("BEGIN")
    reader.value("SELECT count(*) FROM events")
    let seq = 0
    while (log() < 2 * longestLog) await write(journal, bigEvent(key, ++seq, 500_000))
    reader.exec("COMMIT")
    for (let groups = 0; groups < 1024; groups++) await write(journal, event(key, ++seq))
    expect(log()).toBeLessThan(longestLog)
    const other = open(file)
    journal.close()
    expect(log()).toBe(0)
    reader.close()
    expect(other.lastSeq(key)).toBe(seq)
  })
})

/** A number generator with a seed, so that a failure can be repeated. */
const random = (seed: number): () => number => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const copyState = (from: string, to: string): void => {
  for (const suffix of ["", "-wal"]) {
    rmSync(to + suffix, { force: true })
    if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix)
  }
  rmSync(`${to}-shm`, { force: true })
}

const prefixLength = (file: string, run: number): number => {
  expect(isIntact(file)).toBe("ok")
  const journal = answersOf(openSqlite(file))
  const seqs = journal.events(run, 0).map(({ seq }) => seq)
  journal.close()
  expect(seqs).toEqual(seqs.map((_, n) => n + 1))
  return seqs.length
}

describe("A copy of the files from a random moment", () => {
  it("opens intact and holds all that was acknowledged, without a gap (DB-03, J1)", async () => {
    const directory = makeDirectory()
    const [file, copy] = [join(directory, "state.db"), join(directory, "copy.db")]
    const [writer, next] = [new Child(), random(1)]
    await writer.call("open", file)
    const run = await writer.call("create", "r")
    await writer.call("keepWriting", run)
    for (let round = 0; round < 15; round++) {
      const acknowledged = await writer.call("acknowledged")
      for (let spin = next() * 20_000; spin > 0; spin--) await Promise.resolve()
      writer.signal("SIGSTOP")
      copyState(file, copy)
      writer.signal("SIGCONT")
      expect(prefixLength(copy, run)).toBeGreaterThanOrEqual(acknowledged)
    }
  })

  it("opens intact when the end of its log was lost, and holds an earlier moment", async () => {
    const directory = makeDirectory()
    const [file, copy] = [join(directory, "state.db"), join(directory, "copy.db")]
    const [journal, next] = [open(file), random(2)]
    const { key } = await createRun(world, journal, "r")
    for (let seq = 1; seq <= 60; seq++) await write(journal, event(key, seq))
    const size = statSync(`${file}-wal`).size
    const lengths: Array<number> = []
    for (let round = 0; round < 20; round++) {
      copyState(file, copy)
      const end = Math.floor(next() * size)
      truncateSync(`${copy}-wal`, end)
      if (round % 2 === 0) writeFileSync(`${copy}-wal`, Buffer.alloc(4096, round), { flag: "a" })
      lengths.push(prefixLength(copy, key))
    }
    expect(Math.max(...lengths)).toBeGreaterThan(10)
    expect(Math.min(...lengths)).toBeLessThan(60)
  })
})
