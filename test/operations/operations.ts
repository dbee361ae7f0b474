/**
 * What people do to a state file, each as the command that does it, and what must be true after it was cut off.
 *
 * Each begins in a folder with `state.db`, which holds twelve ended runs and one that waits.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { misfits } from "../../src/engine/life/repair.ts"
import { check } from "../../src/run/invariants.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { schemaVersion } from "../../src/sqlite/migrate.ts"
import { root } from "../examples/program.ts"

/** A path in the folder of an operation. */
export type At = (name: string) => string

/** One thing that is done to a state file. */
export interface Operation {
  readonly command: (at: At) => ReadonlyArray<string>
  /** The file that it makes, which must not be there before. */
  readonly makes?: string
  /** Throws where something is lost or half; `isDone`: the command has ended well. */
  readonly judge: (at: At, isDone: boolean) => Promise<void>
  /** Makes the folder as it is before, where that is not the usual one. */
  readonly prepare?: (at: At) => void
}

const talks = task("talks", { run: (_, { log }) => log("x".repeat(4_000)) })
const flow = workflow("flow", {}, (w) => void w.node("talks", talks))
const waits = workflow("waits", {}, (w) => void w.suspend("go"))
const ended = Array.from({ length: 12 }, (_, at) => `run-${at}`)
const all = [...ended, "waits"].toSorted()

/** Makes the file that operations begin with, and a run of another file as an archive. */
export const makeUsual = async (at: At): Promise<void> => {
  await using pinnace = await open(at("state.db"), { durability: "process" })
  for (const id of ended) await pinnace.run(flow, undefined, { id })
  await (await pinnace.start(waits, undefined, { id: "waits" })).waitFor("go", "waiting")
  await using other = await open(":memory:")
  await other.run(flow, undefined, { id: "other" })
  await (await other.get("other"))!.export(at("other.tgz"))
}

/** The runs of a file whose pages are whole, whose rows say what their events say, and which could have happened. */
export const runsIn = async (file: string): Promise<ReadonlyArray<string>> => {
  const db = new Database(file)
  expect(db.value("PRAGMA integrity_check")).toBe("ok")
  db.close()
  await using pinnace = await open(file, { onUpgrade: () => {}, backup: false })
  expect(await Effect.runPromise(misfits(pinnace.engine, { repair: false }))).toEqual([])
  const runs = await pinnace.list({ limit: Infinity })
  const { reads } = pinnace.engine.host.journal
  for (const { id } of runs) {
    const row = (await Effect.runPromise(reads.findRun(id)))!
    expect(check({ events: await Effect.runPromise(reads.events(row.key, 0)) })).toEqual([])
  }
  return runs.map(({ id }) => id).toSorted()
}

const unharmed = async (at: At): Promise<void> => expect(await runsIn(at("state.db"))).toEqual(all)

/** A file that is there is whole. */
const copied = (name: string) => async (at: At, isDone: boolean): Promise<void> => {
  await unharmed(at)
  if (isDone || existsSync(at(name))) expect(await runsIn(at(name))).toEqual(all)
}

const archived = (file: string): ReadonlyArray<string> => {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line))
  expect(lines.at(-1)).toMatchObject({ record: "end", lines: lines.length })
  return lines.filter(({ record }) => record === "run").map(({ id }) => id)
}

const state = (at: At): ReadonlyArray<string> => ["--db", at("state.db")]

/** All of them, by what they are called. */
export const operations: Readonly<Record<string, Operation>> = {
  backup: {
    command: (at) => ["backup", at("copy.db"), ...state(at)],
    makes: "copy.db",
    judge: copied("copy.db")
  },
  restore: {
    command: (at) => ["restore", at("state.db"), "--db", at("restored.db")],
    makes: "restored.db",
    judge: copied("restored.db")
  },
  copy: {
    command: (at) => ["copy", at("state.db"), at("copied.db")],
    makes: "copied.db",
    judge: copied("copied.db")
  },
  compaction: {
    command: (at) => ["doctor", "--compact", ...state(at)],
    judge: unharmed
  },
  repair: {
    prepare: (at) => {
      const db = new Database(at("state.db"))
      db.exec(
        "UPDATE nodes SET attempt = 7 WHERE run IN (SELECT key FROM runs WHERE id IN ('run-1', 'run-7', 'waits'))"
      )
      db.close()
    },
    // The run that waits is told of as interrupted, which is not what is repaired.
    command: (at) => ["doctor", "--repair", ...state(at)],
    judge: async (at, isDone) => {
      if (isDone) return await unharmed(at)
      await using pinnace = await open(at("state.db"))
      expect((await pinnace.list({ limit: Infinity })).map(({ id }) => id).toSorted()).toEqual(all)
      const wrong = await Effect.runPromise(misfits(pinnace.engine, { repair: false }))
      expect(["run-1", "run-7", "waits"]).toEqual(expect.arrayContaining(wrong.map(({ run }) => run)))
    }
  },
  export: {
    command: (at) => ["export", "run-3", at("run.tgz"), ...state(at)],
    makes: "run.tgz",
    judge: async (at, isDone) => {
      await unharmed(at)
      if (!isDone && !existsSync(at("run.tgz"))) return
      await using other = await open(":memory:")
      expect((await other.import(at("run.tgz"))).id).toBe("run-3")
    }
  },
  import: {
    command: (at) => ["import", at("other.tgz"), ...state(at)],
    judge: async (at, isDone) => {
      const runs = await runsIn(at("state.db"))
      expect(runs.filter((id) => id !== "other")).toEqual(all)
      if (isDone) expect(runs).toContain("other")
    }
  },
  archive: {
    command: (at) => ["export", "--completed", "--to", at("runs.ndjson"), "--delete", ...state(at)],
    makes: "runs.ndjson",
    judge: async (at, isDone) => {
      const [left, kept] = [await runsIn(at("state.db")), archived(at("runs.ndjson"))]
      expect([...new Set([...left, ...kept])].toSorted()).toEqual(all)
      if (isDone) expect(left).toEqual(["waits"])
    }
  },
  deletion: {
    command: (at) => ["delete", "--completed", ...state(at)],
    judge: async (at, isDone) => {
      const left = await runsIn(at("state.db"))
      expect(all).toEqual(expect.arrayContaining([...left]))
      expect(left).toContain("waits")
      if (isDone) expect(left).toEqual(["waits"])
    }
  },
  migration: {
    prepare: (at) => copyFileSync(join(root, "test/sqlite/files/v5-runs.db"), at("state.db")),
    command: (at) => ["gc", ...state(at)],
    judge: async (at, isDone) => {
      const [version, kept] = [versionOf(at("state.db")), readdirSync(at(".")).filter((name) => name.endsWith(".bak"))]
      expect(isDone ? [schemaVersion] : [5, schemaVersion]).toContain(version)
      // It is changed only once it is kept as it was.
      expect(kept.length).toBeGreaterThanOrEqual(version === 5 ? 0 : 1)
      for (const name of kept) expect(versionOf(at(name))).toBe(5)
      for (const name of ["state.db", ...kept]) {
        // They are looked at in copies: to open one would change it.
        copyFileSync(at(name), at("looked-at.db"))
        if (existsSync(at(`${name}-wal`))) copyFileSync(at(`${name}-wal`), at("looked-at.db-wal"))
        expect(await runsIn(at("looked-at.db"))).toEqual(["failed-run", "killed-run", "typed-run"])
        for (const end of ["", "-wal", "-shm"]) rmSync(at(`looked-at.db${end}`), { force: true })
      }
    }
  }
}

const versionOf = (file: string): unknown => {
  const db = new Database(file)
  try {
    return db.value("PRAGMA user_version")
  } finally {
    db.close()
  }
}
